# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python clients against servers that are not banditd: whatever comes, a
call ends in time with an error, and what follows is not disturbed."""
import asyncio
import os
import random
import resource
import threading

import msgpack

from fixture import (LONG, X, Clock, Fake, answering, drained, refusal,
                     requests, result)
from tap import main, note, test

import banditd

SHORT = 0.05
SEED = int(os.environ.get("SEED", "1"))
DECISION = {"decision": "d", "arm": "small", "propensity": 0.5}


def codes(fake, timeout=LONG):
    """What a call and route() come to, by both clients: (code, code)."""
    with banditd.Client(fake.path, timeout=timeout,
                        decide_timeout=timeout) as c:
        first = code_of(c.call)
        routed = c.route(x=X, default="usual")
    async_code, async_routed = asyncio.run(async_codes(fake, timeout))
    assert async_code == first, (async_code, first)
    for choice in (routed, async_routed):
        assert choice.arm == "usual" and choice.decision is None
    return first, routed.error.code


async def async_codes(fake, timeout):
    async with banditd.AsyncClient(fake.path, timeout=timeout,
                                   decide_timeout=timeout) as c:
        try:
            await c.call("decide", x=X)
            code = ""
        except banditd.Error as error:
            code = error.code
        return code, await c.route(x=X, default="usual")


def code_of(call):
    try:
        call("decide", x=X)
    except banditd.Error as error:
        return error.code
    return ""


def sends(data):
    """A server that says just that, then waits."""
    def serve(peer):
        peer.sendall(data)
        drained(peer)
    return serve


GARBAGE = {
    "not MessagePack": b"\xc1" * 8,
    "text": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "a number": msgpack.packb(7),
    "a map": msgpack.packb({"a": 1}),
    "an empty list": msgpack.packb([]),
    "a request": msgpack.packb([0, 0, "decide", []]),
    "too short an answer": msgpack.packb([1, 0, None]),
    "too long an answer": msgpack.packb([1, 0, None, 1, 2]),
    "a msgid that is text": msgpack.packb([1, "0", None, 1]),
    "too deep": b"\x91" * 5000,
    "not UTF-8": b"\x94\x01\x00\xc0\xa2\xff\xfe",
    "a key that is a list": b"\x94\x01\x00\xc0\x81\x91\x01\x01",
    "an announced gigabyte of text": b"\x94\x01\x00\xc0\xdb\x40\0\0\0",
}


@test
def garbage_closes_the_connection_and_is_said():
    for name, data in GARBAGE.items():
        with Fake(sends(data)) as fake:
            # A length is believed until as much has come.
            timeout = SHORT if "gigabyte" in name else LONG
            code, _ = codes(fake, timeout)
            assert code == ("timeout" if "gigabyte" in name
                            else "bad_answer"), (name, code)


@test
def random_bytes_do_no_more_than_fail():
    note(f"seed {SEED}")
    draw = random.Random(SEED)
    for _ in range(50):
        data = bytes(draw.randrange(256) for _ in range(draw.randrange(64)))
        with Fake(sends(data)) as fake:
            clock = Clock()
            first, _ = codes(fake, SHORT)
            assert first in ("bad_answer", "timeout"), (first, data)
            clock.check(4 * SHORT)


@test
def an_answer_of_announced_size_allocates_nothing():
    """Lists in lists of 2^32 elements each, of which none comes."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with Fake(sends(b"\x94\x01\x00\xc0" + b"\xdd\xff\xff\xff\xff" * 500)) \
            as fake:
        assert codes(fake, SHORT)[0] == "timeout"
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 65536, f"{grown} KiB"


@test
def an_endless_answer_ends():
    def serve(peer):
        peer.sendall(b"\x94\x01\x00\xc0\xc6\x7f\xff\xff\xff")
        while True:
            peer.sendall(bytes(1 << 20))
    with Fake(serve) as fake:
        assert codes(fake)[0] == "bad_answer"


@test
def endless_answers_to_nothing_end_with_the_time_out():
    def serve(peer):
        data = result(12345, None) * 1000
        while True:
            peer.sendall(data)
    with Fake(serve) as fake:
        clock = Clock()
        assert codes(fake, SHORT) == ("timeout", "timeout")
        clock.check(4 * SHORT)


@test
def an_answer_in_single_bytes_is_read():
    def serve(peer):
        for _, msgid, method, _ in requests(peer):
            for byte in result(msgid, DECISION if method == "decide"
                               else {"protocol": 1}):
                peer.sendall(bytes([byte]))
    with Fake(serve) as fake, banditd.Client(fake.path, timeout=LONG) as c:
        for _ in range(10):
            assert c.decide(x=X).arm == "small"


