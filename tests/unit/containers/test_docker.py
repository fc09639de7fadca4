"""The Docker backend against an Engine that fails in every way: the student never pays, and nothing is left."""

import pytest
from fake_engine import DRIPPING, SILENT, FakeEngine

from grader.containers import docker_image
from grader.containers.docker import DockerBackend
from grader.containers.docker_engine import Engine, EngineError
from grader.containers.session import Ending, SandboxSpec
from grader.errors import InfrastructureError, SandboxError


@pytest.fixture
def fake(tmp_path):
    engine = FakeEngine(tmp_path)
    yield engine
    engine.close()


class Watched(Engine):
    """As patient as can be, but for the one step that never answers: a busy machine is no broken Engine."""

    silent = ""

    def call(self, what, function, *, seconds=None):
        return super().call(what, function, seconds=0.3 if what.text == self.silent else seconds)


@pytest.fixture
def backend(fake):
    engine = Watched(fake.host, call_seconds=120.0)
    yield DockerBackend(engine, is_near=False)
    engine.close()


def test_a_session_that_ends_in_peace_leaves_nothing(fake, backend):
    """Opened, closed: ok, the container is gone, and closing twice says the same."""
    session = backend.open(SandboxSpec())
    assert next(iter(fake.containers.values()))["State"] == "running"
    assert [session.close(), session.close()] == [Ending.OK, Ending.OK]
    assert fake.containers == {}


def test_an_engine_that_cannot_kill_is_infra(fake, backend):
    """The daemon answers 500 to kill: the ending is infra, with the daemon's words, whatever limit was reached."""
    fake.broken[r"/kill$"] = 500
    with backend.open(SandboxSpec()) as session:
        assert session.receive(wall=0.2, cpu=5) is Ending.INFRA
        assert "out of order" in str(session.problem)
        assert session.close() is Ending.INFRA


@pytest.mark.parametrize("how", [500, SILENT, DRIPPING])
def test_an_engine_that_cannot_say_how_it_ended_is_infra(fake, backend, how):
    """No inspection, no verdict: neither an error nor silence nor an endless header becomes a student's timeout."""
    session = backend.open(SandboxSpec())
    fake.broken[r"^GET /containers/[^/]+/json$"] = how
    backend.engine.silent = "look at a container"
    assert session.receive(wall=0.2, cpu=5) is Ending.INFRA
    assert session.close() is Ending.INFRA


def test_a_connection_that_breaks_while_the_container_lives_is_infra(fake, backend, monkeypatch):
    """The stream ended but the container runs on: that was the connection, not the student."""
    monkeypatch.setattr("grader.containers.docker_session.DEATH_SECONDS", 0.3)
    session = backend.open(SandboxSpec())
    session._stream._socket.shutdown(2)
    assert session.receive(wall=20, cpu=5) is Ending.INFRA
    session.close()


def test_a_stream_that_makes_no_sense_is_infra(fake, backend):
    """Bytes that are no multiplexed stream come from the Engine, not from the student."""
    fake.more = b"\x09 what is this"
    session = backend.open(SandboxSpec())
    fake.go_on.set()
    assert session.receive(wall=20, cpu=5) is Ending.INFRA
    session.close()


@pytest.mark.parametrize(
    ("step", "name"),
    [
        (r"/start$", "start a container"),
        (r"/attach$", "attach"),
        (r"^POST /containers/create$", "create a container"),
    ],
)
@pytest.mark.parametrize("how", [500, SILENT])
def test_a_start_that_fails_leaves_nothing(fake, backend, step, name, how):
    """Ten times: whatever step fails, in whatever way, the container that `create` may have made is removed."""
    fake.broken[step] = how
    backend.engine.silent = name if how == SILENT else ""
    for _ in range(10):
        with pytest.raises(SandboxError):
            backend.open(SandboxSpec())
        assert fake.containers == {}


