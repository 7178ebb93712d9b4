"""Requests of every kind, many at once, and a ledger of what was answered.

What was answered must be there after whatever happens, once; what was not
answered may be there, once.
"""
import os
import subprocess

from daemon import BUILD, PATIENCE, packed

REFOLD = os.path.join(BUILD, "tests", "refold")
DIMENSION = 8
WINDOW = 24  # requests under way at once
CONFIG = """
router "default" {
    dimension = 8  rff_dimension = 64  explore_floor = 0.3
    arm "a" { }  arm "b" { }  arm "c" { }
}
"""
# Every record that teaches leaves the log as soon as it may.
DROPPING = CONFIG.replace("{", '{\n    keep_bytes = "1kB"', 1)


class Ledger:
    """What was asked, and what of it was answered.

    A reward is named by its method and whatever makes it unique: of feedback
    the decision and the arm, of click and prefer the decision, of observe the
    key.  It is worth as many lessons as arms learn from it.

    Where old records leave the log, `dropping`, a key may be forgotten; and
    what is then learnt anew lacks what was dropped."""

    def __init__(self, dropping=False):
        self.dropping = dropping
        self.again = 0       # lessons of what was forgotten, and sent again
        self.rebuilt = False
        self.rewards = {}    # name -> (seq, lessons, params)
        self.unsure = {}     # name -> (lessons, params): not answered
        self.arms = set()    # that were added
        self.removed = set()
        self.backups = []    # paths, complete

    def lessons(self):
        return sum(lessons for _, lessons, _ in self.rewards.values())


def name_of(method, params):
    if method == "observe":
        return method, params["key"]
    if method == "feedback":
        return method, params["decision"], params["arm"]
    return method, params["decision"]


class Load:
    """Keeps WINDOW requests under way on one connection.

    `words` are kinds that are sent beside decisions and rewards; `tolerated`
    are codes of errors that may be answered."""

    def __init__(self, daemon, ledger, rng, prefix="", words=(),
                 tolerated=()):
        self.daemon = daemon
        self.raw = daemon.raw()
        self.ledger = ledger
        self.rng = rng
        self.prefix = prefix
        self.words = words
        self.tolerated = set(tolerated)
        self.asked = {}  # msgid -> (method, params, lessons)
        self.msgid = 0
        self.serial = 0
        self.errors = {}  # code -> how often

    def send(self, method, lessons=0, **params):
        self.msgid += 1
        self.asked[self.msgid] = (method, params, lessons)
        try:
            self.raw.request(self.msgid, method, **params)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it was killed; what it answered is still to be read

    def fresh(self, word):
        self.serial += 1
        return f"{word}{self.prefix}-{self.serial}"

    def context(self):
        return packed(self.rng.gauss(0, 1) for _ in range(DIMENSION))

    def send_new(self):
        kind = self.rng.random()
        if self.words and kind < 0.03:
            getattr(self, "send_" + self.rng.choice(self.words))()
        elif kind < 0.3:
            self.send("observe", 1, x=self.context(),
                      arm=self.rng.choice("abc"), reward=self.rng.random(),
                      key=self.fresh("key"))
        else:
            params = {"x": self.context()}
            if self.rng.random() < 0.4:
                params["decision"] = self.fresh("own")
            if self.rng.random() < 0.4:
                params["k"] = self.rng.randrange(2, 4)
            self.send("decide", **params)

    def send_checkpoint(self):
        self.send("checkpoint")

    def send_arms(self):
        """Arms that no decision may show, so that the lessons are known."""
        known = len(self.ledger.arms)
        if known > 20 or (known and self.rng.random() < 0.5):
            arm = self.rng.choice(sorted(self.ledger.arms))
            self.ledger.arms.discard(arm)
            self.send("arm.remove", arm=arm)
        else:
            self.send("arm.add", arm=self.fresh("arm"), enabled=False)

    def send_rebuild(self):
        """Under the settings of the file, which would come back anyway."""
        self.tolerated.update(("conflict", "bad_request"))
        self.ledger.rebuilt = True
        self.send("rebuild", router="default")

    def send_backup(self):
        self.tolerated.add("conflict")
        self.send("backup", path=os.path.join(self.daemon.dir,
                                              self.fresh("backup")))

    def send_compact(self):
        self.tolerated.add("conflict")
        self.send("compact")

    def reward(self, decision, slate):
        """What comes back of a decision."""
        rng = self.rng
        kind = rng.random() if len(slate) > 1 else 1
        if kind < 0.3:
            chosen = {"arm": rng.choice(slate)} if rng.random() < 0.8 else {}
            self.send("click", len(slate), decision=decision, **chosen)
        elif kind < 0.6:
            winner, loser = rng.sample(slate, 2)
            self.send("prefer", 2, decision=decision, winner=winner,
                      loser=loser)
        else:
            for arm in slate:
                self.send("feedback", 1, decision=decision, arm=arm,
                          reward=rng.random())

    def take(self):
        """One answer; False where the daemon is gone."""
        answer = self.raw.receive()
        if answer is None:
            return False
        self.took(*answer[1:])
        return True

    def took(self, msgid, error, result):
        method, params, lessons = self.asked.pop(msgid)
        if error is not None:
            code = error.split(":")[0]
            assert code in self.tolerated, f"{method} {params}: {error}"
            self.errors[code] = self.errors.get(code, 0) + 1
            self.failed(method, params, lessons)
        elif method == "decide":
            self.reward(result["decision"],
                        result.get("slate", [result["arm"]]))
        else:
            self.answered(method, params, lessons, result)

    def failed(self, method, params, lessons):
        """An error says that it was not done, and that it may be sent again.
        """
        if lessons:
            self.ledger.unsure[name_of(method, params)] = (lessons, params)

    def answered(self, method, params, lessons, result):
        if lessons:
            assert result["applied"] is True, (params, result)
            self.ledger.rewards[name_of(method, params)] = (
                result["seq"], lessons, params)
        elif method == "arm.add":
            self.ledger.arms.add(params["arm"])
        elif method == "arm.remove":
            self.ledger.removed.add(params["arm"])
        elif method == "backup":
            self.ledger.backups.append(params["path"])

    def run(self, answers):
        for _ in range(answers):
            while len(self.asked) < WINDOW:
                self.send_new()
            assert self.take(), self.daemon.read_log()

    def finish(self):
        """Waits for all that was asked, and for the rewards of that."""
        while self.asked:
            assert self.take(), self.daemon.read_log()
        self.raw.close()

    def drain(self, asking=False):
        """What was answered before the end counts, too; asking for more gives
        the daemon something to end at."""
        while self.take():
            while asking and len(self.asked) < WINDOW:
                self.send_new()
        self.raw.close()
        for method, params, lessons in self.asked.values():
            self.failed(method, params, lessons)


