"""Runs one program where it can do little harm: python -I confined.py PARENT CPU MEMORY OUTPUT PROGRAM …

CPU in seconds, MEMORY and OUTPUT (the largest file it may write) in bytes; PARENT is the process it must not outlive.
The limits are hard: what runs can't lift them. Where the system allows it, there is no network either.
Imports nothing of ours, so it starts fast and holds nothing worth stealing.
"""

import contextlib
import ctypes
import os
import resource
import signal
import sys
from pathlib import Path

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
OPEN_FILES, NICER = 256, 5


def main() -> None:
    """Becomes the program."""
    parent, cpu, memory, output = map(int, sys.argv[1:5])
    for kind, limit in (
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, output),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # a system that knows no such limit
            resource.setrlimit(kind, (limit, limit))
    os.nice(NICER)
    os.umask(0o077)
    if sys.platform == "linux":
        alone(parent)
    os.execv(sys.argv[5], sys.argv[5:])  # noqa: S606 that is what it is for


def alone(parent: int) -> None:
    """Cuts off the network where that is allowed, gains no rights from here on, and ends with the parent."""
    libc = ctypes.CDLL(None)
    user, group = os.getuid(), os.getgid()
    if libc.unshare(CLONE_NEWNET) != 0 and libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0:
        for name, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            with contextlib.suppress(OSError):
                Path("/proc/self", name).write_text(line)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


if __name__ == "__main__":
    main()
