"""kill -9 under load, again and again, with a ledger kept outside.

$CYCLES says how often (20), $SEED how (1).  Whatever was answered must be
there after the restart, once; what was not answered may be there, once.
"""
import os
import random
import subprocess

from daemon import BUILD, Daemon, PATIENCE, RpcError, packed
from tap import main, note, test

CYCLES = int(os.environ.get("CYCLES", "20"))
SEED = int(os.environ.get("SEED", "1"))
REFOLD = os.path.join(BUILD, "tests", "refold")
DIMENSION = 8
WINDOW = 24  # requests under way at once
CONFIG = """
router "default" {
    dimension = 8  rff_dimension = 64  explore_floor = 0.3
    arm "a" { }  arm "b" { }  arm "c" { }
}
"""


class Ledger:
    """What was asked and what was answered."""

    def __init__(self):
        self.rewarded = {}  # decision -> seq that was answered
        self.observed = {}  # key -> seq
        self.unsure = {}    # decision or key -> its request, not answered

    def count(self):
        return len(self.rewarded) + len(self.observed)


class Load:
    """Keeps WINDOW requests under way on one connection."""

    def __init__(self, daemon, ledger, rng, cycle):
        self.raw = daemon.raw()
        self.ledger = ledger
        self.rng = rng
        self.cycle = cycle
        self.asked = {}  # msgid -> (method, params)
        self.msgid = 0

    def send(self, method, **params):
        self.msgid += 1
        self.asked[self.msgid] = (method, params)
        try:
            self.raw.request(self.msgid, method, **params)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it was killed; what it answered is still to be read

    def send_new(self):
        x = packed(self.rng.gauss(0, 1) for _ in range(DIMENSION))
        number = f"{self.cycle}-{self.rng.getrandbits(60):x}"
        kind = self.rng.random()
        if kind < 0.02:
            self.send("checkpoint")
        elif kind < 0.3:
            self.send("observe", x=x, arm=self.rng.choice("abc"),
                      reward=self.rng.random(), key="k" + number)
        elif kind < 0.6:
            self.send("decide", x=x, decision="own" + number)
        else:
            self.send("decide", x=x)

    def take(self):
        """One answer; False where the daemon is gone."""
        answer = self.raw.receive()
        if answer is None:
            return False
        _, msgid, error, result = answer
        method, params = self.asked.pop(msgid)
        assert error is None, f"{method} {params}: {error}"
        if method == "decide":
            self.send("feedback", decision=result["decision"],
                      reward=self.rng.random())
            return True
        if method == "feedback":
            self.ledger.rewarded[params["decision"]] = result["seq"]
        if method == "observe":
            self.ledger.observed[params["key"]] = result["seq"]
        if method != "checkpoint":
            assert result["applied"] is True, (params, result)
        return True

    def run(self, answers):
        for _ in range(answers):
            while len(self.asked) < WINDOW:
                self.send_new()
            assert self.take()

    def drain(self):
        """What was answered before the end counts, too."""
        while self.take():
            pass
        self.raw.close()
        for method, params in self.asked.values():
            if method == "feedback":
                self.ledger.unsure[params["decision"]] = params
            elif method == "observe":
                self.ledger.unsure[params["key"]] = params


def refold(daemon):
    """The hash of the whole log, folded from its first record."""
    done = subprocess.run([REFOLD, daemon.state], text=True, check=True,
                          stdout=subprocess.PIPE, timeout=PATIENCE)
    return done.stdout.split()[0]


def again(client, params):
    """Sends a reward again; (applied, seq), or None where its decision was
    lost."""
    method = "observe" if "key" in params else "feedback"
    try:
        answer = client.call(method, **params)
    except RpcError as error:
        assert error.code == "unknown_decision", error
        return None
    return answer["applied"], answer["seq"]


def check_answered(client, ledger, since):
    """What was answered is there, under the number it was given."""
    for decision, seq in [*ledger.rewarded.items()][since[0]:]:
        assert again(client, {"decision": decision, "reward": 0}) == \
            (False, seq), decision
    x = packed([1] * DIMENSION)
    for key, seq in [*ledger.observed.items()][since[1]:]:
        assert again(client, {"x": x, "arm": "a", "reward": 0,
                              "key": key}) == (False, seq), key


def settle(client, ledger):
    """What was not answered is there, or is lost, or is done now."""
    kept = lost = 0
    for name, params in ledger.unsure.items():
        answer = again(client, params)
        if answer is None:
            lost += 1
            continue
        kept += not answer[0]
        into = ledger.observed if "key" in params else ledger.rewarded
        into[name] = answer[1]
    ledger.unsure.clear()
    return kept, lost


def check_count(client, ledger):
    """Nothing else is there, and nothing twice."""
    seqs = {*ledger.rewarded.values(), *ledger.observed.values()}
    assert len(seqs) == ledger.count()
    router, = client.call("routers")["routers"]
    assert router["rewards"] == ledger.count(), \
        (router["rewards"], ledger.count())


def cycle(daemon, ledger, rng, number):
    since = len(ledger.rewarded), len(ledger.observed)
    load = Load(daemon, ledger, rng, number)
    load.run(rng.randrange(1, 400))
    daemon.kill()
    load.drain()
    wanted = refold(daemon)
    daemon.start()
    client = daemon.client()
    assert client.call("state_hash")["hash"] == wanted
    check_answered(client, ledger, since)
    kept, lost = settle(client, ledger)
    check_count(client, ledger)
    client.close()
    return kept, lost


@test
def nothing_answered_is_lost_and_nothing_counts_twice():
    rng = random.Random(SEED)
    note(f"SEED={SEED} CYCLES={CYCLES}")
    ledger = Ledger()
    kept = lost = 0
    with Daemon(CONFIG) as daemon:
        for number in range(CYCLES):
            more = cycle(daemon, ledger, rng, number)
            kept, lost = kept + more[0], lost + more[1]
        assert daemon.stop() == 0
        wanted = refold(daemon)
        daemon.start()
        client = daemon.client()
        assert client.call("state_hash")["hash"] == wanted
        check_answered(client, ledger, (0, 0))
        check_count(client, ledger)
    note(f"{ledger.count()} rewards; of those not answered {kept} were "
         f"kept, {lost} decisions were lost")


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
        assert refold(daemon) == before["hash"]
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


main(600)
