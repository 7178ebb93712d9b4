# SPDX-License-Identifier: GPL-3.0-or-later
"""The client for asyncio."""
import asyncio
from typing import Any, Dict, Optional, Tuple, Union

from . import decision as decisions
from . import fork, where
from .absence import Absence
from .decision import Decision
from .errors import Error, error
from .link import Link


class AsyncClient:
    """As Client, where calls are awaited and any number may be under way.

    A task that is cancelled gives up its own call alone.  Belongs to the
    event loop that it is used in; in another loop, or another process, it
    connects anew.
    """

    def __init__(self, path: Optional[str] = None, *, timeout: float = 1.0,
                 decide_timeout: float = 0.1) -> None:
        self.path = path or where.default()
        self.timeout = timeout
        self.decide_timeout = decide_timeout
        self._loop: Optional[asyncio.AbstractEventLoop] = None
        self._link: Optional[Link] = None
        self._absence = Absence()
        fork.watch(self)

    def forked(self) -> None:
        """In a new process: connection and loop are its parent's, and the
        loop is not told, as what it waits with may be shared."""
        link, self._link, self._loop = self._link, None, None
        if link:
            link.drop()

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection; what is under way fails."""
        if self._link:
            self._link.fail(error("unavailable", "the connection was closed"))
            self._let_go(self._link)

    async def route(self, *, default: str, timeout: Optional[float] = None,
                    **params: Any) -> Decision:
        """See Client.route()."""
        patience = self.decide_timeout if timeout is None else timeout
        try:
            return decisions.read(
                await self._guarded("decide", patience, params))
        except Error as why:
            return Decision(default, error=why)

    async def report(self, decision: Union[Decision, str, None],
                     reward: float, *, timeout: Optional[float] = None,
                     **params: Any) -> bool:
        """See Client.report()."""
        ident = decisions.ident(decision)
        if ident is None:
            return False
        params.update(decision=ident, reward=reward)
        try:
            await self._guarded(
                "feedback", self.timeout if timeout is None else timeout,
                params)
        except Error:
            return False
        return True

    async def _guarded(self, method: str, patience: float,
                       params: Dict[str, Any]) -> Any:
        asked = self._absence.check(patience)
        try:
            result = await self._ask(method, patience, params)
        except Error as why:
            self._absence.note(asked, why)
            raise
        self._absence.note(asked, None)
        return result

    async def decide(self, *, timeout: Optional[float] = None,
                     **params: Any) -> Decision:
        """See Client.decide()."""
        return decisions.read(
            await self.call("decide", timeout=timeout, **params))

    async def feedback(self, decision: Union[Decision, str, None],
                       reward: float, *, timeout: Optional[float] = None,
                       **params: Any) -> Dict[str, Any]:
        """See Client.feedback()."""
        ident = decisions.ident(decision)
        if ident is None:
            return {"applied": False, "seq": None}
        return await self.call("feedback", timeout=timeout, decision=ident,
                               reward=reward, **params)

    async def observe(self, *, arm: str, reward: float,
                      timeout: Optional[float] = None,
                      **params: Any) -> Dict[str, Any]:
        """See Client.observe()."""
        return await self.call("observe", timeout=timeout, arm=arm,
                               reward=reward, **params)

    async def score(self, *, timeout: Optional[float] = None,
                    **params: Any) -> Any:
        """See Client.score()."""
        return (await self.call("score", timeout=timeout, **params))["scores"]

    async def call(self, method: str, /, *, timeout: Optional[float] = None,
                   **params: Any) -> Any:
        """See Client.call()."""
        return await self._ask(
            method, self.timeout if timeout is None else timeout, params)

    async def _ask(self, method: str, timeout: float,
                   params: Dict[str, Any]) -> Any:
        loop = asyncio.get_running_loop()
        answer: "asyncio.Future[Tuple[Optional[Error], Any]]" = \
            loop.create_future()

        def done(wrong: Optional[Error], result: Any) -> None:
            if not answer.done():
                answer.set_result((wrong, result))

        link = self._linked(loop)
        msgid = link.ask(method, params, done)
        if link.unsent:
            loop.add_writer(link.sock, self._writable, link)
        timer = loop.call_later(timeout, done, error(
            "timeout", f"banditd at {self.path} did not answer within "
                       f"{timeout * 1000:.0f} ms"), None)
        try:
            wrong, result = await answer
        finally:
            timer.cancel()
            link.forget(msgid)
        if wrong:
            raise wrong
        return result

    def _linked(self, loop: asyncio.AbstractEventLoop) -> Link:
        link = self._link
        if link and link.idle and self._loop is loop:
            self._readable(link)  # notices a daemon that went away since
        if self._link and self._loop is not loop:
            self._let_go(self._link)
        if self._link is None:
            self._loop, self._link = loop, Link(self.path)
            loop.add_reader(self._link.sock, self._readable, self._link)
        return self._link

    def _readable(self, link: Link) -> None:
        link.pull()
        if link.failed:
            self._let_go(link)

    def _writable(self, link: Link) -> None:
        link.push()
        if not link.unsent and self._loop:
            self._loop.remove_writer(link.sock)

    def _let_go(self, link: Link) -> None:
        """Out of its loop, and closed."""
        if link is not self._link:
            return
        self._link = None
        if self._loop and not self._loop.is_closed():
            self._loop.remove_reader(link.sock)
            self._loop.remove_writer(link.sock)
        link.drop()
