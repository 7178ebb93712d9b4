"""A log goes to a file and from there to another daemon."""
import json
import os
import pty
import random
import re
import subprocess

import msgpack

from daemon import BANDITCTL, BANDITD, Daemon, packed
from tap import main, note, test

EX_REFUSED, EX_USAGE, EX_DATAERR, EX_UNAVAILABLE = 1, 64, 65, 69
KILLS = 8
OBSERVATIONS = 3000
CONFIG = """
router "plain" {
    dimension = 6  rff_dimension = 32  bandwidth = 1  prior_mean = 0.5
    explore_floor = 0.3  decision_ttl = 1  default_reward = 0.2
    arm "a" { cost = 1 }  arm "b" { }  arm "c" { }
}
router "choice" {
    dimension = 3  rff_dimension = 16  bandwidth = 1  reward_model = "choice"
    arm "x" { }  arm "y" { }  arm "z" { }
}
"""
rng = random.Random(1)
source = Daemon(CONFIG).start()
client = source.client()
jsonl = os.path.join(source.dir, "log.jsonl")
packs = os.path.join(source.dir, "log.msgpack")


def x(d):
    return packed(rng.gauss(0, 1) for _ in range(d))


def live(n):
    for i in range(n):
        told = client.call("decide", router="plain", x=x(6))
        if i % 5:
            client.call("feedback", decision=told["decision"],
                        reward=rng.random(), cost=0.5)
        client.call("observe", router="plain", x=x(6), arm="a",
                    reward=rng.random(), **({"key": f"k{i}"} if i % 2
                                            else {}))
        told = client.call("decide", router="choice", x=x(3), k=3)
        first, second = told["slate"][:2]
        if i % 2:
            client.call("click", decision=told["decision"], arm=second)
        else:
            client.call("prefer", decision=told["decision"], winner=first,
                        loser=second)


def scores(c, router, vector):
    return {s["arm"]: (s["mean"], s["sigma"])
            for s in c.call("score", router=router, x=vector)["scores"]}


def same(one, other):
    for _ in range(50):
        for router, d in (("plain", 6), ("choice", 3)):
            vector = x(d)
            told = scores(one, router, vector), scores(other, router, vector)
            for each in told:  # the configuration has it, where it is new
                each.pop("z", None)
            assert told[0] == told[1], told


def imported(daemon, *words, **more):
    done = daemon.ctl("-j", "import", *words, **more)
    assert done.returncode == 0, done
    return json.loads(done.stdout)


