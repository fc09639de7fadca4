"""The filter's program, run by a small interpreter of classic BPF: no kernel needed, for every machine in the table."""

import struct

import pytest

from grader.containers import seccomp
from grader.containers.seccomp import ALLOW, DENIED, ENOSYS, EPERM, KILL, MACHINES


def run(program, number, audit, arguments=(0, 0)):
    """What the kernel would answer to a system call."""
    data = struct.pack("<IIQ6Q", number, audit, 0, *arguments, 0, 0, 0, 0)
    code = [struct.unpack_from("<HBBI", program, at) for at in range(0, len(program), 8)]
    at, accumulator = 0, 0
    while True:
        op, if_true, if_false, value = code[at]
        at += 1
        if op == 0x20:
            accumulator = struct.unpack_from("<I", data, value)[0]
        elif op == 0x06:
            return value
        else:
            holds = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[op]
            at += if_true if holds else if_false


@pytest.fixture(params=sorted(MACHINES))
def machine(request):
    return MACHINES[request.param]


def answer(machine, number, *arguments):
    return run(seccomp.program(machine.name), number, machine.audit, (*arguments, 0, 0)[:2])


def test_every_denied_call_is_denied_and_the_next_number_is_not(machine):
    """Each name of the table answers EPERM, and what stands between them is allowed."""
    denied = {numbers[machine.column] for numbers in DENIED.values()} - {None}
    absent = {numbers[machine.column] for numbers in seccomp.ABSENT.values()}
    assert {answer(machine, number) for number in denied} == {EPERM}
    assert {answer(machine, number) for number in range(450) if number not in denied | absent} == {ALLOW}


def test_clone_is_allowed_without_namespaces_only(machine):
    """Forks and threads pass; any namespace flag does not; clone3 does not exist."""
    thread, fork = 0x3D0F00, 17
    assert [answer(machine, machine.clone, flags) for flags in (fork, thread)] == [ALLOW, ALLOW]
    for flag in (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000):
        assert answer(machine, machine.clone, fork | flag) == EPERM
    assert answer(machine, 435) == ENOSYS


def test_terminals_cannot_be_typed_into(machine):
    """ioctl passes, but for the two requests that put bytes into a terminal's input."""
    assert [answer(machine, machine.ioctl, 0, request) for request in (0x5412, 0x541C, 0x5401)] == [EPERM, EPERM, ALLOW]


def test_another_architecture_is_no_way_around(machine):
    """Calls of another machine kind kill; those of x32 do not exist."""
    assert run(seccomp.program(machine.name), 0, 0x40000003) == KILL
    if machine.first_foreign:
        assert answer(machine, machine.first_foreign + 1) == ENOSYS


def test_an_unknown_machine_has_no_filter():
    """A machine that is not in the table is said to have none, instead of getting a wrong one."""
    assert seccomp.program("riscv64") is None
