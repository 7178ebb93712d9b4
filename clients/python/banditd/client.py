# SPDX-License-Identifier: GPL-3.0-or-later
"""The client that waits.

There is no thread behind it: of the threads that wait for an answer one waits
at the socket, for all of them, and when it has its own the next one does.
"""
import select
import threading
import time
from typing import Any, Dict, Optional, Union

from . import decision as decisions
from . import fork, where
from .absence import Absence
from .decision import Decision
from .errors import Error, error
from .link import Link


class Pending:
    """An answer that is awaited; made by Client.submit()."""

    def __init__(self, client: "Client", link: Link, timeout: float) -> None:
        self._client = client
        self.link = link
        self.timeout = timeout
        self.deadline = time.monotonic() + timeout
        self.over = False
        self.error: Optional[Error] = None
        self.value: Any = None
        self.msgid = -1

    def done(self, wrong: Optional[Error], value: Any) -> None:
        """Called by the link."""
        self.error, self.value, self.over = wrong, value, True

    def result(self) -> Any:
        """Waits for the answer, until the time-out that began with the
        request; raises Error."""
        self._client._wait(self)  # pylint: disable=protected-access
        if self.error:
            raise self.error
        return self.value


class Client:
    """A daemon's address and the connection to it.

    path is its socket, by default the one that banditctl takes.  timeout is
    how many seconds a call may take at most, all in all, and decide_timeout
    the same for route().  Connects when something is asked, and again after
    the daemon was restarted.  May be shared by threads, and used in a process
    forked from its own.
    """

    def __init__(self, path: Optional[str] = None, *, timeout: float = 1.0,
                 decide_timeout: float = 0.1) -> None:
        self.path = path or where.default()
        self.timeout = timeout
        self.decide_timeout = decide_timeout
        self._link: Optional[Link] = None
        self._absence = Absence()
        self.forked()
        fork.watch(self)

    def forked(self) -> None:
        """In a new process: the lock may be held by a thread that is not
        there, and the connection is its parent's."""
        self._turn = threading.Condition()
        self._at_socket = False  # whether a thread waits there
        link, self._link = self._link, None
        if link:
            link.drop()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection; what is under way fails."""
        with self._turn:
            link, self._link = self._link, None
            if link:
                link.fail(error("unavailable", "the connection was closed"))
                self._let_go(link)

    # A gateway's calls: these never raise for a daemon that is away, hangs,
    # or answers errors.

    def route(self, *, default: str, timeout: Optional[float] = None,
              **params: Any) -> Decision:
        """The decision for x=... or text=..., with any parameter of decide;
        or, after decide_timeout at the latest, one for the default arm, whose
        error says why.  While the daemon is away it is not asked each time."""
        patience = self.decide_timeout if timeout is None else timeout
        try:
            return decisions.read(self._guarded("decide", patience, params))
        except Error as why:
            return Decision(default, error=why)

    def report(self, decision: Union[Decision, str, None], reward: float, *,
               timeout: Optional[float] = None, **params: Any) -> bool:
        """Reports a reward; whether it is on the daemon's disk.  False at
        once for the decision of a default, or while the daemon is away."""
        ident = decisions.ident(decision)
        if ident is None:
            return False
        params.update(decision=ident, reward=reward)
        try:
            self._guarded("feedback",
                          self.timeout if timeout is None else timeout, params)
        except Error:
            return False
        return True

    def _guarded(self, method: str, patience: float,
                 params: Dict[str, Any]) -> Any:
        asked = self._absence.check(patience)
        try:
            result = self._ask(method, patience, params).result()
        except Error as why:
            self._absence.note(asked, why)
            raise
        self._absence.note(asked, None)
        return result

    # Calls that raise Error.

    def decide(self, *, timeout: Optional[float] = None,
               **params: Any) -> Decision:
        """Chooses an arm for x=... or text=..."""
        return decisions.read(self.call("decide", timeout=timeout, **params))

    def feedback(self, decision: Union[Decision, str, None], reward: float, *,
                 timeout: Optional[float] = None,
                 **params: Any) -> Dict[str, Any]:
        """Reports a reward, which is on the daemon's disk when this returns.
        That of a default is not sent, and not applied."""
        ident = decisions.ident(decision)
        if ident is None:
            return {"applied": False, "seq": None}
        return self.call("feedback", timeout=timeout, decision=ident,
                         reward=reward, **params)

    def observe(self, *, arm: str, reward: float,
                timeout: Optional[float] = None,
                **params: Any) -> Dict[str, Any]:
        """A reward without a decision, for x=... or text=..."""
        return self.call("observe", timeout=timeout, arm=arm, reward=reward,
                         **params)

    def score(self, *, timeout: Optional[float] = None,
              **params: Any) -> Any:
        """The scores of the arms for x=... or text=..., without deciding."""
        return self.call("score", timeout=timeout, **params)["scores"]

    def call(self, method: str, /, *, timeout: Optional[float] = None,
             **params: Any) -> Any:
        """Any method of banditd-protocol(7); parameters that are None are
        left out."""
        return self.submit(method, timeout=timeout, **params).result()

    def submit(self, method: str, /, *, timeout: Optional[float] = None,
               **params: Any) -> Pending:
        """The same without waiting: any number may be under way."""
        return self._ask(method, self.timeout if timeout is None else timeout,
                         params)

    def _ask(self, method: str, timeout: float,
             params: Dict[str, Any]) -> Pending:
        with self._turn:
            link = self._linked()
            pending = Pending(self, link, timeout)
            pending.msgid = link.ask(method, params, pending.done)
        return pending

    def _linked(self) -> Link:
        link = self._link
        if link and link.idle and not self._at_socket:
            link.pull()  # which notices a daemon that went away since
        if link is None or link.failed:
            if link:
                self._let_go(link)
            self._link = None
            self._link = link = Link(self.path)
        return link

    def _let_go(self, link: Link) -> None:
        """Closes its socket, if nobody waits there, who does it else."""
        if not self._at_socket:
            link.drop()

    def _wait(self, pending: Pending) -> None:
        try:
            with self._turn:
                while not pending.over:
                    if pending.link.failed:  # it is that of a parent process
                        raise pending.link.failed
                    left = pending.deadline - time.monotonic()
                    if left <= 0:
                        raise error("timeout", f"banditd at {self.path} did "
                                    "not answer within "
                                    f"{pending.timeout * 1000:.0f} ms")
                    if self._at_socket:
                        self._turn.wait(left)
                    else:
                        self._wait_at_socket(pending.link, left)
        finally:
            if not pending.over:
                pending.link.forget(pending.msgid)

    def _wait_at_socket(self, link: Link, left: float) -> None:
        """Without the lock; what came is for whoever asked."""
        poll = select.poll()
        poll.register(link.sock, select.POLLIN |
                      (select.POLLOUT if link.unsent else 0))
        self._at_socket = True
        self._turn.release()
        try:
            poll.poll(left * 1000)
        finally:
            self._turn.acquire()
            self._at_socket = False
            self._turn.notify_all()
        link.pull()
        link.push()
        if link is not self._link:
            link.drop()