@test
def answers_in_any_order_find_their_request():
    def serve(peer):
        held = []
        for _, msgid, method, params in requests(peer):
            if method == "ping":
                peer.sendall(result(msgid, {"protocol": 1}))
                continue
            held.append(result(msgid, params[0]["n"]))
            if len(held) == 100:
                random.Random(SEED).shuffle(held)
                peer.sendall(b"".join(held))
    note(f"seed {SEED}")
    with Fake(serve) as fake, banditd.Client(fake.path, timeout=LONG) as c:
        asked = [c.submit("echo", n=n) for n in range(100)]
        assert [p.result() for p in asked] == list(range(100))


@test
def an_answer_that_comes_late_is_nobodys():
    late = threading.Event()

    def answer(msgid, method, params):
        if method == "slow":
            held.append(result(msgid, "slow"))
            return b""
        if method == "quick":
            return b"".join(held) + result(msgid, "quick")
        return None
    held = []
    with Fake(answering(answer)) as fake, \
            banditd.Client(fake.path, timeout=LONG) as c:
        try:
            c.call("slow", timeout=SHORT)
        except banditd.Timeout:
            late.set()
        assert late.is_set()
        assert c.call("quick") == "quick"
        assert fake.connections == 1


@test
def an_answer_given_twice_counts_once():
    def answer(msgid, method, params):
        if method != "ping":
            return result(msgid, params[0]["n"]) * 2
        return None
    with Fake(answering(answer)) as fake, \
            banditd.Client(fake.path, timeout=LONG) as c:
        assert [c.call("echo", n=n) for n in range(10)] == list(range(10))


@test
def a_decision_that_is_none_leaves_the_default():
    for value in (None, 7, [], {}, {"arm": "small"},
                  {**DECISION, "arm": 7}, {**DECISION, "arm": ""},
                  {**DECISION, "decision": "d\r\nx-header: 1"},
                  {**DECISION, "decision": "d" * 65}, {**DECISION, "propensity": "much"}):
        def answer(msgid, method, params, value=value):
            return None if method == "ping" else result(msgid, value)
        with Fake(answering(answer)) as fake:
            assert codes(fake) == ("", "bad_answer"), value


@test
def errors_may_be_anything():
    for wrong, code in (("denied: no", "denied"), ("no colon", "internal"),
                        (7, "internal"), ({"a": 1}, "internal"),
                        ("", "internal"), (b"storage: full", "storage"),
                        ("x" * 100000, "internal")):
        def answer(msgid, method, params, wrong=wrong):
            return None if method == "ping" else refusal(msgid, wrong)
        with Fake(answering(answer)) as fake:
            assert codes(fake) == (code, code), wrong


@test
def a_server_that_closes_at_once_costs_no_time():
    with Fake(lambda peer: None) as fake:
        assert codes(fake) == ("unavailable", "unavailable")


@test
def another_protocol_says_who_is_newer():
    for theirs, words in ((2, "newer than this client's 1: update this"),
                          (0, "older than this client's 1: update banditd")):
        def answer(msgid, method, params, theirs=theirs):
            return result(msgid, {"protocol": theirs}
                          if method == "ping" else DECISION)
        with Fake(answering(answer)) as fake:
            assert codes(fake)[0] == "protocol"
            with banditd.Client(fake.path, timeout=LONG) as c:
                assert words in str(c.route(x=X, default="m",
                                            timeout=LONG).error)


@test
def the_client_checks_without_a_turn_of_its_own():
    """A ping that is answered with an error, or never, holds nothing up."""
    for reply in (b"", None):
        def answer(msgid, method, params, reply=reply):
            if method != "ping":
                return result(msgid, DECISION)
            return refusal(msgid, "denied: no") if reply is None else reply
        with Fake(answering(answer)) as fake, \
                banditd.Client(fake.path, timeout=LONG) as c:
            assert c.decide(x=X).arm == "small"


@test
def what_cannot_be_sent_has_a_bound():
    """A server that reads nothing: the queue ends with an error."""
    hold = threading.Event()
    with Fake(lambda peer: hold.wait()) as fake:
        with banditd.Client(fake.path, timeout=LONG) as c:
            try:
                for _ in range(1000):
                    c.submit("decide", x=bytes(1 << 18))
                raise AssertionError("all of it was queued")
            except banditd.Error as error:
                assert error.code == "overloaded", error
        hold.set()


if __name__ == "__main__":
    main()
