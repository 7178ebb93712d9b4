"""Signals under load, again and again: SIGHUP with good files and bad, and
SIGTERM.

$SIGNALS says how many of each (50), $SEED what they meet."""
import os
import random
import signal

from daemon import Daemon
from faults import FULL, SEED
from load import CONFIG, Ledger, Load, check_after, refold
from tap import main, note, test

SIGNALS = int(os.environ.get("SIGNALS", "250" if FULL else "50"))
GOOD = ("max_in_flight = 5000\n", "idle_timeout = 3600\n", "")
BAD = ("colour = 3\n", "router {{{\n", 'router "default" { dimension = 9 }\n',
       'max_clients = "none"\n')


def settings(client):
    """All that a reload may change."""
    return (client.call("routers")["routers"][0]["explore_floor"],
            sorted(a["cost"] for a in client.call("arms")["arms"]))


class Reloads:
    """One SIGHUP after the other, good and bad by turns."""

    def __init__(self, daemon, rng):
        self.daemon, self.rng = daemon, rng
        self.client = daemon.client()
        self.cost = 0
        self.good = self.bad = 0

    def lines(self, text):
        return self.daemon.read_log().count(text)

    def wait_for(self, text, count, load):
        while self.lines(text) < count:
            load.run(5)

    def good_file(self, load):
        self.cost += 1
        self.good += 1
        self.daemon.configure(self.rng.choice(GOOD) + CONFIG.replace(
            'arm "a" { }', f'arm "a" {{ cost = {self.cost} }}'))
        self.daemon.signal(signal.SIGHUP)
        self.wait_for("the configuration was read again", self.good, load)
        arms = {a["arm"]: a for a in self.client.call("arms")["arms"]}
        assert arms["a"]["cost"] == self.cost, arms

    def bad_file(self, load):
        """Whatever else is in it."""
        before = settings(self.client)
        self.bad += 1
        self.daemon.configure(CONFIG.replace(
            'arm "a" { }', 'arm "a" { cost = 7777 }').replace(
                "explore_floor = 0.3", "explore_floor = 0.1") +
                self.rng.choice(BAD))
        self.daemon.signal(signal.SIGHUP)
        self.wait_for("not reloaded", self.bad, load)
        assert settings(self.client) == before


@test
def reloads_drop_nothing():
    note(f"SEED={SEED} SIGNALS={SIGNALS}")
    rng = random.Random(SEED)
    with Daemon(CONFIG) as daemon:
        idle = daemon.raw()  # is not dropped either
        ledger = Ledger()
        load = Load(daemon, ledger, rng)
        reloads = Reloads(daemon, rng)
        for _ in range(SIGNALS):
            load.run(rng.randrange(1, 30))
            rng.choice((reloads.good_file, reloads.bad_file))(load)
        load.finish()
        idle.request(1, "ping")
        assert idle.receive()[3]["protocol"] == 1
        daemon.configure(CONFIG.replace(
            'arm "a" { }', f'arm "a" {{ cost = {reloads.cost} }}'))
        daemon.kill()
        wanted, _ = refold(daemon.state)
        daemon.start()
        check_after(daemon, ledger, wanted)
        note(f"{reloads.good} good, {reloads.bad} bad, "
             f"{len(ledger.rewards)} rewards")


@test
def a_storm_of_reloads_drops_nothing():
    """Without waiting for any: some are of a file that is half written."""
    rng = random.Random(SEED)
    with Daemon(CONFIG) as daemon:
        ledger = Ledger()
        load = Load(daemon, ledger, rng)
        for _ in range(SIGNALS):
            daemon.configure(CONFIG[:rng.choice((len(CONFIG),
                                                 rng.randrange(60)))])
            daemon.signal(signal.SIGHUP)
            load.run(rng.randrange(1, 10))
        load.finish()
        daemon.configure(CONFIG)
        daemon.client().call("reload")
        daemon.kill()
        wanted, _ = refold(daemon.state)
        daemon.start()
        check_after(daemon, ledger, wanted)


@test
def sigterm_loses_nothing():
    """Answers of the last moment are read, and count."""
    rng = random.Random(SEED)
    ledger = Ledger()
    with Daemon(CONFIG) as daemon:
        for number in range(SIGNALS):
            since = len(ledger.rewards)
            load = Load(daemon, ledger, rng, f"{number}",
                        tolerated=("shutting_down",))
            load.run(rng.randrange(1, 60))
            daemon.signal(signal.SIGTERM)
            load.drain()
            assert daemon.wait() == 0, daemon.read_log()
            wanted, _ = refold(daemon.state)
            daemon.start()
            assert daemon.client().call("status")["recovered_records"] == 0
            check_after(daemon, ledger, wanted, since)
        note(f"{len(ledger.rewards)} rewards")


@test
def a_sigterm_at_the_very_end_changes_no_status():
    """One follows the other until it is gone."""
    for _ in range(SIGNALS):
        with Daemon(CONFIG) as daemon:
            while daemon.process.poll() is None:
                daemon.signal(signal.SIGTERM)
            status = daemon.wait()
            assert status == 0, status


main(900)
