"""Every named place where a step can fail: the daemon is killed there, or the
step fails, at the first, middle and last time it is passed; then it has gone
on or ended as documented, and the next start is as if nothing had been.

The names are the program's own (base/fail.h): one that no scenario passes
fails the test.  In the short form $SEED says which of all are tried.
"""
import copy
import os
import random
import shutil
import signal
import struct
import subprocess
import tarfile

from daemon import BUILD, SOURCE, Daemon
from faults import FULL, SEED
from load import CONFIG, Ledger, Load, check_after, check_refold, refold
from tap import main, note, test

FAILING = os.path.join(BUILD, "tests", "faults", "banditd_failing")
TRIES = 12  # in the short form
TOLERATED = ("storage", "internal", "conflict", "bad_request",
             "shutting_down", "unknown_decision", "unknown_arm")
EX_OK, EX_DATAERR, EX_OSERR, EX_IOERR = 0, 65, 71, 74
KILLED = -signal.SIGKILL
# How a daemon ends after an error, by point or its first word; of all others
# with 74, as whatever the disk refuses.  Some are answered with an error, or
# made up for, and it goes on; the copy of a backup is opened and folded, too.
# A decision that is read by halves is as good as damaged, and so are cells
# of which the log is not whole.
ENDS = {"mem": {EX_OSERR}, "ballast": {EX_OK}, "round": {EX_OK},
        "backup": {EX_OK}, "compact": {EX_OK},
        "compact.lock": {EX_IOERR}, "compact.renamed": {EX_IOERR},
        "reload": {EX_OK}, "rebuild": {EX_OK},
        "rebuild.record": {EX_OK, EX_IOERR}, "rebuild.switch": {EX_IOERR},
        "store.lock": {EX_OK}, "store.grow": {EX_OK},
        "store.open": {EX_OK, EX_IOERR},
        "recover.cells": {EX_OK, EX_DATAERR},
        "recover.record": {EX_OK, EX_IOERR},
        "recover.decision": {EX_DATAERR}}
CHILDS = {"mem.alloc", "store.open"}  # the child at the start passes them
FULL_DISK = {"writer", "op", "put", "delete", "drop", "ballast"}


def all_points():
    done = subprocess.run([FAILING], env={**os.environ, "FAIL_POINT": "list"},
                          text=True, check=True, stdout=subprocess.PIPE)
    return done.stdout.split()


POINTS = all_points()


class FailingDaemon(Daemon):
    """With rules of fail_point.c."""

    def __init__(self, config=None):
        super().__init__(config)
        self.rules = ""
        self.counts = os.path.join(self.dir, "counts")
        self.forget()

    def forget(self):
        with open(self.counts, "wb") as file:
            file.write(bytes(8 * len(POINTS) + 8))

    def passed(self):
        """How often each point was passed."""
        with open(self.counts, "rb") as file:
            counts = struct.unpack_from(f"<{len(POINTS)}Q", file.read())
        return {p: n for p, n in zip(POINTS, counts) if n > 0}

    def command(self, *options):
        return [FAILING, *super().command(*options)[1:]]

    def environment(self, **more):
        return super().environment(FAIL_POINT=self.rules,
                                   FAIL_COUNTS=self.counts, **more)