@test
def the_log_goes_to_files_of_two_formats():
    live(40)
    client.call("arm.remove", router="plain", arm="c")
    client.call("arm.add", router="plain", arm="c")
    client.call("arm.remove", router="choice", arm="z")
    client.call("arm.add", router="choice", arm="w", prior_from="x")
    client.call("arm.add", router="plain", arm="d", prior_from="a")
    live(40)
    while client.call("status")["pending"]:
        pass
    for words in ((jsonl,), ("-m", packs)):
        done = source.ctl("export", *words)
        assert done.returncode == 0, done
        done = source.ctl("export", *words)
        assert done.returncode == EX_USAGE and "exists" in done.stderr, done
    with open(jsonl, encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    assert [r["seq"] for r in records] == [*range(1, len(records) + 1)]
    assert {"reward", "click", "prefer", "expire"} <= {
        r["kind"] for r in records}
    assert any(r.get("removed") for r in records)
    assert any(shown.get("removed") for r in records
               if r["kind"] in ("click", "prefer")
               for shown in r["decision"]["slate"])
    assert sum(r["kind"] == "arm.add" and "prior_from" in r
               for r in records) == 2
    assert sorted(os.listdir(source.dir)).count("log.jsonl") == 1


@test
def another_daemon_knows_the_same_to_the_last_bit():
    for path in (jsonl, packs):
        with Daemon(CONFIG) as target:
            told = imported(target, path)
            assert told["imported"] > 100 and told["skipped"], told
            same(client, target.client())
            before = target.client().call("state_hash")
            again = imported(target, path)
            assert again["imported"] == 0, again
            assert again["already_there"] == told["imported"]
            assert target.client().call("state_hash") == before


@test
def what_a_daemon_has_exported_it_has_already():
    before = client.call("state_hash")
    assert imported(source, jsonl)["imported"] == 0
    assert client.call("state_hash") == before


def dropped(daemon, least):
    """So many records have left the log; the third snapshot is after the drop
    that follows the second."""
    c = daemon.client()
    while c.call("status")["dropped_records"] < least:
        c.call("observe", router="plain", x=x(6), arm="a", reward=0)
        c.call("checkpoint")


def rewards(daemon):
    told = daemon.client().call("routers")["routers"]
    return next(r["rewards"] for r in told if r["router"] == "plain")


@test
def what_was_dropped_since_counts_again():
    """Also an observation with a key; what the log still has does not."""
    config = CONFIG.replace("decision_ttl = 1",
                            'decision_ttl = 1 keep_bytes = "1kB"')
    with Daemon(config) as target:
        seen = {"router": "plain", "x": x(6), "arm": "a", "reward": 1.0,
                "key": "once"}
        c = target.client()
        for applied in True, False:
            assert c.call("observe", **seen)["applied"] is applied
        first = imported(target, jsonl)
        assert first["already_there"] == 0, first
        dropped(target, first["imported"] // 2)
        before = rewards(target)
        again = imported(target, jsonl)
        assert again["imported"] >= 40, (first, again)
        assert again["already_there"] > 0, (first, again)
        assert rewards(target) > before, (rewards(target), before)
        assert c.call("observe", **seen)["applied"]


@test
def an_import_that_is_killed_goes_on():
    with open(jsonl, encoding="utf-8") as lines:
        whole = lines.readlines()
    with Daemon(CONFIG) as target:
        half = "".join(whole[:len(whole) // 2])
        told = imported(target, "-", input=half)
        target.kill()
        target.start()
        rest = imported(target, jsonl)
        assert rest["already_there"] == told["imported"]
        same(client, target.client())


def long_log():
    """The log, and many an observation."""
    path = os.path.join(source.dir, "long.jsonl")
    with open(jsonl, encoding="utf-8") as log, \
            open(path, "w", encoding="utf-8") as out:
        out.write(log.read())
        for _ in range(OBSERVATIONS):
            out.write(json.dumps({
                "x": [rng.gauss(0, 1) for _ in range(6)],
                "arm": rng.choice("ab"), "reward": rng.random(),
                "router": "plain"}) + "\n")
    return path


def durable(daemon):
    """Records, but for those of arms."""
    client = daemon.client()
    return client.call("status")["durable_seq"] - sum(
        len(client.call("arms", router=r)["arms"]) for r in ("plain", "choice"))


def interrupted(target, path, more):
    """Killed in the midst of an import, which keeps many requests under way,
    once so many records more are there; how many it was told of."""
    watch = target.client()
    before = watch.call("status")["durable_seq"]
    with subprocess.Popen([BANDITCTL, "import", path], text=True,
                          env=target.environment(),
                          stderr=subprocess.PIPE) as importer:
        while watch.call("status")["durable_seq"] < before + more:
            pass
        target.kill()
        said = importer.stderr.read()
    assert importer.returncode == EX_UNAVAILABLE, said
    assert "run it again to go on" in said, said
    told = re.search(r"(\d+) imported, (\d+) already", said)
    return int(told[1]) + int(told[2])


def known(daemon):
    """Of the arms what does not depend on when this daemon was born."""
    client = daemon.client()
    return [{k: arm[k] for k in ("arm", "rewards", "reward_mean",
                                 "reward_sd")}
            for router in ("plain", "choice")
            for arm in client.call("arms", router=router)["arms"]]


@test
def an_import_that_is_killed_with_requests_under_way_goes_on():
    path = long_log()
    with Daemon(CONFIG) as once, Daemon(CONFIG) as target:
        whole = imported(once, path)["imported"]
        first = durable(target)
        kept = 0
        for _ in range(KILLS):
            told = interrupted(target, path, OBSERVATIONS // KILLS // 2)
            target.start()
            there = durable(target) - first
            assert there >= told, (there, told)
            kept += there - told
        rest = imported(target, path)
        assert rest["imported"] == whole - there, (rest, whole, there)
        assert rest["already_there"] == there, (rest, there)
        note(f"{KILLS} kills; {kept} records were kept without an answer")
        assert durable(target) == durable(once)
        assert known(target) == known(once)
        same(once.client(), target.client())


def on_terminal(*words):
    """What banditctl says there."""
    ours, theirs = pty.openpty()
    done = subprocess.run([BANDITCTL, *words], env=source.environment(),
                          stdout=subprocess.DEVNULL, stderr=theirs,
                          check=False)
    os.close(theirs)
    said = ""
    try:
        while True:
            said += os.read(ours, 65536).decode()
    except OSError:  # a terminal's end
        os.close(ours)
    assert done.returncode == 0, said
    return said


@test
def a_terminal_sees_how_far_it_is():
    for word in "import", "export":
        path = jsonl if word == "import" else os.path.join(source.dir, "new")
        said = on_terminal(word, path)
        assert re.search(rf"\r{word}: +\d+ %.*\r\033\[K", said), said
        assert said.endswith("\r\n"), said
        done = source.ctl(word, jsonl if word == "import" else "-")
        assert "%" not in done.stderr, done.stderr


@test
def what_is_salvaged_is_imported():
    assert source.stop() == 0
    done = subprocess.run([BANDITD, "--salvage", "-", "-d", source.state],
                          text=True, stdout=subprocess.PIPE, check=True)
    global client
    source.start()
    client = source.client()
    with Daemon(CONFIG) as target:
        imported(target, "-", input=done.stdout)
        same(client, target.client())


@test
def a_history_without_kinds_is_observed_once():
    line = {"x": [1, 2, 3, 4, 5, 6], "arm": "a", "reward": 0.5,
            "router": "plain"}
    text = "\n".join([json.dumps(line)] * 100)
    with Daemon(CONFIG) as target:
        assert imported(target, "-", input=text)["imported"] == 100
        assert imported(target, "-", input=text)["already_there"] == 100


@test
def the_line_that_is_wrong_is_named():
    good = '{"x":[1,2,3,4,5,6],"arm":"a","reward":0.5,"router":"plain"}\n'
    for bad, status, word in (
            ("{", EX_DATAERR, ":3: it is not JSON"),
            ("[1]", EX_DATAERR, ":3: it is not a JSON object"),
            ('{"kind": "birthday"}', EX_DATAERR, ":3: there is no such kind"),
            (good.replace('"a"', '"nobody"'), EX_REFUSED, ":3: unknown_arm"),
            (good.replace('"arm"', '"colour"'), EX_REFUSED, "colour")):
        with Daemon(CONFIG) as target:
            done = target.ctl("import", input=good + "\n" + bad)
            assert done.returncode == status and word in done.stderr, done
            assert target.ctl("import", input=good).returncode == 0
            assert target.client().call("status")["rewards"] == 1
    done = source.ctl("import", "/nowhere")
    assert done.returncode == EX_DATAERR and "/nowhere" in done.stderr


@test
def a_decision_does_not_wait_for_an_export():
    line = json.dumps({"x": [1, 2, 3, 4, 5, 6], "arm": "a", "reward": 0.5,
                       "router": "plain"}) + "\n"
    assert imported(source, "-", input=line * 10000)["imported"] == 10000
    raw = source.raw()
    raw.send(msgpack.packb([0, 1, "export", [{"limit": 16 << 20}]]) +
             msgpack.packb([0, 2, "decide", [{"router": "plain",
                                              "x": x(6)}]]))
    decided, log = raw.receive(), raw.receive()
    assert (decided[1], log[1]) == (2, 1), (decided[1], log[1])
    assert len(log[3]["events"]) > 10000
    raw.close()


@test
def what_is_not_on_disk_yet_is_no_damage():
    """With durability memory more is learnt than there is to read."""
    with Daemon(CONFIG + 'durability = "memory"') as daemon:
        raw = daemon.raw()
        for i in range(200):
            raw.request(2 * i, "observe", router="plain", x=x(6), arm="a",
                        reward=0.5)
            raw.request(2 * i + 1, "export", limit=1)
        errors = [raw.receive()[2] for _ in range(400)]
        # Four exports at a time, and the others may be refused.
        wrong = {e for e in errors if e and not e.startswith("overloaded")}
        assert not wrong, wrong
        raw.close()


main(after=source.remove)
