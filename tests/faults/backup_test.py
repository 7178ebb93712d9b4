"""Backups under load: each is the state as of one record, and can be served.

$BACKUPS says how many (5), $SEED under what load."""
import os
import random
import shutil

from daemon import Daemon
from faults import FULL, SEED
from load import CONFIG, Ledger, Load, check_answered, check_refold, refold
from tap import main, note, test

BACKUPS = int(os.environ.get("BACKUPS", "30" if FULL else "5"))
WORDS = ("checkpoint", "arms", "arms", "rebuild")


def back_up(daemon, load, path):
    """Under load; the record it goes up to, and the last one answered when it
    was asked for."""
    before = max((seq for seq, _, _ in load.ledger.rewards.values()),
                 default=0)
    raw = daemon.raw()
    raw.request(1, "backup", path=path)
    for _ in range(500):  # more would only make the next one slower
        if os.path.exists(path):
            break
        load.run(1)
    _, _, error, result = raw.receive()
    raw.close()
    assert error is None, error
    return result["seq"], before


def up_to(ledger, seq):
    """The part of the ledger that a state as of that record has."""
    part = Ledger()
    part.rewards = {name: reward for name, reward in ledger.rewards.items()
                    if reward[0] <= seq}
    return part


def check_restored(path, ledger, seq):
    """Serves the copy as a state directory of its own."""
    with Daemon(CONFIG) as other:
        assert other.stop() == 0
        shutil.rmtree(other.state)
        shutil.copytree(path, other.state)
        wanted = refold(path)
        assert wanted[1] == seq, (wanted, seq)
        other.start()
        state = other.client().call("state_hash")
        assert (state["hash"], state["seq"]) == wanted
        check_answered(other, up_to(ledger, seq))
        assert other.stop() == 0
        check_refold(other.state, state)


@test
def a_backup_under_load_is_the_state_of_one_record():
    note(f"SEED={SEED} BACKUPS={BACKUPS}")
    ledger = Ledger()
    copies = []
    with Daemon(CONFIG) as daemon:
        load = Load(daemon, ledger, random.Random(SEED), words=WORDS)
        for number in range(BACKUPS):
            load.run(100)
            path = os.path.join(daemon.dir, f"backup-{number}")
            seq, before = back_up(daemon, load, path)
            assert seq >= before, (seq, before)
            copies.append((path, seq))
        load.finish()
        for path, seq in copies:
            check_restored(path, ledger, seq)
        note(f"up to records {[seq for _, seq in copies]}")
        hashes = {refold(path) for path, _ in copies}
        assert len(hashes) == BACKUPS


main(900)
