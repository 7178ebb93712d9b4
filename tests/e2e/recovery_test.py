"""kill -9 under load, again and again, with a ledger kept outside.

$CYCLES says how often, $SEED how.
"""
import os
import random
import shutil
import subprocess

from daemon import BANDITD, Daemon, packed
from load import (CONFIG, DIMENSION, DROPPING, Ledger, Load, check_after, check_answered,
                  check_count, refold)
from tap import main, note, test

FULL = os.environ.get("FAULTS") == "full"
CYCLES = int(os.environ.get("CYCLES", "1000" if FULL else "200"))
SEED = int(os.environ.get("SEED", "1"))
CHAPTER = 50  # cycles with one directory: its log is folded in each
WORDS = ("checkpoint", "arms", "arms", "arms", "rebuild", "backup",
         "compact")
WORDS_DROPPING = ("checkpoint",) * 8 + ("arms", "arms", "rebuild", "backup",
                                        "compact")


def check_backups(ledger):
    """Whatever has its name is whole."""
    for path in ledger.backups:
        refold(path)
        shutil.rmtree(path)
    ledger.backups.clear()


def until_dropped(daemon):
    """Two generations of snapshots, after which records go; where a slow
    machine has not come to that by then, it may be killed before it does."""
    client = daemon.client()
    before = client.call("status")["dropped_records"]
    for _ in range(2):
        client.call("checkpoint")
    for _ in range(5000):
        if client.call("status")["dropped_records"] > before:
            break
    client.close()


def cycle(daemon, ledger, rng, number):
    since = len(ledger.rewards)
    load = Load(daemon, ledger, rng, f"{number}",
                WORDS_DROPPING if ledger.dropping else WORDS)
    load.run(rng.randrange(1, 150))
    if ledger.dropping and number % 5 == 0:
        until_dropped(daemon)
    daemon.kill()
    load.drain()
    wanted, _ = refold(daemon.state)
    check_backups(ledger)
    daemon.start()
    return check_after(daemon, ledger, wanted, since)


def verified(directory):
    """How many records were dropped, as --verify says."""
    done = subprocess.run([BANDITD, "--verify", "-d", directory], text=True,
                          stdout=subprocess.PIPE, check=True)
    return int(dict(line.split(None, 1)
                    for line in done.stdout.splitlines()).get("dropped", 0))


def chapter(cycles, rng, dropping=False):
    """What became of what was not answered, how many rewards were, and how
    many records were dropped."""
    ledger = Ledger(dropping)
    kept = lost = 0
    with Daemon(DROPPING if dropping else CONFIG) as daemon:
        for number in range(cycles):
            more = cycle(daemon, ledger, rng, number)
            kept, lost = kept + more[0], lost + more[1]
        assert daemon.stop() == 0
        wanted, _ = refold(daemon.state)
        dropped = verified(daemon.state)
        daemon.start()
        client = daemon.client()
        assert client.call("state_hash")["hash"] == wanted
        check_answered(daemon, ledger)
        check_count(client, ledger)
    return kept, lost, len(ledger.rewards), dropped


def chapters(cycles, dropping=False):
    note(f"SEED={SEED} CYCLES={cycles}")
    rng = random.Random(SEED)
    sums = [0, 0, 0, 0]
    for first in range(0, cycles, CHAPTER):
        sums = [a + b for a, b in zip(sums, chapter(
            min(CHAPTER, cycles - first), rng, dropping))]
    note(f"{sums[2]} rewards; of those not answered {sums[0]} were kept, "
         f"{sums[1]} were lost with their decisions")
    return sums[3]


@test
def nothing_answered_is_lost_and_nothing_counts_twice():
    assert chapters(CYCLES) == 0


@test
def nor_where_records_are_dropped_from_the_log():
    dropped = chapters(CYCLES // 4, True)
    note(f"{dropped} records were dropped")
    assert dropped > 10 * CYCLES // 4


@test
def decisions_are_on_disk_after_a_second_at_most():
    with Daemon(CONFIG) as daemon:
        client = daemon.client()
        x = packed([1] * DIMENSION)
        ids = [client.call("decide", x=x)["decision"] for _ in range(50)]
        # A reward's answer takes all decisions before it to the disk.
        client.call("feedback", decision=ids[-1], reward=1)
        daemon.kill()
        daemon.start()
        client = daemon.client()
        assert client.call("status")["pending"] == 49
        for decision in ids[:-1]:
            assert client.call("feedback", decision=decision,
                               reward=1)["applied"] is True


@test
def in_memory_the_state_is_that_of_the_log_too():
    with Daemon(CONFIG, ("-o", "durability=memory")) as daemon:
        client = daemon.client()
        rng = random.Random(SEED)
        for i in range(400):
            x = packed(rng.gauss(0, 1) for _ in range(DIMENSION))
            decision = client.call("decide", x=x)["decision"]
            client.call("feedback", decision=decision, reward=rng.random())
            if i == 200:
                client.call("checkpoint")
        router, = client.call("routers")["routers"]
        assert router["ready"] is True
        before = client.call("state_hash")
        assert daemon.stop() == 0
        assert refold(daemon.state)[0] == before["hash"]
        daemon.start()
        assert daemon.client().call("state_hash") == before


def change_in_store(daemon, old, new):
    path = os.path.join(daemon.state, "db", "data.mdb")
    with open(path, "rb") as file:
        data = file.read()
    assert old in data
    with open(path, "wb") as file:
        file.write(data.replace(old, new))


@test
def a_damaged_record_is_named_and_not_served():
    with Daemon(CONFIG) as daemon:
        client = daemon.client()
        client.call("arm.add", arm="precious")
        for _ in range(5):
            client.call("observe", x=[1] * DIMENSION, arm="precious",
                        reward=1)
        assert daemon.stop() == 0
        change_in_store(daemon, b"precious", b"pernicio")
        done = daemon.run()
        assert done.returncode == 65, done
        assert "record" in done.stderr, done.stderr
        change_in_store(daemon, b"pernicio", b"precious")
        daemon.start()
        assert len(daemon.client().call("arms")["arms"]) == 4


main(1800 if FULL else 600)
