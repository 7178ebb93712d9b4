"""Killed at every step of what it does beside serving; the next start is as
if nothing had been.

In each phase the shim kills the daemon at the n-th operation on the disk, or
in the middle of it where that is a write, for every n; in the short form for
some of them.
"""
import copy
import json
import os
import random
import shutil
import tarfile

from daemon import SOURCE
from faults import FULL, SEED, FaultyDaemon
from load import (CONFIG, DROPPING, Ledger, Load, check_after, check_refold,
                  refold)
from tap import main, note, test

SIGKILLED = -9
STEPS = 5  # of a phase in the short form


class Phase:
    """Something that a daemon does to its directory, which starts anew from
    the same one every time; `dropping`: old records leave its log."""

    def __init__(self, dropping=False):
        self.ledger = Ledger(dropping)
        self.daemon = FaultyDaemon(DROPPING if dropping else CONFIG)
        self.kept = self.daemon.state + ".kept"
        self.kills = 0
        self.found = None  # hash and seq that the last start found

    def prepare(self):
        """Leaves a directory in self.kept, and no daemon."""
        self.daemon.start()
        load = Load(self.daemon, self.ledger, random.Random(SEED))
        load.run(100)
        if self.ledger.dropping:
            self.drop()
        load.run(50)
        load.finish()
        self.daemon.kill()
        os.rename(self.daemon.state, self.kept)

    def drop(self):
        """What both generations of all cells have seen leaves the log, which
        is done when the third round is."""
        for _ in range(3):
            answer = self.ask("checkpoint")
            assert answer is None or answer[0] is None, answer

    def enter(self):
        """What comes before the phase."""
        self.daemon.start()

    def act(self):
        """The phase; may end early where the daemon has died."""

    def ask(self, method, **params):
        """The answer's error and result; None where the daemon has died."""
        try:
            raw = self.daemon.raw()
        except (ConnectionRefusedError, FileNotFoundError):
            return None
        try:
            raw.request(1, method, **params)
            answer = raw.receive()
        except BrokenPipeError:
            return None
        finally:
            raw.close()
        return answer and answer[2:]

    def check(self):
        """After the next start, before it is killed in its turn."""

    def once(self, n=0, how="none"):
        """The operations on the disk, with the n-th the last."""
        daemon = self.daemon
        shutil.rmtree(daemon.state, ignore_errors=True)
        if os.path.exists(self.kept):
            shutil.copytree(self.kept, daemon.state)
        daemon.shim.clear()
        self.enter()
        hits = daemon.shim.hits()
        daemon.shim.rule("disk", how, n)
        self.act()
        hit = daemon.shim.hits() > hits
        self.kills += hit
        calls = daemon.shim.calls("disk")
        if daemon.process:
            status = daemon.wait() if hit else daemon.kill()
            assert status == SIGKILLED, status
        daemon.shim.clear()
        self.start_again()
        return calls

    def killed(self, n, how):
        """How many operations there are depends on what falls into one
        commit; where there were fewer than n, at the last of those."""
        kills = self.kills
        for _ in range(10):
            n = min(n, self.once(n, how))
            if self.kills > kills:
                return

    def start_again(self):
        daemon = self.daemon
        before = (None, -1)
        if os.path.exists(os.path.join(daemon.state, "db")):
            before = refold(daemon.state)
        daemon.start()
        state = daemon.client().call("state_hash")
        after = state["hash"], state["seq"]
        self.found = after
        if after[1] == before[1]:  # the configuration had nothing to add
            assert after == before, (before, after)
        if self.ledger.rewards:
            check_after(daemon, copy.deepcopy(self.ledger), after[0])
        self.check()
        state = daemon.client().call("state_hash")
        daemon.kill()
        check_refold(daemon.state, state)

    def run(self):
        try:
            self.prepare()
            steps = self.once()
            tried = range(1, steps + 1) if FULL else sorted(random.Random(
                SEED).sample(range(1, steps + 1), min(STEPS, steps)))
            for n in tried:
                for how in ("kill", "torn") if FULL else (
                        ("kill", "torn")[n % 2],):
                    self.killed(n, how)
            note(f"{steps} operations, {len(tried)} of them tried, "
                 f"{self.kills} kills")
            assert self.kills == len(tried) * (2 if FULL else 1)
        finally:
            self.daemon.remove()


