# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python client for asyncio against the real daemon."""
import asyncio
import os

from fixture import LONG, X, Clock, hang, new_daemon, wake
from tap import main, test

import banditd
from banditd.absence import LAST

DAEMON = new_daemon()
PATIENCE = 0.1


def client(**more):
    more.setdefault("timeout", LONG)
    more.setdefault("decide_timeout", LONG)
    return banditd.AsyncClient(DAEMON.socket, **more)


def awaited(function):
    """A test that is a coroutine."""
    def run():
        asyncio.run(function())
    run.__name__ = function.__name__
    return test(run)


async def fails(code, call):
    try:
        answer = await call
    except banditd.Error as error:
        assert error.code == code, f"wanted {code}: {error.code}: {error}"
        return error
    raise AssertionError(f"wanted {code}, got {answer}")


async def await_return(c):
    clock = Clock()
    while (await c.route(x=X, default="usual",
                         timeout=LONG)).decision is None:
        clock.check(LAST)


@awaited
async def a_gateway_routes_and_reports():
    DAEMON.start()
    async with client() as c:
        choice = await c.route(x=X, default="small")
        assert choice.error is None and choice.decision
        assert await c.report(choice, 0.5)
        assert not (await c.feedback(choice, 0.5))["applied"]
        assert not await c.report(banditd.Decision("usual"), 0.5)
        assert (await c.observe(x=X, arm="small", reward=0.5))["applied"]
        assert len(await c.score(x=X)) == 2
        await fails("dimension_mismatch", c.decide(x=[1.0]))
        assert (await c.route(x=[1.0], default="m")).arm == "m"
        assert (await c.decide(x=X)).decision


@awaited
async def a_thousand_requests_may_be_under_way():
    async with client() as c:
        asked = await asyncio.gather(*(c.decide(x=X, decision=f"p{i}")
                                       for i in range(1000)))
        assert [d.decision for d in asked] == [f"p{i}" for i in range(1000)]
        told = await asyncio.gather(*(c.feedback(d, 0.5) for d in asked))
        assert all(t["applied"] for t in told)


@awaited
async def more_may_be_under_way_than_sockets_hold():
    async with client() as c:
        answers = await asyncio.gather(
            *(c.call("methods") for _ in range(300)),
            *(c.call("decide", x=[0.1] * 20000) for _ in range(100)),
            return_exceptions=True)
        assert len({str(a) for a in answers[:300]}) == 1
        assert {a.code for a in answers[300:]} == {"dimension_mismatch"}


@awaited
async def a_cancelled_task_gives_up_its_own_call_alone():
    async with client() as c:
        assert await c.call("ping")
        hang(DAEMON)
        tasks = [asyncio.ensure_future(c.decide(x=X, decision=f"c{i}"))
                 for i in range(100)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        wake(DAEMON)
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        for i, answer in enumerate(answers):
            if i % 2 == 0:
                assert isinstance(answer, asyncio.CancelledError)
            else:
                assert answer.decision == f"c{i}"
        assert (await c.decide(x=X, decision="after")).decision == "after"


@awaited
async def a_daemon_that_hangs_costs_one_time_out():
    async with client(decide_timeout=PATIENCE) as c:
        choice = await c.route(x=X, default="usual", timeout=LONG)
        hang(DAEMON)
        try:
            clock = Clock()
            routed = await asyncio.gather(*(c.route(x=X, default="usual")
                                            for _ in range(500)))
            clock.check(PATIENCE)
            assert {r.error.code for r in routed} == {"timeout"}
            clock = Clock()
            for _ in range(500):
                assert (await c.route(x=X, default="usual")).decision is None
                assert not await c.report(choice, 0.5, timeout=PATIENCE)
            clock.check(PATIENCE * 10)
        finally:
            wake(DAEMON)
        await await_return(c)


@awaited
async def a_daemon_that_was_restarted_is_found_again():
    async with client() as c:
        assert (await c.route(x=X, default="usual")).decision
        DAEMON.kill()
        gone = await c.route(x=X, default="usual")
        assert gone.error.code == "unavailable", gone
        DAEMON.start()
        await await_return(c)
        DAEMON.stop()
        DAEMON.start()
        assert (await c.route(x=X, default="usual")).decision


@awaited
async def a_daemon_killed_in_mid_flight_fails_what_was_under_way():
    async with client() as c:
        assert await c.call("ping")
        hang(DAEMON)
        tasks = [asyncio.ensure_future(c.decide(x=X)) for _ in range(100)]
        await asyncio.sleep(0)
        DAEMON.kill()
        for task in tasks:
            await fails("unavailable", task)
        DAEMON.start()
        assert (await c.decide(x=X)).decision


@awaited
async def closing_fails_what_waits():
    c = client()
    assert await c.call("ping")
    hang(DAEMON)
    task = asyncio.ensure_future(c.decide(x=X))
    await asyncio.sleep(0)
    c.close()
    await fails("unavailable", task)
    wake(DAEMON)
    assert await c.call("ping")
    c.close()
    c.close()


@test
def another_event_loop_connects_anew():
    c = client()
    for _ in range(3):
        assert asyncio.run(c.call("ping"))["protocol"] == 1
    asyncio.run(closed(c))


async def closed(c):
    c.close()


@awaited
async def a_forked_process_has_a_connection_of_its_own():
    async with client() as c:
        parents = asyncio.ensure_future(c.decide(x=X, decision="parent"))
        await asyncio.sleep(0)
        child = os.fork()
        if child == 0:
            asyncio.set_event_loop(None)
            asyncio._set_running_loop(None)  # pylint: disable=W0212
            answer = asyncio.run(c.decide(x=X, decision="child"))
            os._exit(answer.decision != "child")
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert (await parents).decision == "parent"


if __name__ == "__main__":
    main(after=DAEMON.remove)
