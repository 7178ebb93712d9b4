# SPDX-License-Identifier: GPL-3.0-or-later
"""For how long not to ask a daemon that did not answer.

A gateway whose daemon hangs would else wait the whole time-out for each
request.  After a failure one caller at a time tries again, first after FIRST
seconds, then after twice as long each time, up to LAST; all others are told at
once.  An answer of the daemon, an error too, ends it.
"""
import random
import time
from typing import Optional

from .errors import Error, error

FIRST, LAST = 0.1, 5.0
_GONE = ("unavailable", "denied", "timeout", "bad_answer", "protocol")


class Absence:
    """Of one daemon; at first it is there."""

    def __init__(self) -> None:
        self._wait = 0.0  # 0: it is there
        self._until = 0.0
        self._failures = 0
        self._why = ""

    def check(self, patience: float) -> int:
        """Raises where the daemon is not to be asked now.  Else the caller
        may ask and wait so long for it, where it was away nobody else
        meanwhile, and has to note() how it went with what this returns."""
        now = time.monotonic()
        if self._wait:
            if now < self._until:
                raise error("unavailable",
                            f"not asked, as before: {self._why}")
            self._until = now + max(self._wait, patience)
        return self._failures

    def note(self, asked: int, why: Optional[Error]) -> None:
        """None where it went well.  Those who asked at the same time and
        failed together count once."""
        if why is None or why.answered:
            self._wait = 0.0
        elif why.code in _GONE and asked == self._failures:
            self._failures += 1
            self._why = str(why)
            self._wait = min(max(FIRST, self._wait * 2), LAST)
            self._until = time.monotonic() + \
                self._wait * random.uniform(0.5, 1.0)
