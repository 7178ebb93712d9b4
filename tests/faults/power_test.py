"""The power is cut after every operation on the disk, with losses.

A daemon's life is written down by the shim, and replay makes the disk as it
may have been at each moment.  $IMAGES says how many disks (300), $SEED which.
"""
import os
import random
import struct
import subprocess

from daemon import BUILD
from faults import FULL, SEED, FaultyDaemon
from load import CONFIG, Ledger, Load, check_after, refold
from tap import main, note, test

IMAGES = int(os.environ.get("IMAGES", "20000" if FULL else "300"))
REPLAY = os.path.join(BUILD, "tests", "faults", "replay")
SMALL = CONFIG.replace("rff_dimension = 64", "rff_dimension = 16")
WORDS = ("checkpoint", "arms", "arms", "rebuild", "compact")


def cut_short(trace):
    """As a kill in the middle of it leaves the record of a write: trace.h."""
    record = struct.pack("<QIIQII", 0x7db3f1e2a94c5d06, 3, 5, 0, 0, 4096)
    with open(trace, "ab") as file:
        file.write(record + b"x" * 100)
        file.write(record[:20])


def live(daemon, rng):
    """From the creation of the directory over a kill and a stop to the end."""
    ledger = Ledger()
    for number, end in enumerate((daemon.kill, daemon.stop, daemon.kill)):
        daemon.start()
        load = Load(daemon, ledger, rng, f"{number}", WORDS)
        load.run(60)
        load.send_backup()
        load.run(30)
        load.send_compact()
        load.run(30)
        load.send_checkpoint()
        if end == daemon.kill:
            daemon.kill()
            cut_short(daemon.trace)
            load.drain()
        else:
            load.finish()
            daemon.stop()
    wanted, _ = refold(daemon.state)
    daemon.start()
    check_after(daemon, ledger, wanted)
    daemon.stop()
    assert ledger.backups


@test
def no_power_cut_loses_what_was_answered():
    note(f"SEED={SEED} IMAGES={IMAGES}")
    daemon = FaultyDaemon(SMALL)
    daemon.trace = os.path.join(daemon.dir, "trace")
    try:
        live(daemon, random.Random(SEED))
        done = subprocess.run([REPLAY, daemon.trace, daemon.dir, str(IMAGES),
                               str(SEED)], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        note(done.stdout)
        assert done.returncode == 0, done.stderr
    finally:
        daemon.remove()


main(1800)