class Scenario:
    """What a daemon does from a start to a stop, each time with the same
    directory; `prime` are rules that lead it to what it is about."""

    config = CONFIG
    prime = ""
    changes = False  # the start what is there; a full disk may refuse it then

    def __init__(self):
        self.before = Ledger()
        self.ledger = None
        self.load = None
        self.rule = ""
        self.daemon = FailingDaemon(self.config)
        self.kept = self.daemon.state + ".kept"

    def prepare(self):
        """A daemon that was killed, with cells and a log after them."""
        self.daemon.start()
        load = Load(self.daemon, self.before, random.Random(SEED), "before",
                    ("arms",))
        load.run(60)
        load.send_checkpoint()
        load.run(60)
        load.finish()
        self.daemon.kill()
        os.rename(self.daemon.state, self.kept)

    def enter(self):
        shutil.rmtree(self.daemon.state, ignore_errors=True)
        if os.path.exists(self.kept):
            shutil.copytree(self.kept, self.daemon.state)
        self.ledger = copy.deepcopy(self.before)
        self.daemon.forget()

    def act(self):
        """May find no daemon at any time."""

    def check(self):
        """After the next start."""

    def ask(self, method, **params):
        """The answer's error and result; None where the daemon has died."""
        try:
            raw = self.daemon.raw()
            raw.request(1, method, **params)
            answer = raw.receive()
            raw.close()
        except OSError:
            return None
        return answer and answer[2:]

    def serve(self, answers):
        for _ in range(answers):
            while len(self.load.asked) < 8:
                self.load.send_new()
            if not self.load.take():
                return

    def live(self):
        """Its exit status."""
        try:
            self.daemon.start()
        except AssertionError:
            return self.daemon.wait()
        try:
            self.load = Load(self.daemon, self.ledger, random.Random(SEED),
                             tolerated=TOLERATED)
        except OSError:
            return self.daemon.wait()
        self.act()
        self.daemon.signal(signal.SIGTERM)
        self.load.drain()
        return self.daemon.wait()

    def again(self):
        daemon, before = self.daemon, (None, -1)
        if os.path.exists(os.path.join(daemon.state, "db")):
            before = refold(daemon.state)
        daemon.start()
        state = daemon.client().call("state_hash")
        if state["seq"] == before[1]:  # there was nothing to add
            assert state["hash"] == before[0], (before, state)
        if self.ledger.rewards:
            check_after(daemon, self.ledger, state["hash"])
        self.check()
        state = daemon.client().call("state_hash")
        assert daemon.stop() == 0
        check_refold(daemon.state, state)
        done = daemon.run("--verify")
        assert done.returncode == 0, done.stderr

    def once(self, rule=""):
        """Its exit status, and how often each point was passed."""
        self.rule = rule
        self.enter()
        self.daemon.rules = ",".join(filter(None, (self.prime, rule)))
        status = self.live()
        passed = self.daemon.passed()
        self.daemon.rules = ""
        self.again()
        return status, passed


class Creation(Scenario):
    changes = True

    def prepare(self):
        pass

    def check(self):
        arms = {arm["arm"] for arm in
                self.daemon.client().call("arms")["arms"]}
        assert arms == {"a", "b", "c"}, arms


class Serving(Scenario):
    """A start after a kill, requests of every kind, two rounds of cells, and a
    last one at the stop."""

    def act(self):
        load = self.load
        for arm in "one", "two":
            load.send("arm.add", arm=arm, enabled=False)
        load.send_checkpoint()
        self.serve(60)
        self.ledger.arms.discard("one")
        load.send("arm.remove", arm="one")
        load.send("explain", decision="ownbefore-1")
        self.serve(40)
        load.send_checkpoint()
        self.serve(40)


class Copying(Scenario):
    def enter(self):
        super().enter()
        self.path = os.path.join(self.daemon.dir, "copy")
        shutil.rmtree(self.path, ignore_errors=True)

    def act(self):
        """Of what fails the sentence says so."""
        answer = self.ask("backup", path=self.path)
        if self.rule.startswith("backup.") and answer:
            assert answer[0].startswith("storage: "), answer
        elif answer and answer[0] is None:
            assert os.path.exists(self.path)

    def check(self):
        """What has its name is whole; else it can be made now."""
        if not os.path.exists(self.path):
            error, _ = self.ask("backup", path=self.path)
            assert error is None, error
        refold(self.path)
        assert os.listdir(self.path) == ["db"]
        assert not os.path.exists(self.path + ".part")


