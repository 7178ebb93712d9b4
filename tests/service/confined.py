# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts a program as systemd starts the unit's, where there is no systemd.

    confined.py UNIT [ROOT] -- PROGRAM ARGUMENT...

What the unit says of user, environment, limits and system calls is put in
force: SystemCallFilter, RestrictAddressFamilies and MemoryDenyWriteExecute by
libseccomp, with the groups of system calls that systemd-analyze knows.  ROOT is
a directory to be the root.  What it says of mounts is left out, and so is a user
where the caller is not root.  Ends with 77 where libseccomp's Python module is
missing.
"""
import os
import resource
import socket
import subprocess
import sys

WRITE, EXEC, SHM_EXEC = 2, 4, 0o100000


def read_unit(path):
    """Each key with the list of its values, in their order."""
    unit = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            key, equals, value = line.strip().partition("=")
            if equals and not key.startswith("#"):
                unit.setdefault(key, []).append(value)
    return unit


def members(group):
    """The system calls of a group, and of the groups in it."""
    shown = subprocess.run(["systemd-analyze", "syscall-filter", group],
                           stdout=subprocess.PIPE, text=True, check=True)
    names = set()
    for line in shown.stdout.splitlines()[1:]:
        word = line.strip()
        if word.startswith("@"):
            names |= members(word)
        elif word and not word.startswith("#"):
            names.add(word)
    return names


def allowed_calls(unit):
    allowed = set()
    for value in unit["SystemCallFilter"]:
        without = value.startswith("~")
        for word in value.lstrip("~").split():
            names = members(word) if word.startswith("@") else {word}
            allowed = allowed - names if without else allowed | names
    return allowed


def make_filter(unit):
    """A libseccomp filter, not yet in force; all that it does not allow is
    EPERM."""
    import seccomp  # pylint: disable=import-outside-toplevel
    allow = seccomp.ALLOW
    rules = seccomp.SyscallFilter(seccomp.ERRNO(1))
    special = {
        "socket": [[seccomp.Arg(0, seccomp.EQ, getattr(socket, family))]
                   for value in unit["RestrictAddressFamilies"]
                   for family in value.split()],
        # Either of the two, never both; and no page becomes executable.
        "mmap": [[seccomp.Arg(2, seccomp.MASKED_EQ, WRITE | EXEC, prot)]
                 for prot in (0, WRITE, EXEC)],
        "mprotect": [[seccomp.Arg(2, seccomp.MASKED_EQ, EXEC, 0)]],
        "pkey_mprotect": [[seccomp.Arg(2, seccomp.MASKED_EQ, EXEC, 0)]],
        "shmat": [[seccomp.Arg(2, seccomp.MASKED_EQ, SHM_EXEC, 0)]],
    }
    for name in sorted(allowed_calls(unit)):
        try:
            for arguments in special.get(name, [[]]):
                rules.add_rule(allow, name, *arguments)
        except (RuntimeError, ValueError):
            pass  # of another architecture
    return rules


def become(user):
    import pwd  # pylint: disable=import-outside-toplevel
    entry = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    os.environ.update(HOME=entry.pw_dir, USER=user, LOGNAME=user)


def limits(unit):
    for key in ("LimitCORE", "LimitMEMLOCK", "LimitNOFILE"):
        for value in unit.get(key, []):
            which = getattr(resource, "RLIMIT_" + key[len("Limit"):])
            limit = int(value)
            hard = resource.getrlimit(which)[1]
            if hard != resource.RLIM_INFINITY:
                limit = min(limit, hard)
            resource.setrlimit(which, (limit, limit))


def main(unit_path, *words):
    unit = read_unit(unit_path)
    root = words[0] if words[0] != "--" else None
    command = words[words.index("--") + 1:]
    try:
        rules = make_filter(unit)
    except ImportError:
        sys.exit(77)
    limits(unit)
    os.umask(int(unit["UMask"][0], 8))
    if root:
        os.chroot(root)
        os.chdir("/")
    if os.geteuid() == 0:
        become(unit["User"][0] if root else "nobody")
    rules.load()
    os.execv(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
