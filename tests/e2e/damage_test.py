"""Damage to the files of a state directory: found, or harmless.

$FLIPS says how many bits are flipped (100), one by one, and half as many where
records were dropped from the log; zeroed and swapped pages are a tenth of that
each.  $SEED says which (1).
"""
import json
import os
import random
import re
import shutil
import subprocess
import tarfile

from daemon import BANDITD, PATIENCE, SOURCE, Daemon, packed
from tap import main, note, test

FULL = os.environ.get("FAULTS") == "full"
FLIPS = int(os.environ.get("FLIPS", "1000" if FULL else "100"))
SEED = int(os.environ.get("SEED", "1"))
PAGE = 4096
EX_OK, EX_DATAERR, EX_UNAVAILABLE, EX_IOERR = 0, 65, 69, 74
WIDE = 700  # numbers; such a context does not fit a page beside others
CONFIG = """
router "default" {
    dimension = 8  rff_dimension = 32  bandwidth = 1  explore_floor = 0.3
    arm "a" { cost = 1  group = "g" }  arm "b" { }  arm "c" { }
}
router "wide" { dimension = 700  rff_dimension = 16  bandwidth = 1  arm "p" { }
    arm "q" { } }
router "exact" { dimension = 3  features = "exact"  kernel = "poly"
    arm "e" { }  arm "f" { } }
router "choice" { dimension = 3  rff_dimension = 16
    reward_model = "choice"  arm "x" { }  arm "y" { }  arm "z" { } }
router "brief" { dimension = 3  rff_dimension = 16  decision_ttl = 1
    default_reward = 0.2  arm "s" { }  arm "t" { } }
"""


class Known:
    """What a good directory answers."""

    def __init__(self):
        self.rewarded = {}  # decision -> (method, params, seq)
        self.waiting = []
        self.keys = {}      # key of router "default" -> seq
        self.log = []       # as it is exported,
        self.seqs = set()   # and of those that were not dropped
        self.hash = ""

    def reward(self, client, method, decision, **params):
        params["decision"] = decision
        self.rewarded[decision] = (method, params,
                                   client.call(method, **params)["seq"])


class Maker:
    """A daemon's life with records of all kinds."""

    def __init__(self, daemon, drops):
        self.rng = random.Random(SEED)
        self.daemon = daemon
        self.drops = drops
        self.known = Known()
        self.number = 0

    def x(self, dimension):
        return packed(self.rng.gauss(0, 1) for _ in range(dimension))

    def decide(self, client, router, dimension, **more):
        self.number += 1
        if self.number % 3 == 0:
            more["decision"] = f"own-{self.number}"
        return client.call("decide", router=router, x=self.x(dimension),
                           **more)["decision"]

    def feedback(self, client, n):
        for _ in range(n):
            router, d = self.rng.choice((("default", 8), ("wide", WIDE),
                                         ("exact", 3)))
            decision = self.decide(client, router, d)
            if self.rng.random() < 0.2:
                self.known.waiting.append(decision)
            else:
                self.known.reward(client, "feedback", decision,
                                  reward=self.rng.random(), cost=0.5)

    def observe(self, client, n):
        for _ in range(n):
            self.number += 1
            key = f"key-{self.number}"
            self.known.keys[key] = client.call(
                "observe", x=self.x(8), arm=self.rng.choice("ab"),
                reward=self.rng.random(), key=key)["seq"]

    def choose(self, client, n):
        for i in range(n):
            answer = client.call("decide", router="choice", x=self.x(3), k=3)
            slate = answer["slate"]
            if i % 2:
                self.known.reward(client, "click", answer["decision"],
                                  arm=slate[i % 3])
            else:
                self.known.reward(client, "prefer", answer["decision"],
                                  winner=slate[1], loser=slate[0])

    def expire(self, client):
        before = client.call("status")["pending"]
        for _ in range(4):
            self.decide(client, "brief", 3)
        while client.call("status")["pending"] > before:
            pass

    def live(self):
        client = self.daemon.client()
        self.feedback(client, 40)
        self.observe(client, 20)
        client.call("checkpoint")
        self.choose(client, 10)
        client.call("arm.add", arm="late", cost=2, prior_from="a")
        client.call("arm.set", arm="b", group="g", cost=3)
        self.feedback(client, 30)
        client.call("arm.remove", arm="c")
        client.call("checkpoint")
        client.call("rebuild", router="wide", settings={"rff_dimension": 24})
        self.expire(client)
        self.feedback(client, 20)
        client.call("checkpoint")
        if self.drops:
            client.call("checkpoint")
        self.observe(client, 10)
        self.feedback(client, 15)
        # A reward takes the decisions before it to the disk with it.
        decision = self.decide(client, "default", 8)
        self.known.reward(client, "feedback", decision, reward=1)
        self.known.hash = client.call("state_hash")["hash"]
        self.forget(client)

    def forget(self, client):
        """Keys go with their records."""
        known = self.known
        known.log = client.call("export", limit=16 << 20)["events"]
        known.seqs = {e["seq"] for e in known.log if e["kind"] != "dropped"}
        known.keys = {k: s for k, s in known.keys.items() if s in known.seqs}


