"""Which system calls exist inside a container: an allow-list of what Python programs with processes, threads and sockets need.

What is not named fails with EPERM, so what a newer kernel brings is closed until somebody opens it. Beside what an Engine's own
profile refuses (mount, namespaces, modules, keyctl, bpf, perf_event_open, userfaultfd), this one refuses io_uring (it passes by
any filter), ptrace and its relatives (process_vm_*, pidfd_getfd, kcmp: same-uid processes could look into each other), and socket families
that lead out of a network namespace (vsock). As in bubblewrap, there is no System V
memory, memfd or mknod: memory that belongs to no task. It allows `personality(ADDR_NO_RANDOMIZE)`, for gradings that give equal bytes.
"""

from __future__ import annotations

import json

ENOSYS = 38
ADDR_NO_RANDOMIZE = 0x0040000
PERSONALITIES = (0x0, ADDR_NO_RANDOMIZE, 0xFFFFFFFF)  # PER_LINUX, the same without randomisation, "which is it?"
SOCKET_FAMILIES = (1, 2, 10, 16)  # unix, IPv4, IPv6, netlink (getaddrinfo asks it which addresses there are)
TIOCSTI = 0x5412  # puts bytes into a terminal's input; the kernel looks at the low 32 bits only
UPPER_HALF = 0xFFFFFFFF << 32
NAMESPACE_FLAGS = 0x7E020000  # every CLONE_NEW* but time, which clone() cannot make

FILES = """access chdir chmod chown chown32 close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2 fadvise64
 fadvise64_64 fallocate fchdir fchmod fchmodat fchmodat2 fchown fchown32 fchownat fcntl fcntl64 fdatasync fgetxattr flistxattr flock
 fremovexattr fsetxattr fstat fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futimesat getcwd getdents getdents64 getxattr
 inotify_add_watch inotify_init inotify_init1 inotify_rm_watch lchown lchown32 lgetxattr link linkat listxattr llistxattr
 lremovexattr lseek _llseek lsetxattr lstat lstat64 mkdir mkdirat newfstatat open openat openat2 pipe pipe2
 pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv removexattr rename renameat renameat2 rmdir
 sendfile sendfile64 setxattr splice stat stat64 statfs statfs64 statx symlink symlinkat sync sync_file_range syncfs tee truncate
 truncate64 umask unlink unlinkat utime utimensat utimensat_time64 utimes write writev"""

WAITING = """_newselect epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2
 futex futex_requeue futex_time64 futex_wait futex_waitv futex_wake get_robust_list membarrier pause poll ppoll ppoll_time64 pselect6
 pselect6_time64 restart_syscall rseq select set_robust_list"""

MEMORY = """brk get_mempolicy madvise mincore mlock mlock2 mlockall mmap mmap2 mprotect mremap msync munlock munlockall munmap pkey_alloc
 pkey_free pkey_mprotect"""

PROCESSES = """capget capset execve execveat exit exit_group fork getcpu getegid getegid32 geteuid geteuid32 getgid getgid32
 getgroups getgroups32 getpgid getpgrp getpid getppid getpriority getresgid getresgid32 getresuid getresuid32 getrlimit getrusage getsid
 gettid getuid getuid32 kill nice pidfd_open pidfd_send_signal prctl prlimit64 sched_get_priority_max sched_get_priority_min
 sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam
 sched_setscheduler sched_yield seccomp set_tid_address set_thread_area get_thread_area setfsgid setfsuid setgid setgid32 setgroups
 setgroups32 setpgid setpriority setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setrlimit setsid setuid
 setuid32 sysinfo tgkill times tkill ugetrlimit uname vfork wait4 waitid waitpid arch_prctl"""

SIGNALS_AND_TIME = """alarm clock_getres clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep clock_nanosleep_time64 getitimer
 getrandom gettimeofday nanosleep rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
 rt_sigtimedwait_time64 rt_tgsigqueueinfo setitimer sigaltstack signalfd signalfd4 sigprocmask sigreturn time timer_create timer_delete
 timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64
 timerfd_settime timerfd_settime64"""

TALKING = """accept accept4 bind connect getpeername getsockname getsockopt listen  recv recvfrom recvmmsg recvmmsg_time64
 recvmsg send sendmmsg sendmsg sendto setsockopt shutdown socketpair"""

ABSENT = (
    "clone3 io_uring_enter io_uring_register io_uring_setup"  # libraries have another way when these "do not exist"
)


def profile() -> str:
    """The profile as the Engine takes it: JSON, in the option `seccomp=`. No architecture is named: the machine's own alone."""
    allowed = sorted(f"{FILES} {WAITING} {MEMORY} {PROCESSES} {SIGNALS_AND_TIME} {TALKING}".split())
    rules: list[dict[str, object]] = [
        {"names": allowed, "action": "SCMP_ACT_ALLOW"},
        # clone3 hides its flags behind a pointer, so it goes; clone may make everything but namespaces
        {"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [_argument(0, NAMESPACE_FLAGS, "SCMP_CMP_MASKED_EQ")]},
        {"names": sorted(ABSENT.split()), "action": "SCMP_ACT_ERRNO", "errnoRet": ENOSYS},
    ]
    for call, values in (("personality", PERSONALITIES), ("socket", SOCKET_FAMILIES)):
        rules += [
            {"names": [call], "action": "SCMP_ACT_ALLOW", "args": [_argument(0, value, "SCMP_CMP_EQ")]}
            for value in values
        ]
    for bit in range(
        32
    ):  # every ioctl that differs from TIOCSTI in some bit: a filter has no other way to say "all but" safely
        other = {
            "index": 1,
            "value": UPPER_HALF | 1 << bit,
            "valueTwo": ~TIOCSTI & 1 << bit,
            "op": "SCMP_CMP_MASKED_EQ",
        }
        rules.append({"names": ["ioctl"], "action": "SCMP_ACT_ALLOW", "args": [other]})
    return json.dumps({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": rules}, sort_keys=True)


def _argument(index: int, value: int, compare: str) -> dict[str, object]:
    return {"index": index, "value": value, "valueTwo": 0, "op": compare}
