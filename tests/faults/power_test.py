"""The power is cut after every operation on the disk, with losses.

A daemon's life is written down by the shim, and replay makes the disk as it
may have been at each moment.  $IMAGES says how many disks (300), $SEED which.
"""
import os
import random
import re
import struct
import subprocess

from daemon import BUILD
from faults import FULL, SEED, FaultyDaemon
from load import CONFIG, DROPPING, Ledger, Load, check_after, refold, settle
from tap import main, note, test

IMAGES = int(os.environ.get("IMAGES", "20000" if FULL else "300"))
REPLAY = os.path.join(BUILD, "tests", "faults", "replay")
WORDS = ("checkpoint", "arms", "arms", "rebuild", "compact")


def cut_short(trace):
    """As a kill in the middle of it leaves the record of a write: trace.h."""
    record = struct.pack("<QIIQII", 0x7db3f1e2a94c5d06, 3, 5, 0, 0, 4096)
    with open(trace, "ab") as file:
        file.write(record + b"x" * 100)
        file.write(record[:20])


def small(config):
    return config.replace("rff_dimension = 64", "rff_dimension = 16")


def kill(daemon, load, rng):
    """Between two operations on the disk, as the trace must know them all; so
    not from here."""
    daemon.shim.rule("disk", "kill", rng.randrange(1, 6))
    load.drain(asking=True)
    assert daemon.wait() == -9
    daemon.shim.clear()
    cut_short(daemon.trace)


def live(daemon, ledger, rng):
    """From the creation of the directory over a kill and a stop to the end."""
    for number, killed in enumerate((True, False, True)):
        daemon.start()
        settle(daemon, ledger)  # before its records may be dropped
        load = Load(daemon, ledger, rng, f"{number}", WORDS)
        load.run(60)
        load.send_backup()
        load.run(20)
        for _ in range(2):  # generations, after which records may go
            daemon.client().call("checkpoint")
        load.run(20)
        load.send_compact()
        load.run(20)
        load.send_checkpoint()
        if killed:
            kill(daemon, load, rng)
        else:
            load.finish()
            daemon.stop()
    wanted, _ = refold(daemon.state)
    daemon.start()
    check_after(daemon, ledger, wanted)
    daemon.stop()
    assert ledger.backups


def cut_the_power(config, ledger, images):
    """In how many of the images records were dropped."""
    note(f"SEED={SEED} IMAGES={images}")
    daemon = FaultyDaemon(small(config))
    daemon.trace = os.path.join(daemon.dir, "trace")
    try:
        live(daemon, ledger, random.Random(SEED))
        done = subprocess.run([REPLAY, daemon.trace, daemon.dir, str(images),
                               str(SEED)], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        note(done.stdout)
        assert done.returncode == 0, done.stderr
    finally:
        daemon.remove()
    return int(re.search(r"(\d+) where records", done.stdout)[1])


@test
def no_power_cut_loses_what_was_answered():
    assert cut_the_power(CONFIG, Ledger(), IMAGES * 3 // 4) == 0


@test
def nor_where_records_are_dropped_from_the_log():
    assert cut_the_power(DROPPING, Ledger(True), IMAGES // 4) > IMAGES // 20


main(1800)
