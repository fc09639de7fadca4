"""The system call filter, assembled from a readable table: no opaque file, no library, any supported machine from any other.

A deny list in classic BPF (seccomp(2), linux/bpf_common.h). What Python and its standard library need stays allowed; what only widens
the kernel's surface, or outlives a process unseen by a memory limit, answers an error as an old kernel or an ordinary user would get.
"""

from __future__ import annotations

import errno
import platform
import struct
from dataclasses import dataclass

ALLOW = 0x7FFF0000  # SECCOMP_RET_ALLOW
KILL = 0x80000000  # SECCOMP_RET_KILL_PROCESS
ERROR = 0x00050000  # SECCOMP_RET_ERRNO, the number in the low 16 bits
EPERM = ERROR | errno.EPERM
ENOSYS = ERROR | errno.ENOSYS

LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, ARGUMENT_0, ARGUMENT_1 = 0, 4, 16, 24  # offsets in struct seccomp_data (little endian: low words)

NEW_NAMESPACE = 0x7E020000  # CLONE_NEW{NS,CGROUP,UTS,IPC,USER,PID,NET}
TIOCSTI, TIOCLINUX = 0x5412, 0x541C  # put bytes into a terminal's input

# name -> (number on x86_64, number on aarch64); None where the machine has no such call.
DENIED: dict[str, tuple[int | None, int | None]] = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "create_module": (174, None),
    "delete_module": (176, 106),
    "fanotify_init": (300, 262),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "ioperm": (173, None),
    "iopl": (172, None),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "lookup_dcookie": (212, 18),
    "mbind": (237, 235),
    "memfd_create": (319, 279),  # memory that belongs to no task until it is mapped
    "memfd_secret": (447, 447),
    "migrate_pages": (256, 238),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "move_pages": (279, 239),
    "msgget": (68, 186),  # System V objects outlive their makers
    "name_to_handle_at": (303, 264),
    "nfsservctl": (180, 42),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "pidfd_getfd": (438, 438),
    "pivot_root": (155, 41),
    "process_madvise": (440, 440),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "semget": (64, 190),
    "set_mempolicy": (238, 237),
    "setdomainname": (171, 162),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "settimeofday": (164, 170),
    "shmget": (29, 194),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
    "uselib": (134, None),
    "vhangup": (153, 58),
    "vmsplice": (278, 75),
}
ABSENT: dict[str, tuple[int | None, int | None]] = {
    "clone3": (435, 435)
}  # its flags cannot be seen by a filter; the C library falls back to clone


@dataclass(frozen=True, slots=True)
class Machine:
    """What differs between two kinds of machine."""

    name: str
    column: int
    audit: int  # AUDIT_ARCH_*
    clone: int
    ioctl: int
    first_foreign: int | None  # x32 calls start here on x86_64


MACHINES = {
    "x86_64": Machine("x86_64", 0, 0xC000003E, clone=56, ioctl=16, first_foreign=0x40000000),
    "aarch64": Machine("aarch64", 1, 0xC00000B7, clone=220, ioctl=29, first_foreign=None),
}


def program(machine: str | None = None) -> bytes | None:
    """The filter as the bytes of a `struct sock_filter[]` for `bwrap --seccomp`; None for a machine not in the table.

    >>> len(program("x86_64")) % 8
    0
    """
    kind = MACHINES.get(machine or platform.machine())
    return None if kind is None else b"".join(_assemble(kind))


def _assemble(kind: Machine) -> list[bytes]:
    code = [
        _op(LOAD, ARCHITECTURE),
        _op(JUMP_EQUAL, kind.audit, 1, 0),
        _op(RETURN, KILL),
        _op(LOAD, NUMBER),
    ]
    if kind.first_foreign is not None:
        code += [_op(JUMP_AT_LEAST, kind.first_foreign, 0, 1), _op(RETURN, ENOSYS)]
    for calls, answer in ((ABSENT, ENOSYS), (DENIED, EPERM)):
        for numbers in calls.values():
            number = numbers[kind.column]
            if number is not None:
                code += [_op(JUMP_EQUAL, number, 0, 1), _op(RETURN, answer)]
    code += [_op(JUMP_EQUAL, kind.clone, 0, 4), _op(LOAD, ARGUMENT_0), _op(JUMP_ANY_BIT, NEW_NAMESPACE, 0, 1)]
    code += [_op(RETURN, EPERM), _op(RETURN, ALLOW)]
    code += [_op(JUMP_EQUAL, kind.ioctl, 0, 5), _op(LOAD, ARGUMENT_1)]
    code += [_op(JUMP_EQUAL, TIOCSTI, 1, 0), _op(JUMP_EQUAL, TIOCLINUX, 0, 1), _op(RETURN, EPERM), _op(RETURN, ALLOW)]
    code += [_op(RETURN, ALLOW)]
    return code


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, value)