def refold(directory):
    """The hash of the whole log, folded from its first record, and its seq.
    """
    done = subprocess.run([REFOLD, directory], text=True, check=True,
                          stdout=subprocess.PIPE, timeout=PATIENCE)
    state_hash, seq, _ = done.stdout.split()
    return state_hash, int(seq)


def check_refold(directory, state):
    """The log of the directory, which nobody has open, leads to the answer of
    state_hash; the daemon may have recorded more since by itself."""
    state_hash, seq = refold(directory)
    assert seq > state["seq"] or state_hash == state["hash"], \
        (seq, state_hash, state)


def ask_all(daemon, calls):
    """The answers to many (method, params), as (error, result)."""
    raw = daemon.raw()
    answers = {}
    for first in range(0, len(calls), WINDOW):
        some = calls[first:first + WINDOW]
        for i, (method, params) in enumerate(some, first):
            raw.request(i, method, **params)
        for _ in some:
            _, msgid, error, result = raw.receive()
            answers[msgid] = error, result
    raw.close()
    return [answers[i] for i in range(len(calls))]


def is_dropped(daemon, seq):
    """Whether that record is in the log no more."""
    part = daemon.client().call("export", **{"from": seq}, limit=1)
    return part["last"] >= seq and all(
        event["seq"] > seq or event["kind"] == "dropped"
        for event in part["events"])


def check_forgotten(daemon, ledger, name, result):
    """An observation that counted once more: its key went with its record."""
    seq, lessons, params = ledger.rewards[name]
    assert ledger.dropping and name[0] == "observe", (name, result)
    assert result["applied"] and is_dropped(daemon, seq), (name, seq, result)
    ledger.rewards[name] = result["seq"], lessons, params
    ledger.again += lessons


def check_answered(daemon, ledger, since=0):
    """What was answered is there, under the number it was given."""
    names = [*ledger.rewards][since:]
    calls = [(name[0], ledger.rewards[name][2]) for name in names]
    for name, (error, result) in zip(names, ask_all(daemon, calls)):
        wanted = {"applied": False, "seq": ledger.rewards[name][0]}
        assert error is None, (name, error)
        if result != wanted:
            check_forgotten(daemon, ledger, name, result)


def settle(daemon, ledger):
    """What was not answered is there, or is lost, or is done now."""
    kept = lost = 0
    names = [*ledger.unsure]
    calls = [(name[0], ledger.unsure[name][1]) for name in names]
    for name, (error, result) in zip(names, ask_all(daemon, calls)):
        if error is not None:
            assert error.startswith("unknown_decision:"), (name, error)
            lost += 1
            continue
        kept += not result["applied"]
        lessons, params = ledger.unsure[name]
        ledger.rewards[name] = (result["seq"], lessons, params)
    ledger.unsure.clear()
    return kept, lost


def check_count(client, ledger):
    """Nothing else is there, and nothing twice."""
    assert len({seq for seq, _, _ in ledger.rewards.values()}) == \
        len(ledger.rewards)
    router, = client.call("routers")["routers"]
    lessons = ledger.lessons() + ledger.again
    missing = lessons - router["rewards"]
    assert missing == 0 or (missing > 0 and ledger.dropping and
                            ledger.rebuilt), (router["rewards"], lessons)
    arms = {arm["arm"] for arm in client.call("arms")["arms"]}
    assert ledger.arms <= arms, ledger.arms - arms
    assert not ledger.removed & arms, ledger.removed & arms


def check_after(daemon, ledger, wanted, since=0):
    """The state is that hash, and what was answered is in it, once; returns
    settle()'s counts."""
    client = daemon.client()
    assert client.call("state_hash")["hash"] == wanted
    check_answered(daemon, ledger, since)
    counts = settle(daemon, ledger)
    check_count(client, ledger)
    client.close()
    return counts
