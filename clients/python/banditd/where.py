# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the daemon listens, and why it cannot be reached there."""
import errno
import grp
import os
import pwd
import stat
from typing import Optional, Tuple

from .errors import Error, error

SYSTEM = "/run/banditd/banditd.sock"
_NAME = os.path.join("banditd", "banditd.sock")


def _user() -> str:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(runtime):
        return os.path.join(runtime, _NAME)
    runtime = f"/run/user/{os.geteuid()}"
    if os.path.isdir(runtime):
        return os.path.join(runtime, _NAME)
    state = os.environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(state):
        state = os.path.expanduser("~/.local/state")
    return os.path.join(state, _NAME)


def _system_has_one() -> bool:
    """Also where its directory is closed to us: connecting says whom to ask."""
    try:
        os.lstat(SYSTEM)
    except OSError as why:
        return why.errno == errno.EACCES
    return True


def default() -> str:
    """$BANDITD_SOCKET, else the user's own daemon, else the system's."""
    given = os.environ.get("BANDITD_SOCKET")
    if given:
        return given
    if os.geteuid() == 0:
        return SYSTEM
    own = _user()
    if os.path.lexists(own) or not _system_has_one():
        return own
    return SYSTEM


def _group(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def _member(gid: int) -> bool:
    """Whether the user is in the group, though this process is not."""
    try:
        user = pwd.getpwuid(os.geteuid())
        return gid in os.getgrouplist(user.pw_name, user.pw_gid)
    except KeyError:
        return False


def _barrier(path: str) -> Optional[Tuple[str, os.stat_result, int]]:
    """What stops us, and the permission that its group needs: a folder on
    the way that we may not enter, or the socket itself."""
    path = os.path.abspath(path)
    folder = "/"
    for name in path.split("/")[1:]:
        try:
            found = os.stat(folder)
        except OSError:
            return None
        if not os.access(folder, os.X_OK, effective_ids=True):
            return folder, found, stat.S_IXGRP
        folder = os.path.join(folder, name)
    try:
        return path, os.stat(path), stat.S_IWGRP
    except OSError:
        return None


def _advice(path: str) -> str:
    barrier = _barrier(path)
    if barrier is None:
        return ""
    what, found, needed = barrier
    group = _group(found.st_gid)
    if not found.st_mode & needed:
        return (f": {what} is closed to its group; set socket_mode in "
                "banditd.conf, or run as its owner")
    if found.st_gid == 0:  # nobody should be told to join that one
        return (f": {what} is open to root's group alone; run the daemon with a "
                "group for its clients, or run as its owner")
    if found.st_gid == os.getegid() or found.st_gid in os.getgroups():
        return f": its group {group} may, but not this process"
    if _member(found.st_gid):
        return f": you are in its group {group} now; log in again"
    return f": join its group {group} (usermod -aG {group} USER), log in again"


def refused(path: str, reason: Exception) -> Error:
    """The error of a connect() that failed."""
    number = getattr(reason, "errno", None)
    if number in (errno.EACCES, errno.EPERM):
        return error("denied",
                     f"no permission to connect to {path}{_advice(path)}")
    if number in (errno.ENOENT, errno.ECONNREFUSED, errno.ENOTDIR):
        return error("unavailable", f"no banditd listens at {path}")
    if number in (errno.EAGAIN, errno.EINPROGRESS):
        return error("unavailable",
                     f"the queue of connections of banditd at {path} is full")
    return error("unavailable", f"cannot connect to {path}: {reason}")
