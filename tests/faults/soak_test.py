"""A long run of everything: memory and descriptors stay flat, the file grows
by as much for each record, and the last tenth is as fast as the first.

$SOAK says how many requests (5000, too few to judge more than errors); make
soak sends ten million, and half as many once more where old records leave the
log, so that the file grows no more at all.
"""
import os
import random
import statistics
import time

from daemon import Daemon
from faults import SEED
from load import CONFIG, Ledger, Load
from tap import main, note, test

SOAK = int(os.environ.get("SOAK", "5000"))
ENOUGH = 10**5  # requests from which on the numbers are judged,
ENOUGH_TIME = 10**6  # and how long decisions take
TENTHS = 10
SLICES = 5  # of a tenth; the median counts: the machine has other work, too
SCRAPS = 256 << 10  # bytes that malloc may need more, for no reason of ours
POOL = 512  # contexts, so that making them is not what is measured
WORDS = ("arms", "score", "status")
DROPPING = CONFIG.replace("{", '{\n    keep_bytes = "1MB" decision_ttl = 20', 1)
STEADY = 180  # seconds; by then as much is purged as comes


class Soak(Load):
    """Nothing is remembered of what was answered but how long decisions took.
    """

    def __init__(self, daemon, rng):
        super().__init__(daemon, Ledger(), rng, words=WORDS)
        self.contexts = [super(Soak, self).context() for _ in range(POOL)]
        self.sent_at = {}
        self.taken = []

    def context(self):
        return self.rng.choice(self.contexts)

    def send(self, method, lessons=0, **params):
        if method == "decide":
            self.sent_at[self.msgid + 1] = time.monotonic()
        super().send(method, lessons, **params)

    def send_arms(self):
        """One more or none, as decisions are as long as there are arms."""
        if self.ledger.arms:
            self.send("arm.remove", arm=self.ledger.arms.pop())
        elif not any(m == "arm.add" for m, _, _ in self.asked.values()):
            self.send("arm.add", arm=self.fresh("arm"), enabled=False)

    def send_score(self):
        self.send("score", x=self.context())

    def send_status(self):
        self.send("status")

    def took(self, msgid, error, result):
        sent = self.sent_at.pop(msgid, None)
        if sent is not None:
            self.taken.append(time.monotonic() - sent)
        super().took(msgid, error, result)

    def answered(self, method, params, lessons, result):
        assert not lessons or result["applied"] is True, (params, result)
        if method == "arm.add":
            self.ledger.arms.add(params["arm"])

    def p99(self, requests):
        """Of the decisions among the next requests."""
        self.taken.clear()
        self.run(requests)
        return sorted(self.taken)[len(self.taken) * 99 // 100]


def anonymous(pid):
    """Bytes of memory that are no file's."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        for line in file:
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    raise AssertionError("no RssAnon")


class Tenth:
    """What there is after it."""

    def __init__(self, daemon, load, client, requests):
        self.p99 = statistics.median(load.p99(requests // SLICES)
                                     for _ in range(SLICES))
        status = client.call("status")
        pid = daemon.process.pid
        self.memory = anonymous(pid)
        self.descriptors = len(os.listdir(f"/proc/{pid}/fd"))
        self.seq = status["durable_seq"]
        self.file = status["state_bytes"]
        self.uptime = status["uptime"]
        note(f"p99 {self.p99 * 1e3:.2f} ms, {self.memory >> 10} KiB, "
             f"{self.descriptors} descriptors, {self.seq} records, "
             f"{self.file >> 10} KiB of file")


def slope(first, last, what):
    """Of a row, by records."""
    return (getattr(last, what) - getattr(first, what)) / \
        (last.seq - first.seq)


def soak(config, requests):
    with Daemon(config, ("-o", "max_pending=500")) as daemon:
        load = Soak(daemon, random.Random(SEED))
        client = daemon.client()
        tenths = [Tenth(daemon, load, client, requests // TENTHS)
                  for _ in range(TENTHS)]
        load.finish()
        assert daemon.stop() == 0
    return tenths


def judge(tenths):
    """Memory by the second half: before, what waits fills up.  Time by the
    first of them."""
    first, middle, last = (tenths[i] for i in (0, len(tenths) // 2, -1))
    note(f"a record: {slope(middle, last, 'memory'):.3f} bytes of memory, "
         f"{slope(middle, last, 'descriptors'):g} descriptors, "
         f"{slope(middle, last, 'file'):.1f} bytes of file; "
         f"p99 {last.p99 / first.p99:.2f} times that of the first")
    if SOAK < ENOUGH:
        return
    more = last.memory - middle.memory
    assert slope(middle, last, "memory") < 1 or more < SCRAPS, more
    assert last.descriptors == first.descriptors
    assert SOAK < ENOUGH_TIME or last.p99 < 1.2 * first.p99, \
        (first.p99, last.p99)


@test
def a_long_run_stays_flat():
    note(f"SEED={SEED} SOAK={SOAK}")
    tenths = soak(CONFIG, SOAK)
    judge(tenths)
    early = slope(tenths[1], tenths[5], "file")
    late = slope(tenths[5], tenths[-1], "file")
    assert SOAK < ENOUGH or late < 1.2 * early, (early, late)


@test
def the_file_too_where_records_are_dropped():
    """Before the first purge, after a minute, nothing is dropped, and what a
    purge needs is not there yet."""
    steady = [tenth for tenth in soak(DROPPING, SOAK // 2)
              if tenth.uptime > STEADY]
    if len(steady) < 4:
        note("too short for what is dropped")
        return
    judge(steady)
    assert steady[-1].file < 1.1 * steady[0].file, (steady[0].file,
                                                   steady[-1].file)


main(24 * 3600)
