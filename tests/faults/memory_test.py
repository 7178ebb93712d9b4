"""The n-th call for memory fails: an error, or a clean end; nothing is lost.

In full every n of a daemon's life is tried, from where its configuration is
read; else some, in even steps from one that $SEED says."""
import errno
import random
import signal

from faults import FULL, SEED, FaultyDaemon
from load import CONFIG, Ledger, Load, check_after, refold
from tap import main, note, test

TRIES = 30  # in the short form, at most
WORDS = ("checkpoint", "arms", "rebuild", "backup")
EX_OSERR, EX_IOERR = 71, 74


def serve(daemon, ledger):
    """Requests of every kind, as long as it lives."""
    load = Load(daemon, ledger, random.Random(SEED),
                tolerated=("storage", "internal"))
    for word in WORDS:
        getattr(load, "send_" + word)()
    for asked in range(150):
        if not load.take():
            break
        while asked < 120 and len(load.asked) < 8:
            load.send_new()
        if not load.asked:
            break
    if not load.asked:
        daemon.signal(signal.SIGTERM)
    load.drain()


def live(daemon, ledger):
    """Its exit status."""
    try:
        daemon.start()
        serve(daemon, ledger)
    except (AssertionError, OSError, EOFError):
        if daemon.shim.hits() == 0:
            raise
    return daemon.wait()


def once(number):
    """Its exit status, and how many calls there were."""
    daemon, ledger = FaultyDaemon(CONFIG), Ledger()
    try:
        daemon.shim.rule("malloc", "fail", number, error=errno.ENOMEM)
        status = live(daemon, ledger)
        calls = daemon.shim.calls("malloc")
        assert status in (0, EX_OSERR, EX_IOERR), \
            (number, status, daemon.read_log())
        daemon.shim.clear()
        wanted = refold(daemon.state)[0] if ledger.rewards else None
        daemon.start()
        if wanted:
            check_after(daemon, ledger, wanted)
        assert daemon.stop() == 0
        return status, calls
    finally:
        daemon.remove()


def calls_to_read():
    """Calls until the configuration is read, by a library that takes no care
    of them."""
    daemon = FaultyDaemon(CONFIG)
    try:
        daemon.shim.clear()
        assert daemon.run("-n").returncode == 0
        return daemon.shim.calls("malloc")
    finally:
        daemon.remove()


@test
def memory_that_runs_out_loses_nothing():
    first, (_, calls) = calls_to_read(), once(10**9)
    step = 1 if FULL else (calls - first) // TRIES + 1
    start = first + 1 + random.Random(SEED).randrange(step)
    numbers = range(start, calls + 1, step)
    ends = {}
    for number in numbers:
        status, _ = once(number)
        ends[status] = ends.get(status, 0) + 1
    note(f"SEED={SEED}: of {calls - first} calls {len(numbers)} failed; "
         f"ends by status {ends}")
    assert ends.keys() - {0}


main(900)