def banditd(*options):
    return subprocess.run([BANDITD, *options], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=PATIENCE)


def summary(done):
    assert done.returncode == EX_OK, done
    return dict(line.split(None, 1) for line in done.stdout.splitlines())


class Good:
    """A good directory, which is copied to be damaged; where `drops`, without
    the records that may leave the log."""

    def __init__(self, daemon, drops=False):
        config = re.sub(r'(router "\w+" {)', r'\1 keep_bytes = "1kB" ',
                        CONFIG) if drops else CONFIG
        daemon.configure(config)
        maker = Maker(daemon.start(), drops)
        maker.live()
        daemon.kill()  # what came after the last snapshot is in the log alone
        # Afterwards the file says what has changed by itself.
        self.config = config.replace(
            "rff_dimension = 16  bandwidth",
            "rff_dimension = 24  bandwidth").replace('arm "c" { }', "")
        self.known = maker.known
        with open(os.path.join(daemon.state, "db", "data.mdb"), "rb") as file:
            self.data = file.read()
        self.pages = len(self.data) // PAGE
        shutil.rmtree(daemon.state)


daemon = Daemon()
WHOLE = Good(daemon)
CUT = Good(daemon, True)
known = WHOLE.known
DATA = WHOLE.data


def place(data, good=WHOLE):
    """The state directory, with that data file and nothing else."""
    if daemon.process:
        daemon.kill()  # of a test that failed
    daemon.configure(good.config)
    shutil.rmtree(daemon.state, ignore_errors=True)
    os.makedirs(os.path.join(daemon.state, "db"))
    with open(os.path.join(daemon.state, "db", "data.mdb"), "wb") as out:
        out.write(data)


def assert_known(where, known=WHOLE.known):
    """Everything is there; asking again changes nothing."""
    raw = daemon.raw()
    asked = [("state_hash", {}, {"hash": known.hash})]
    for method, params, seq in known.rewarded.values():
        asked.append((method, params, {"applied": False, "seq": seq}))
    for decision in known.waiting:
        asked.append(("explain", {"decision": decision}, {}))
    for key, seq in known.keys.items():
        asked.append(("observe", {"key": key, "arm": "a",
                                  "x": packed([1] * 8), "reward": 0},
                      {"applied": False, "seq": seq}))
    for i, (method, params, _) in enumerate(asked):
        raw.request(i, method, **params)
    for _ in asked:
        _, i, error, result = raw.receive()
        method, params, wanted = asked[i]
        assert error is None, (where, method, params, error)
        for name, value in wanted.items():
            assert result[name] == value, (where, method, params, result)
    raw.close()


def start():
    """The exit status and what it said, or None where it serves."""
    open(daemon.log, "w", encoding="utf-8").close()
    try:
        daemon.start()
    except AssertionError:
        return daemon.wait(), daemon.read_log()
    return None


class Tally:
    """What came of each damage."""

    def __init__(self, good):
        self.good = good
        self.found = self.mended = self.harmless = 0

    def __str__(self):
        return (f"{self.found} found, {self.mended} made up for by the log, "
                f"{self.harmless} harmless")

    def check(self, where):
        """The directory is refused, naming what is wrong, or as good as
        ever; and --verify finds all that a start finds."""
        verified = banditd("--verify", "-d", daemon.state)
        assert verified.returncode in (EX_OK, EX_DATAERR), (where, verified)
        refused = start()
        if refused is None:
            assert_known(where, self.good.known)
            daemon.kill()
            mended = "makes up for it" in verified.stderr
            assert (verified.returncode == EX_OK) != mended, (where, verified)
            self.mended += mended
            self.harmless += not mended
            return
        status, text = refused
        assert status == EX_DATAERR, (where, status, text)
        assert "damaged" in text and daemon.state in text, (where, text)
        assert verified.returncode == EX_DATAERR, (where, text, verified)
        self.found += 1


