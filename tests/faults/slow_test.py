"""A slow disk: rewards wait for it, decisions do not.

A loop that waits for the disk stands still once in each flush, so decisions are
timed over several of them, and the slowest counts as well.
"""
import random
import time

from faults import FULL, SEED, FaultyDaemon
from load import CONFIG, DIMENSION, packed
from tap import main, note, test

ROUNDS = 3  # one must hold: the machine has other work, too
COMMITS = 3  # at least that are timed, of two flushes each
LASTS = 1  # seconds at least, for flushes that are short
REWARDS = 50  # decisions to one reward
P99, MOST = 0.02, 0.25  # seconds that decisions may take
QUEUED = 2000  # records; 1 ms and more each, of so many features


def context(rng):
    return packed(rng.gauss(0, 1) for _ in range(DIMENSION))


class Probe:
    """Decisions that are timed, with rewards on their way all the while."""

    def __init__(self, daemon, rng):
        self.decider, self.rewarder = daemon.raw(), daemon.raw()
        self.rng = rng
        self.sent = 0

    def reward(self):
        self.sent += 1
        self.rewarder.request(self.sent, "observe", x=context(self.rng),
                              arm="a", reward=0.5)

    def collect(self):
        """How many of the rewards that were sent were answered so."""
        codes = {}
        for _ in range(self.sent):
            error = self.rewarder.receive()[2]
            code = error.split(":")[0] if error else "ok"
            codes[code] = codes.get(code, 0) + 1
        self.sent = 0
        return codes

    def decide(self, number):
        """Seconds that it took."""
        start = time.monotonic()
        self.decider.request(number, "decide", x=context(self.rng))
        assert self.decider.receive()[2] is None
        return time.monotonic() - start

    def during(self, shim, flushes):
        """What decisions took while so many flushes were made, rising."""
        taken, first = [], shim.calls("sync")
        while shim.calls("sync") <= first + flushes:
            if len(taken) % REWARDS == 0:
                self.reward()
            taken.append(self.decide(len(taken)))
        return sorted(taken)


def wait_for_lag(client, probe):
    """Until status shows what is received and not on disk."""
    for _ in range(1000):
        probe.reward()
        status = client.call("status")
        if status["received_seq"] > status["durable_seq"]:
            assert status["queued"] > 0, status
            return
    raise AssertionError(status)


def slow_round(daemon, probe, client, delay):
    """Whether decisions went on."""
    flushes = max(2 * COMMITS, round(LASTS / delay))
    daemon.shim.delay(delay)
    taken = probe.during(daemon.shim, flushes)
    wait_for_lag(client, probe)
    daemon.shim.delay(0)
    assert probe.collect().keys() == {"ok"}
    assert client.call("status")["commit_max"] > delay
    stalls = sum(seconds >= delay for seconds in taken)
    p99 = taken[len(taken) * 99 // 100]
    note(f"{len(taken)} decisions in {flushes} flushes of {delay} s: p99 "
         f"{p99 * 1e3:.2f} ms, at most {taken[-1] * 1e3:.2f} ms, {stalls} "
         "took as long as a flush")
    return p99 < P99 and taken[-1] < MOST and stalls < flushes / 4


def check_decisions(delay):
    with FaultyDaemon(CONFIG, ("-o", "max_in_flight=1000000")) as daemon:
        probe = Probe(daemon, random.Random(SEED))
        client = daemon.client()
        assert any(slow_round(daemon, probe, client, delay)
                   for _ in range(ROUNDS))


def resident(daemon):
    """Bytes of memory."""
    with open(f"/proc/{daemon.process.pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096


@test
def decisions_do_not_wait_for_20_ms():
    check_decisions(0.02)


@test
def decisions_do_not_wait_for_seconds():
    check_decisions(2 if FULL else 0.3)


@test
def memory_is_bounded_while_the_disk_is_slow():
    """What is too much is refused."""
    with FaultyDaemon(CONFIG, ("-o", "max_in_flight=1000")) as daemon:
        probe = Probe(daemon, random.Random(SEED))
        client = daemon.client()
        daemon.shim.delay(2 if FULL else 0.5)
        sizes = []
        for _ in range(4):
            for _ in range(2000):
                probe.reward()
            assert client.call("status")["queued"] <= 1000
            sizes.append(resident(daemon))
        codes = probe.collect()
        note(f"{codes}; {sizes} bytes")
        assert codes.keys() == {"ok", "overloaded"}, codes
        assert sizes[-1] - sizes[0] < 1 << 20, sizes
        daemon.shim.delay(0)
        client.call("observe", x=[1] * DIMENSION, arm="a", reward=1)


@test
def memory_is_bounded_by_decisions_too():
    """What is too much is answered, and not recorded."""
    with FaultyDaemon(CONFIG, ("-o", "max_in_flight=1000",
                               "-o", "max_pending=500")) as daemon:
        probe = Probe(daemon, random.Random(SEED))
        client = daemon.client()
        daemon.shim.delay(2 if FULL else 0.5)
        sizes = []
        for _ in range(4):
            for number in range(2000):
                probe.decide(number)
            # The last may also end the oldest that waits.
            assert client.call("status")["queued"] <= 1001
            sizes.append(resident(daemon))
        unrecorded = client.call("status")["unrecorded"]
        note(f"{unrecorded} not recorded; {sizes} bytes")
        assert unrecorded > 0
        assert sizes[-1] - sizes[0] < 1 << 20, sizes
        daemon.shim.delay(0)


@test
def a_rebuild_that_ends_behind_a_queue_stops_no_decision():
    """What is queued before its end is learnt by its thread."""
    config = CONFIG.replace("rff_dimension = 64", "rff_dimension = 1024")
    with FaultyDaemon(config, ("-o", "durability=disk")) as daemon:
        probe = Probe(daemon, random.Random(SEED))
        rebuilder = daemon.raw()
        for _ in range(1500):
            probe.reward()
        assert probe.collect().keys() == {"ok"}
        client = daemon.client()
        rebuilder.request(1, "rebuild", router="default")
        while not client.call("status")["rebuild_progress"]:
            pass
        daemon.shim.delay(3)
        for _ in range(QUEUED):
            probe.reward()
        taken, commits = [], client.call("status")["commits"]
        while (status := client.call("status"))["rebuild_progress"] \
                is not None:
            start = time.monotonic()
            probe.decider.request(1, "decide", x=context(probe.rng))
            assert probe.decider.receive()[2] is None
            taken.append(time.monotonic() - start)
            if status["commits"] > commits:  # one has been slow
                daemon.shim.delay(0)
        assert rebuilder.receive()[2] is None
        assert probe.collect().keys() == {"ok"}
        note(f"{len(taken)} decisions, {max(taken) * 1e3:.1f} ms at most")
        assert max(taken) < 0.4, max(taken)


main(600)