class Compacting(Scenario):
    def act(self):
        """It is refused as long as the copy has no name."""
        answer = self.ask("compact")
        if self.rule.startswith("compact.") and answer:
            assert answer[0].startswith("storage: "), answer
        self.serve(10)

    def check(self):
        """Nothing is left of a copy, and it can be made now."""
        db = os.path.join(self.daemon.state, "db")
        assert sorted(os.listdir(db)) == ["data.mdb", "lock.mdb"]
        error, _ = self.ask("compact")
        assert error is None, error


class Relearning(Scenario):
    def act(self):
        self.ask("rebuild", router="default")
        self.serve(10)


class Reloading(Scenario):
    """All of the new file or, where it failed, nothing, until the start."""

    changed = CONFIG.replace('arm "c" { }', 'arm "c" { cost = 2 } arm "d" { }')

    def enter(self):
        super().enter()
        self.daemon.configure(CONFIG)

    def act(self):
        self.daemon.configure(self.changed)
        answer, arms = self.ask("reload"), self.ask("arms")
        if answer and arms and arms[0] is None:
            costs = {arm["arm"]: arm["cost"] for arm in arms[1]["arms"]}
            done = costs["c"] == 2 and "d" in costs
            assert done or (costs["c"] != 2 and "d" not in costs), costs
            assert done or answer[0] is not None, answer

    def again(self):
        self.daemon.configure(self.changed)
        super().again()

    def check(self):
        costs = {arm["arm"]: arm["cost"] for arm in
                 self.daemon.client().call("arms")["arms"]}
        assert costs["c"] == 2 and "d" in costs, costs


class Old(Scenario):
    """A directory of version 0.1.0, of which each decision has had its time:
    the first tick expires what waits."""

    changes = True

    def prepare(self):
        daemon = self.daemon
        with tarfile.open(os.path.join(SOURCE, "tests", "state",
                                       "0.1.0.tar.xz")) as archive:
            archive.extractall(daemon.dir)
        os.rename(daemon.state, self.kept)
        with open(os.path.join(daemon.dir, "conf"), encoding="utf-8") as file:
            daemon.configure(file.read().replace(
                " dimension", " decision_ttl = 1\n dimension"))
        self.rewards = None

    def wait_expired(self):
        while True:
            answer = self.ask("status")
            if answer is None or answer[1]["pending"] == 0:
                return

    def act(self):
        self.wait_expired()

    def check(self):
        """The same rewards every time, and nothing waits."""
        self.wait_expired()
        rewards = [[arm["rewards"] for arm in self.daemon.client().call(
            "arms", router=router)["arms"]] for router in ("vec", "exact")]
        assert self.rewards in (None, rewards), (self.rewards, rewards)
        self.rewards = rewards


class Retaining(Scenario):
    """Old records leave the log, and one of another log comes in."""

    changes = True
    config = CONFIG.replace("{\n", '{\n    bandwidth = 1  keep_bytes = "2kB"',
                            1)

    def prepare(self):
        daemon = self.daemon
        daemon.configure(self.config.replace('keep_bytes = "2kB"', ""))
        daemon.start()
        load = Load(daemon, Ledger(), random.Random(SEED))
        load.run(100)
        load.finish()
        client = daemon.client()
        self.event = next(e for e in client.call("export")["events"]
                          if e["kind"] == "reward" and "decision" in e)
        self.event["seq"] = 10 ** 9
        self.rewards = load.ledger.lessons()
        daemon.kill()
        daemon.configure(self.config)
        os.rename(daemon.state, self.kept)

    def enter(self):
        super().enter()
        self.imported = None

    def act(self):
        """A round, and another; what both have seen can go at the tick."""
        self.imported = self.ask("import", event=self.event)
        for _ in range(2):
            self.ask("checkpoint")
            self.ask("observe", x=[1] * 8, arm="a", reward=1)
        self.ask("checkpoint")
        while True:
            answer = self.ask("status")
            if answer is None or answer[1]["dropped_records"] > 0 or \
                    answer[1]["snapshot_seq"] == 0:
                return

    def check(self):
        router, = self.daemon.client().call("routers")["routers"]
        least = self.rewards + bool(
            self.imported and self.imported[0] is None)
        assert least <= router["rewards"] <= self.rewards + 3, router


