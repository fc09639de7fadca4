"""Which sandbox is taken, and what is said when there is none."""

import pytest

import grader.containers
from grader.containers import bubblewrap, choose
from grader.errors import SandboxError, UsageError
from grader.language import say


class Works:
    def __init__(self, name):
        self.name = name


def fails(name):
    def make():
        raise SandboxError(say("{name} is not here.", name=name), remedy=say("Install {name}.", name=name))

    return make


@pytest.mark.parametrize(
    ("name", "taken"), [("auto", "bubblewrap"), ("bubblewrap", "bubblewrap"), ("docker", "docker")]
)
def test_auto_is_bubblewrap_where_it_works(monkeypatch, name, taken):
    """A name gets what it says; auto prefers what needs no daemon."""
    for one in ("bubblewrap", "docker"):
        monkeypatch.setattr(grader.containers, f"_{one}", lambda one=one: Works(one))
    assert choose(name).name == taken


def test_auto_is_docker_where_bubblewrap_does_not_work(monkeypatch):
    """The second choice is taken in silence."""
    monkeypatch.setattr(grader.containers, "_bubblewrap", fails("bubblewrap"))
    monkeypatch.setattr(grader.containers, "_docker", lambda: Works("docker"))
    assert choose().name == "docker"


def test_nothing_that_works_says_what_to_install(monkeypatch):
    """Both reasons and a remedy, and an exit status that means infrastructure."""
    monkeypatch.setattr(grader.containers, "_bubblewrap", fails("bubblewrap"))
    monkeypatch.setattr(grader.containers, "_docker", fails("docker"))
    with pytest.raises(
        SandboxError, match=r"(?s)bubblewrap is not here.*docker is not here.*Install bubblewrap"
    ) as caught:
        choose()
    assert caught.value.exit_status == 3


def test_local_needs_the_unsafe_flag():
    """Running on the machine itself is never an accident, and never what auto means."""
    with pytest.raises(UsageError, match="unsafe"):
        choose("local")
    assert choose("local", unsafe=True).name == "local (unsafe)"


def test_an_unknown_name_lists_the_known_ones():
    """A typing error is answered with the names."""
    with pytest.raises(UsageError, match=r"(?s)'dokcer'.*auto, docker, bubblewrap, local"):
        choose("dokcer")


def test_the_wheel_is_tried_after_the_distribution(monkeypatch, tmp_path):
    """A bwrap that does not work here is passed over for one that does; if none works, the first one's words are told."""
    programs, works = [tmp_path / "system", tmp_path / "wheel"], set()
    monkeypatch.setattr(bubblewrap, "_programs", lambda: programs)

    def try_(program):
        if program.name not in works:
            raise SandboxError(say("{name} failed", name=program.name))

    monkeypatch.setattr(bubblewrap, "_try", try_)
    for names, expected in (({"system", "wheel"}, "system"), ({"wheel"}, "wheel")):
        works.clear()
        works.update(names)
        bubblewrap.working_program.cache_clear()
        assert bubblewrap.working_program().name == expected
    works.clear()
    bubblewrap.working_program.cache_clear()
    with pytest.raises(SandboxError, match="system failed"):
        bubblewrap.working_program()
    bubblewrap.working_program.cache_clear()
    programs.clear()
    with pytest.raises(SandboxError, match="apt install bubblewrap"):
        bubblewrap.working_program()
    bubblewrap.working_program.cache_clear()
