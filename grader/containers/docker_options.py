"""What a container of ours may do, as one `create` request. Nothing of the machine is mounted, so the Engine may be anywhere."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from docker.types import LogConfig, Ulimit

from grader.containers.docker_seccomp import profile
from grader.containers.interpreter import FIRST, FLAGS
from grader.containers.tmpfs import INODES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import docker

    from grader.containers.session import Limits

USER = 1000  # uid and gid inside; 0 is refused by the driver
CPUS = 1
FIXED_TASKS = 2  # the first process and the driver are ours
CPU_SLACK = 60  # our own clock counts runs, the kernel whole processes: RLIMIT_CPU is a second wall far behind
MIB = 2**20
HOST = "sandbox"
MASKED = (  # what an Engine hides by itself, and the rest of what describes the machine; control groups stay, they are the container's own
    *(
        "/proc/acpi",
        "/proc/asound",
        "/proc/interrupts",
        "/proc/kcore",
        "/proc/keys",
        "/proc/latency_stats",
        "/proc/sched_debug",
    ),
    *("/proc/scsi", "/proc/timer_list", "/proc/timer_stats"),
    *(
        "/sys/block",
        "/sys/bus",
        "/sys/class",
        "/sys/dev",
        "/sys/devices",
        "/sys/firmware",
        "/sys/hypervisor",
        "/sys/kernel",
    ),
    *("/sys/module", "/sys/power"),
)
WRITABLE = ("/tmp", "/w", "/dev/shm")  # noqa: S108 - inside
NO_IPV6 = "net/ipv6"  # in the Engine's answer where the kernel has no IPv6
IPV6_ON_LOOPBACK = {"net.ipv6.conf.all.disable_ipv6": "0", "net.ipv6.conf.lo.disable_ipv6": "0"}


def command(python: str, packages: int) -> list[str]:
    """The driver: no inherited environment, a fixed hash seed, no address randomisation, nothing on the import path but `packages`."""
    environment = ["PYTHONHASHSEED=0"]
    if packages:
        environment.append("PYTHONPATH=" + ":".join(package(number) for number in range(packages)))
    wrapped = ["/usr/bin/env", "-i", *environment, "/usr/bin/setarch", "-R"]
    return [*wrapped, python, *FLAGS, FIRST, "/sandbox/driver.py", "--own-pid-namespace"]


def package(number: int) -> str:
    """Where a package's folder is inside."""
    return f"/packages/{number}"


def host_config(client: docker.APIClient, limits: Limits, *, ipv6: bool) -> dict[str, Any]:
    """Every limit the Engine and the kernel can hold for us. `/tmp`, `/w` and `/dev/shm` are memory and count as such."""
    writable = f"rw,exec,nosuid,nodev,size={limits.disk},nr_inodes={INODES},uid={USER},gid={USER},mode=0700"
    config = client.create_host_config(
        network_mode="none",
        read_only=True,
        tmpfs={
            "/tmp": writable.replace("0700", "1777"),  # noqa: S108 - inside
            "/w": writable,
            "/dev/mqueue": "ro,size=0",
        },
        shm_size=limits.disk,
        cap_drop=["ALL"],
        security_opt=["no-new-privileges", f"seccomp={profile()}"],
        pids_limit=limits.tasks + FIXED_TASKS,
        mem_limit=limits.memory,
        memswap_limit=limits.memory,  # equal: no swap
        nano_cpus=int(CPUS * 1e9),
        ulimits=[
            _ulimit("nofile", limits.open_files),
            _ulimit("fsize", limits.file),
            _ulimit("cpu", math.ceil(limits.cpu) + CPU_SLACK),
            _ulimit("core", 0),
            _ulimit("memlock", MIB),
        ],
        log_config=LogConfig(type=LogConfig.types.NONE),
        sysctls=IPV6_ON_LOOPBACK if ipv6 else {},
        ipc_mode="private",
        extra_hosts={HOST: "127.0.0.1"},
        dns=["127.0.0.1"],  # nobody answers there; otherwise the machine's own would be named
        oom_score_adj=500,  # under pressure of the whole machine, students' processes go first
    )
    return dict(config) | {"MaskedPaths": list(MASKED)}


def _ulimit(name: str, value: int) -> Ulimit:
    return Ulimit(name=name, soft=value, hard=value)


def create(
    client: docker.APIClient,
    name: str,
    image: str,
    command: list[str],
    limits: Limits,
    labels: Mapping[str, str],
    *,
    ipv6: bool,
) -> str:
    """Creates, does not start; returns the container's id. The name is ours, so that it can be removed if no answer comes."""
    made = client.create_container(
        image,
        name=name,
        command=command,
        entrypoint=[],
        hostname=HOST,
        user=f"{USER}:{USER}",
        working_dir="/w",
        stdin_open=True,
        tty=False,
        detach=False,
        labels=dict(labels),
        environment={},
        use_config_proxy=False,
        host_config=host_config(client, limits, ipv6=ipv6),
    )
    return str(made["Id"])
