# SPDX-License-Identifier: GPL-3.0-or-later
"""What may go wrong.

Every error has a code, a word for programs: one of the daemon's, listed in
banditd-protocol(7), or the client's own:

    unavailable  no daemon listens there, or it went away
    denied       this user may not open the socket (or, from the daemon, not
                 call the method)
    timeout      no answer in time; it is not known whether the daemon did
                 what was asked
    bad_answer   what came is not an answer; the connection is closed
    protocol     the daemon speaks another protocol than this client
    overloaded   too much waits to be sent (or, from the daemon, for the disk)
"""
import re


class Error(Exception):
    """str() is the sentence for people."""

    answered = False  # whether the daemon said so

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __reduce__(self):  # for processes that pass it on
        return type(self), (self.code, self.message)


class Unavailable(Error, ConnectionError):
    """No daemon."""


class Denied(Error, PermissionError):
    """No permission."""


class Timeout(Error, TimeoutError):
    """No answer in time."""


class BadAnswer(Error):
    """Not a daemon."""


_CLASSES = {"unavailable": Unavailable, "denied": Denied, "timeout": Timeout,
            "bad_answer": BadAnswer}


def error(code: str, message: str) -> Error:
    """An error of the class that goes with its code."""
    return _CLASSES.get(code, Error)(code, message)


def answered(text: object) -> Error:
    """The error of an answer: "code: sentence", or what it may be instead."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    if not isinstance(text, str):
        text = "no reason was given"
    match = re.match(r"(?:([a-z_]{1,31}): )?(.{0,1000})", text, re.DOTALL)
    assert match is not None  # as it takes nothing, too
    said = error(match[1] or "internal", match[2])
    said.answered = True
    return said