class Growing(Scenario):
    prime = "put.log:9=map"

    def act(self):
        self.serve(40)


class Filling(Scenario):
    """A commit finds no room; then there is some again."""

    prime = "writer.commit:3=full"

    def act(self):
        self.serve(60)


class Reopening(Scenario):
    prime = "writer.commit:3=full,writer.begin:4=panic"

    def act(self):
        self.serve(60)


SCENARIOS = (Creation, Serving, Copying, Compacting, Relearning, Reloading,
             Old, Retaining, Growing, Filling, Reopening)


def check_end(scenario, point, act, status):
    """A child that dies only ends the check of what is there."""
    wanted = ENDS.get(point) or ENDS.get(point.split(".")[0], {EX_IOERR})
    if act == "crash":
        wanted = {KILLED, EX_IOERR} if point in CHILDS else {KILLED}
    elif act == "full":
        wanted = {EX_OK, EX_IOERR} if scenario.changes else {EX_OK}
    assert status in wanted, (status, wanted)


def acts_of(point):
    """LMDB never says of what is done that there was no room for it."""
    full = point.split(".")[0] in FULL_DISK and point != "writer.committed"
    return ("crash", "error", "full") if full else ("crash", "error")


def rules_for(passed, prime, seen):
    """All (point, act, n) to be tried where each was passed so often: at the
    last time if an earlier scenario has seen the point, else at others, too;
    not those that the prime is about."""
    return [(point, act, n) for point, count in passed.items()
            if point + ":" not in prime
            for act in acts_of(point)
            for n in ({count} if point in seen else
                      sorted({1, (count + 1) // 2, count}))]


def try_one(scenario, point, act, n):
    """Its exit status.  How often a point is passed depends on what falls into
    one commit; where it was fewer than n, at the last of those.  None: five
    times it was not passed at all."""
    try:
        for _ in range(5):
            status, passed = scenario.once(f"{point}:{n}={act}")
            if passed.get(point, 0) >= n:
                check_end(scenario, point, act, status)
                return status
            assert status == 0, status
            n = max(passed.get(point, 0), 1)
        return None
    except Exception as error:
        raise AssertionError(f"{type(scenario).__name__} {point}:{n}={act}:\n"
                             + scenario.daemon.read_log()[-3000:]) from error


def all_tries(scenarios):
    """Each with its scenario; all names are passed."""
    tries, seen = [], set()
    for scenario in scenarios:
        scenario.prepare()
        status, passed = scenario.once()
        assert status == 0, (scenario, status)
        tries += [(scenario, *rule)
                  for rule in rules_for(passed, scenario.prime, seen)]
        seen |= passed.keys()
    assert seen == set(POINTS), set(POINTS) - seen
    return tries


@test
def a_step_that_fails_loses_nothing():
    scenarios, ends, failed = [kind() for kind in SCENARIOS], {}, set()
    try:
        tries = all_tries(scenarios)
        chosen = tries if FULL else random.Random(SEED).sample(tries, TRIES)
        for scenario, point, act, n in chosen:
            status = try_one(scenario, point, act, n)
            ends[status] = ends.get(status, 0) + 1
            if status is not None:
                failed.add((point, act))
        note(f"SEED={SEED}: {len(POINTS)} points, {len(tries)} ways to fail, "
             f"{len(chosen)} of them tried; ends by status {ends}")
        assert failed
        missing = {(p, a) for p in POINTS for a in acts_of(p)} - failed
        assert not FULL or not missing, missing
    finally:
        for scenario in scenarios:
            scenario.daemon.remove()


@test
def a_name_that_is_none_is_refused():
    for rules in "no.such:1=crash", "put.log:1=melt":
        done = subprocess.run([FAILING, "-V"], text=True, check=False,
                              env={**os.environ, "FAIL_POINT": rules},
                              stderr=subprocess.PIPE)
        assert done.returncode == 64 and "fail_point" in done.stderr, done


main(3600 if FULL else 300)