@test
def a_good_directory_is_good():
    place(DATA)
    told = summary(banditd("--verify", "-d", daemon.state))
    assert told["state_hash"] == known.hash, told
    assert int(told["keys"]) == len(known.keys), told
    assert int(told["decisions"]) == \
        len(known.rewarded) + len(known.waiting) + 4, told
    assert int(told["snapshots_compared"]) > 10, told
    assert os.listdir(os.path.join(daemon.state, "db")) == ["data.mdb"]
    assert start() is None
    assert_known("nothing")
    assert daemon.stop() == EX_OK
    summary(banditd("--verify", "-d", daemon.state))


@test
def a_directory_without_old_records_is_good():
    kinds = [event["kind"] for event in CUT.known.log]
    assert "dropped" in kinds and "reward" in kinds, kinds
    place(CUT.data, CUT)
    told = summary(banditd("--verify", "-d", daemon.state))
    assert told["state_hash"] == CUT.known.hash, told
    assert int(told["dropped"]) > 50, told
    assert start() is None
    assert_known("nothing", CUT.known)
    assert daemon.stop() == EX_OK


@test
def a_directory_in_use_is_refused_and_a_backup_is_good():
    place(DATA)
    assert start() is None
    busy = banditd("--verify", "-d", daemon.state)
    assert busy.returncode == EX_UNAVAILABLE, busy
    assert f"process {daemon.process.pid}" in busy.stderr, busy
    busy = banditd("--salvage", "-", "-d", daemon.state)
    assert busy.returncode == EX_UNAVAILABLE, busy
    copy = os.path.join(daemon.dir, "copy")
    daemon.client().call("backup", path=copy)
    env = daemon.environment()
    env["PATH"] = os.path.dirname(BANDITD) + ":" + env["PATH"]
    told = daemon.ctl_json("verify", copy, env=env)
    assert told["state_hash"] == known.hash, told
    assert daemon.ctl("verify", copy, env=env).returncode == EX_OK
    done = daemon.ctl("-j", "verify", daemon.state, env=env)
    assert done.returncode == EX_UNAVAILABLE, done
    assert json.loads(done.stdout)["error"]["code"] == "unavailable", done
    daemon.kill()
    with open(os.path.join(copy, "db", "data.mdb"), "r+b") as file:
        file.truncate(5 * PAGE)
    done = daemon.ctl("-j", "verify", copy, env=env)
    assert done.returncode == EX_DATAERR, done
    assert "damaged" in json.loads(done.stdout)["error"]["message"], done
    shutil.rmtree(copy)


@test
def a_state_of_0_1_0_is_good():
    with tarfile.open(os.path.join(SOURCE, "tests", "state",
                                   "0.1.0.tar.xz")) as archive:
        archive.extractall(os.path.join(daemon.dir, "old"))
    told = summary(banditd("--verify", "-d",
                           os.path.join(daemon.dir, "old", "state")))
    assert told["decisions"] == "150" and told["keys"] == "30", told


@test
def a_page_that_cannot_be_read_while_it_serves_ends_it_with_74():
    """As where the disk has lost it: reading through the map is a signal."""
    place(DATA)
    assert start() is None
    raw = daemon.raw()
    os.truncate(os.path.join(daemon.state, "db", "data.mdb"), 8192)
    raw.request(1, "checkpoint")
    assert daemon.wait() == EX_IOERR
    assert "cannot be read: stopping" in daemon.read_log(), daemon.read_log()
    raw.close()


def flip_bits(good, flips):
    note(f"SEED={SEED} FLIPS={flips}, {good.pages} pages")
    rng = random.Random(SEED)
    tally = Tally(good)
    for i in range(flips):
        data = bytearray(good.data)
        # Half of them where pages describe themselves.
        at = rng.randrange(good.pages) * PAGE + rng.randrange(PAGE if i % 2
                                                              else 96)
        bit = 1 << rng.randrange(8)
        data[at] ^= bit
        place(data, good)
        tally.check(f"bit {bit} of byte {at % PAGE} of page {at // PAGE}")
    note(tally)


@test
def flipped_bits():
    flip_bits(WHOLE, FLIPS)


