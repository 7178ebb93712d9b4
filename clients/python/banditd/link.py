# SPDX-License-Identifier: GPL-3.0-or-later
"""One connection: what is asked, not sent yet, and not answered yet.

Nothing here waits.  Who owns a link waits for its socket, with poll() or the
event loop, and calls push() and pull(); each answer goes to the function that
its request came with.  A link that failed stays so; its owner makes a new one.
"""
import socket
from typing import Any, Callable, Dict, Optional

from . import where, wire
from .errors import Error, error

OUT_MAX = 16 << 20  # bytes that may wait to be sent
READ_SIZE = 65536

Done = Callable[[Optional[Error], Any], None]


def _connected(path: str) -> socket.socket:
    try:
        sock = socket.socket(socket.AF_UNIX)
    except OSError as why:  # no descriptor is left
        raise where.refused(path, why) from why
    sock.setblocking(False)
    try:
        sock.connect(path)
    except (OSError, ValueError) as why:
        sock.close()
        raise where.refused(path, why) from why
    return sock


class Link:
    """Connects at once, which a Unix socket does, or raises the Error."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.failed: Optional[Error] = None
        self.sock = _connected(path)
        self._answers = wire.Answers()
        self._asked: Dict[int, Done] = {}
        self._out = bytearray()
        self._next = 0
        self.ask("ping", {}, self._greeted)

    def _greeted(self, wrong: Optional[Error], result: Any) -> None:
        """An answer to ping, which comes before all others."""
        if wrong is not None or not isinstance(result, dict):
            return  # it may have its reasons; others will get errors too
        theirs = result.get("protocol")
        if theirs == wire.PROTOCOL or not isinstance(theirs, int):
            return
        who, what = ("newer", "update this client") \
            if theirs > wire.PROTOCOL else ("older", "update banditd")
        self.fail(error("protocol",
                        f"banditd at {self.path} speaks protocol {theirs}, "
                        f"{who} than this client's {wire.PROTOCOL}: {what}"))

    @property
    def idle(self) -> bool:
        """Whether no answer is awaited."""
        return not self._asked

    @property
    def unsent(self) -> int:
        """Bytes that wait for room in the socket."""
        return len(self._out)

    def ask(self, method: str, params: Dict[str, Any], done: Done) -> int:
        """Returns the number of the request, which is under way; done() is
        called once, by pull() or fail(), or never after forget()."""
        while self._next in self._asked:
            self._next = self._next + 1 & 0xffffffff
        msgid = self._next
        data = wire.request(msgid, method, params)
        if len(self._out) + len(data) > OUT_MAX:
            raise error("overloaded", f"{len(self._out)} bytes wait to be "
                                      f"sent to banditd at {self.path}")
        self._next = msgid + 1 & 0xffffffff
        self._asked[msgid] = done
        self._out += data
        self.push()
        return msgid

    def forget(self, msgid: int) -> None:
        """Its answer, if it still comes, is nobody's."""
        self._asked.pop(msgid, None)

    def push(self) -> None:
        """Sends what there is room for."""
        try:
            while self._out:
                sent = self.sock.send(self._out, socket.MSG_NOSIGNAL)
                del self._out[:sent]
        except (BlockingIOError, InterruptedError):
            pass
        except OSError:
            self._out.clear()  # pull() finds the end, and answers before it

    def pull(self) -> None:
        """Takes what has come."""
        if self.failed:
            return
        try:
            data = self.sock.recv(READ_SIZE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self._went_away()
            return
        try:
            for msgid, wrong, result in self._answers.feed(data):
                done = self._asked.pop(msgid, None)
                if done:
                    done(wrong, result)
        except Error as why:
            self.fail(why)

    def _went_away(self) -> None:
        self.fail(error("unavailable",
                        f"banditd at {self.path} closed the connection"))

    def fail(self, why: Error) -> None:
        """Ends it, and all that is under way, with the error."""
        if self.failed:
            return
        self.failed = why
        self._out.clear()
        asked, self._asked = self._asked, {}
        try:
            self.sock.shutdown(socket.SHUT_RDWR)  # wakes who waits for it
        except OSError:
            pass
        for done in asked.values():
            done(why, None)

    def drop(self) -> None:
        """Lets go of it without a word: nothing under way is told, and a
        parent that the socket was inherited from keeps its own."""
        self.failed = self.failed or error("unavailable",
                                           "the connection was closed")
        self._asked.clear()
        self.sock.close()
