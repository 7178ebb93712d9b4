"""A daemon with the shim between it and its disk, and how to tell the shim.

The layout of the control file is that of control.h.
"""
import mmap
import os
import struct
import tempfile

from daemon import BUILD, Daemon
from tap import Skip

FULL = os.environ.get("FAULTS") == "full"
SEED = int(os.environ.get("SEED", "1"))
SHIM = os.path.abspath(os.path.join(BUILD, "tests", "faults", ".libs",
                                    "shim.so"))
CALLS = ("disk", "write", "sync", "truncate", "name", "create", "malloc")
ACTS = ("none", "fail", "short", "kill", "torn")
MATCH = 64
HEAD = 24 + MATCH
RULE = 40
NEVER_ENDS = 2**63


def need_shim():
    """Under sanitizers the memory is theirs, and they must come first."""
    if os.environ.get("SANITIZE"):
        raise Skip("sanitizers and a preloaded library do not mix")
    assert os.path.exists(SHIM), SHIM


class Shim:
    """What the control file holds; open until close()."""

    def __init__(self):
        need_shim()
        base = "/dev/shm" if os.path.isdir("/dev/shm") else None
        handle, self.path = tempfile.mkstemp(prefix="banditd-", dir=base)
        os.ftruncate(handle, HEAD + RULE * len(CALLS))
        self.map = mmap.mmap(handle, 0)
        os.close(handle)

    def close(self):
        self.map.close()
        os.unlink(self.path)

    def _at(self, call):
        return HEAD + RULE * CALLS.index(call)

    def rule(self, call, act, first=1, last=None, error=0):
        """From now on the calls of that number are hit; without `last` only
        the first."""
        self.map[self._at(call):self._at(call) + RULE] = struct.pack(
            "<5Q", 0, first, first if last is None else last,
            ACTS.index(act), error)

    def from_now_on(self, call, error):
        self.rule(call, "fail", 1, NEVER_ENDS, error)

    def clear(self):
        for call in CALLS:
            self.rule(call, "none")

    def calls(self, call):
        """How many there were since the rule was set."""
        return struct.unpack_from("<Q", self.map, self._at(call))[0]

    def hits(self):
        return struct.unpack_from("<Q", self.map, 8)[0]

    def delay(self, seconds):
        struct.pack_into("<Q", self.map, 0, int(seconds * 1e6))

    def clock(self, seconds):
        """The wall clock is so much ahead."""
        struct.pack_into("<q", self.map, 16, seconds)

    def match(self, text):
        """Only paths with that in them count; with a $ behind it, those that
        end so."""
        self.map[24:HEAD] = text.encode().ljust(MATCH, b"\0")


class FaultyDaemon(Daemon):
    """With `trace` it writes down what it does to its files."""

    def __init__(self, config=None, options=(), trace=None):
        self.shim = Shim()
        self.trace = trace
        super().__init__(config, options)

    def environment(self, **more):
        env = super().environment(**more)
        env.update(LD_PRELOAD=SHIM, FAULTS_CONTROL=self.shim.path,
                   FAULTS_DIR=self.dir)
        if self.trace:
            env["FAULTS_TRACE"] = self.trace
        return env

    def remove(self):
        super().remove()
        self.shim.close()