@test
def flipped_bits_where_records_were_dropped():
    flip_bits(CUT, FLIPS // 2)


@test
def zeroed_and_swapped_pages():
    rng = random.Random(SEED)
    for good in WHOLE, CUT:
        tally = Tally(good)
        for i in range(FLIPS // 5):
            data = bytearray(good.data)
            a, b = (PAGE * rng.randrange(good.pages) for _ in range(2))
            if i % 2:
                data[a:a + PAGE] = bytes(PAGE)
            else:
                data[a:a + PAGE], data[b:b + PAGE] = \
                    data[b:b + PAGE], data[a:a + PAGE]
            place(data, good)
            tally.check(f"pages {a // PAGE} and {b // PAGE}, {i}")
        note(tally)


@test
def a_file_cut_off_at_every_page():
    for good, step in (WHOLE, 1), (CUT, 3):
        tally = Tally(good)
        for pages in range(0, good.pages, step):
            place(good.data[:pages * PAGE], good)
            tally.check(f"cut off before page {pages}")
        place(good.data[:-100], good)
        tally.check("cut off in the last page")
        note(tally)


def random_bytes(n):
    return random.Random(SEED).randbytes(n)


@test
def lock_files_of_any_kind():
    kinds = (b"", b"\0" * 8192, random_bytes(8192), random_bytes(100),
             b"x" * 10, random_bytes(1 << 20))
    for name in ("db/lock.mdb", "lock"):
        for content in kinds:
            place(DATA)
            with open(os.path.join(daemon.state, name), "wb") as out:
                out.write(content)
            assert start() is None, (name, len(content), daemon.read_log())
            assert_known((name, len(content)))
            daemon.kill()
        place(DATA)
        path = os.path.join(daemon.state, name)
        os.mkdir(path)
        status, text = start()
        assert status in (EX_DATAERR, EX_IOERR) and path in text, text


@test
def what_is_missing_is_named():
    place(DATA)
    path = os.path.join(daemon.state, "db", "data.mdb")
    os.unlink(path)
    status, text = start()
    assert status == EX_DATAERR and path in text, (status, text)
    assert os.listdir(os.path.dirname(path)) == []
    os.mkdir(path)
    status, text = start()
    assert status == EX_DATAERR and path in text, (status, text)


def salvaged(directory):
    """The records, by seq, and the exit status."""
    done = banditd("--salvage", "-", "-d", directory)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    return {r["seq"]: r for r in records}, done


def without_names(value):
    """Names are only known where the record that gave them is there."""
    if isinstance(value, list):
        return [without_names(v) for v in value]
    if not isinstance(value, dict):
        return value
    return {k: without_names(v) for k, v in value.items()
            if not k.endswith("_name") and k != "removed"}


@test
def a_good_directory_is_salvaged_whole():
    place(DATA)
    records, done = salvaged(daemon.state)
    assert done.returncode == EX_OK, done
    assert [*records] == [*range(1, len(records) + 1)]
    kinds = {r["kind"] for r in records.values()}
    assert kinds >= {"router", "arm.add", "arm.set", "arm.remove", "reward",
                     "expire", "click", "prefer", "rebuild"}, kinds
    for key, seq in known.keys.items():
        assert records[seq]["key"] == key
        assert len(records[seq]["x"]) == 8
        assert records[seq]["arm_name"] in ("a", "b")
    for decision, (_, _, seq) in known.rewarded.items():
        told = records[seq]["decision"]
        assert told["id"] == decision
        assert all(s["arm_name"] for s in told["slate"])
    out = os.path.join(daemon.dir, "out")
    done = banditd("--salvage", out, "-d", daemon.state)
    assert done.returncode == EX_OK, done
    done = banditd("--salvage", out, "-d", daemon.state)
    assert done.returncode == EX_IOERR and out in done.stderr, done


def check_salvaged(good, whole, rng, i):
    """What is found in a damaged file; how many records are missing.  What
    was dropped may be found, too, and is not missing where it is not."""
    data = bytearray(good.data)
    for _ in range(1 + i):
        at = rng.randrange(len(data))
        if i % 3:
            data[at] ^= 1 << rng.randrange(8)
        else:
            data[at:at + 64] = rng.randbytes(64)
    if i % 4 == 0:
        data = data[:rng.randrange(len(data))]
    place(data, good)
    records, done = salvaged(daemon.state)
    assert done.returncode in (EX_OK, EX_DATAERR), done.stderr
    if good.known.seqs - {*records}:
        assert done.returncode == EX_DATAERR, done.stderr
    for seq, record in records.items():
        wanted = without_names(whole[seq])
        if "dropped" in (record["kind"], wanted["kind"]):
            continue  # of a run there may be what it has become of, too
        if record["kind"] == "arm.add" and "arm" not in record:
            wanted.pop("arm", None)
        assert without_names(record) == wanted, record
    return len(whole) - len(records)


@test
def what_is_salvaged_is_true():
    rng = random.Random(SEED)
    for good in WHOLE, CUT:
        place(good.data, good)
        whole, _ = salvaged(daemon.state)
        lost = sum(check_salvaged(good, whole, rng, i)
                   for i in range(FLIPS // 5))
        note(f"{lost} of {FLIPS // 5 * len(whole)} records lost")


main(60 + 3 * FLIPS, daemon.remove)