class Start(Phase):
    """A start may be what does not come to its end."""

    def enter(self):
        pass

    def act(self):
        try:
            self.daemon.start()
        except AssertionError:
            assert self.daemon.wait() == SIGKILLED, self.daemon.read_log()


class Creation(Start):
    def prepare(self):
        pass


class Migration(Start):
    """Of a directory of version 0.1.0."""

    def prepare(self):
        daemon = self.daemon
        with tarfile.open(os.path.join(SOURCE, "tests", "state",
                                       "0.1.0.tar.xz")) as archive:
            archive.extractall(daemon.dir)
        os.rename(daemon.state, self.kept)
        daemon.config = os.path.join(daemon.dir, "conf")
        with open(os.path.join(daemon.dir, "expect.json"),
                  encoding="utf-8") as file:
            self.expect = json.load(file)

    def check(self):
        client = self.daemon.client()
        status = client.call("status")
        assert status["pending"] == self.expect["pending"], status
        assert status["applied_seq"] >= self.expect["seq"]
        for router, arms in zip(("vec", "exact"), self.expect["arms"]):
            assert [a["rewards"] for a in arms["arms"]] == [
                a["rewards"]
                for a in client.call("arms", router=router)["arms"]]


class Snapshot(Phase):
    def act(self):
        answer = self.ask("checkpoint")
        assert answer is None or answer[0] is None, answer


class Stop(Phase):
    def act(self):
        self.daemon.process.terminate()
        self.daemon.process.wait()
        status = self.daemon.wait()
        assert status in (0, SIGKILLED), status


class Rebuild(Phase):
    def act(self):
        self.ledger.rebuilt = True
        answer = self.ask("rebuild", router="default")
        assert answer is None or answer[0] is None, answer


class Drop(Phase):
    dropped = 0

    def act(self):
        self.drop()
        answer = self.ask("status")
        if answer:
            self.dropped = answer[1]["dropped_records"]

    def run(self):
        super().run()
        note(f"{self.dropped} records were dropped")
        assert self.dropped > 20


class Backup(Phase):
    def enter(self):
        super().enter()
        self.path = os.path.join(self.daemon.dir, "copy")
        shutil.rmtree(self.path, ignore_errors=True)

    def act(self):
        answer = self.ask("backup", path=self.path)
        assert answer is None or answer[0] is None, answer

    def check(self):
        """What has its name is whole; else it can be made now."""
        wanted = self.found
        if not os.path.exists(self.path):
            error, _ = self.ask("backup", path=self.path)
            assert error is None, error
            state = self.daemon.client().call("state_hash")
            wanted = state["hash"], state["seq"]
        assert refold(self.path) == wanted, wanted
        assert not os.path.exists(self.path + ".part")


class Compaction(Phase):
    def act(self):
        answer = self.ask("compact")
        assert answer is None or answer[0] is None, answer

    def check(self):
        """Nothing is left of a copy, and it can be made now."""
        db = os.path.join(self.daemon.state, "db")
        assert sorted(os.listdir(db)) == ["data.mdb", "lock.mdb"]
        error, sizes = self.ask("compact")
        assert error is None, error
        size = os.path.getsize(os.path.join(db, "data.mdb"))
        assert size == sizes["after"] <= sizes["before"], (size, sizes)


@test
def during_the_first_start():
    Creation().run()


@test
def during_recovery():
    Start().run()


@test
def during_a_migration():
    Migration().run()


@test
def during_a_snapshot():
    Snapshot().run()


@test
def during_the_last_snapshot():
    Stop().run()


@test
def during_a_rebuild():
    Rebuild().run()


@test
def during_a_backup():
    Backup().run()


@test
def during_a_compaction():
    Compaction().run()


@test
def while_records_are_dropped():
    Drop(True).run()


@test
def where_records_were_dropped():
    for phase in Start, Snapshot, Stop, Rebuild, Backup, Compaction:
        note(phase.__name__)
        phase(True).run()


main(1800)