def test_a_create_whose_answer_is_lost_leaves_nothing(fake, backend):
    """The Engine made the container but its answer never came: it is removed by the name we gave it."""
    create = fake.create

    def made_but_silent(request, body):
        request.send_response, kept = lambda *_: fake.stop.wait(), request.send_response
        create(request, body)
        request.send_response = kept

    fake.create = made_but_silent
    backend.engine.silent = "create a container"
    with pytest.raises(EngineError, match="did not answer"):
        backend.open(SandboxSpec())
    assert fake.containers == {}
    assert len(fake.removed) == 1


def test_what_cannot_be_removed_is_said(fake, backend):
    """A container that stays is infra at close, and the reaper's later."""
    session = backend.open(SandboxSpec())
    fake.broken[r"^DELETE "] = 500
    assert session.close() is Ending.INFRA
    assert "did not remove" in str(session.problem)


def test_a_driver_that_says_nothing_does_not_hang_the_start(fake, backend, monkeypatch):
    """No hello within the start's own time: an error of the sandbox, and nothing is left."""
    monkeypatch.setattr("grader.containers.docker.START_SECONDS", 0.3)
    fake.words = b""
    with pytest.raises(SandboxError, match="did not start"):
        backend.open(SandboxSpec())
    assert fake.containers == {}


def test_the_image_of_another_sandbox_is_refused(fake, backend):
    """A label that is not the digest of this sandbox/ ends in the command that rebuilds the image."""
    fake.labels[docker_image.DIGEST] = "0" * 64
    with pytest.raises(SandboxError, match="another version") as caught:
        backend.open(SandboxSpec())
    assert docker_image.REBUILD in str(caught.value.remedy)
    assert fake.containers == {}


def test_an_image_that_is_not_there_is_said(fake, backend):
    """No image: the command that builds it."""
    fake.broken[r"^GET /images/"] = 404
    with pytest.raises(SandboxError, match="There is no Docker image") as caught:
        backend.python()
    assert docker_image.REBUILD in str(caught.value.remedy)


def test_no_engine_is_an_error_with_a_remedy(tmp_path):
    """Nothing listens: infrastructure, and how to get one or do without."""
    with pytest.raises(SandboxError, match="cannot be reached") as caught:
        DockerBackend(Engine(f"unix://{tmp_path}/none.sock")).open(SandboxSpec())
    assert "DOCKER_HOST" in str(caught.value.remedy)
    assert caught.value.exit_status == 3


@pytest.mark.parametrize("how", [SILENT, DRIPPING])
def test_an_engine_that_never_answers_costs_its_time_and_no_more(fake, backend, how, monkeypatch):
    """A daemon that takes the call and says nothing, or never finishes its header, is given up by our own clock."""
    monkeypatch.setattr("grader.containers.docker_engine.CONNECT_SECONDS", 0.3)
    fake.broken["."] = how
    with pytest.raises(InfrastructureError, match=r"did not answer within 0\.3 s"):
        backend.python()


def test_leftovers_of_the_dead_go_at_the_first_start(fake, backend):
    """What a killed grader left is removed in every state; what a living one owns stays."""
    living = backend.open(SandboxSpec())
    name = next(iter(fake.containers))
    owner = fake.containers[name]["Labels"]
    dead = owner | {"concurrency-grader.owner": owner["concurrency-grader.owner"].rsplit("/", 2)[0] + "/4194303/1.00"}
    states = ("created", "running", "paused", "restarting", "removing", "exited", "dead")
    fake.containers |= {state: {"State": state, "Labels": dead} for state in states}
    DockerBackend(backend.engine, is_near=False).python()
    assert list(fake.containers) == [name]
    living.close()


def test_one_that_cannot_be_reaped_does_not_save_the_others(fake, backend):
    """The reaper goes on after a failure, and counts what it removed."""
    fake.containers = {name: {"State": "dead", "Labels": {}} for name in ("a", "b", "c")}
    fake.broken[r"^DELETE /containers/b$"] = 500
    assert backend.reap() == 2
    assert list(fake.containers) == ["b"]
