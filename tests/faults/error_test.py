"""The n-th flush or write fails, for every n of a daemon's life.

Such a daemon answers no reward any more and ends with status 74, and the next
one goes on with what was answered.  In the short form some n are tried.
"""
import errno
import random

from faults import FULL, SEED, FaultyDaemon
from load import CONFIG, Ledger, Load, check_after, check_refold, refold
from tap import main, note, test

EX_IOERR = 74
WORDS = ("checkpoint", "arms", "arms")


def live(daemon, ledger):
    """From the first start to the last snapshot, or until it ends; its
    exit status."""
    try:
        daemon.start()
    except AssertionError:
        return daemon.wait()
    load = Load(daemon, ledger, random.Random(SEED), words=WORDS)
    load.send_checkpoint()
    for asked in range(150):
        if not load.take():
            break
        while asked < 120 and len(load.asked) < 8:
            load.send_new()
        if asked == 120:
            load.send_checkpoint()  # with all that waits for a flush
        if not load.asked:
            daemon.process.terminate()
    load.drain()
    return daemon.wait()


def once(call, act, number):
    """Whether there was such a call."""
    daemon, ledger = FaultyDaemon(CONFIG), Ledger()
    try:
        daemon.shim.rule(call, act, number, error=errno.EIO)
        status = live(daemon, ledger)
        hit = daemon.shim.hits() > 0
        assert status == (EX_IOERR if hit else 0), \
            (call, number, status, daemon.read_log())
        daemon.shim.clear()
        wanted = refold(daemon.state)[0] if ledger.rewards else None
        daemon.start()
        if wanted:
            check_after(daemon, ledger, wanted)
        state = daemon.client().call("state_hash")
        assert daemon.stop() == 0
        check_refold(daemon.state, state)
        return hit
    finally:
        daemon.remove()


def each(call, act):
    """The shorter, the more of them are between one tried and the next."""
    number, tried, rng = 1, 0, random.Random(SEED)
    while once(call, act, number):
        tried += 1
        number += 1 if FULL else rng.randrange(1, 3 + number // 2)
    note(f"SEED={SEED}: {tried} of some {number} tried")
    assert tried > 5


@test
def a_flush_that_fails_ends_it():
    each("sync", "fail")


@test
def a_write_that_fails_ends_it():
    each("write", "fail")


@test
def a_write_that_falls_short_ends_it():
    each("write", "short")


def compact_once(path, number):
    """Whether a compaction whose n-th flush of that path fails is refused;
    None: there is none such.  Other flushes are those of commits."""
    with FaultyDaemon(CONFIG) as daemon:
        load = Load(daemon, Ledger(), random.Random(SEED))
        load.run(100)
        load.finish()
        raw = daemon.raw()
        daemon.shim.match(path)
        daemon.shim.rule("sync", "fail", number, error=errno.EIO)
        raw.request(1, "compact")
        answer = raw.receive()
        if not daemon.shim.hits():
            assert answer[2] is None, answer
            return None
        refused = answer is not None and raw_ping(raw)
        if refused:
            assert answer[2].startswith("storage: "), answer
            daemon.shim.clear()
            daemon.kill()
        else:
            assert answer is None or answer[2] is not None, answer
            assert daemon.wait() == EX_IOERR, daemon.read_log()
        daemon.shim.clear()
        wanted = refold(daemon.state)[0]
        daemon.start()
        check_after(daemon, load.ledger, wanted)
        return refused


def raw_ping(raw):
    """Whether anybody is there."""
    try:
        raw.request(2, "ping")
    except BrokenPipeError:
        return False
    return raw.receive() is not None


@test
def a_compaction_is_refused_or_ends_it():
    """Before the copy has its name all is as it was; after that nobody knows
    whether it will keep it."""
    for path, wanted in ("data.mdb.new", True), ("/db$", False):
        refused = []
        while (one := compact_once(path, len(refused) + 1)) is not None:
            refused.append(one)
        assert refused == [wanted], (path, refused)


main(1800)
