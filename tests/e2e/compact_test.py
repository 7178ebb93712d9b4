# SPDX-License-Identifier: GPL-3.0-or-later
"""The state file written anew says the same in less space.

$SEED says which contexts (1).
"""
import os
import random

import msgpack

from daemon import Daemon, packed
from load import check_refold
from tap import main, note, test

SEED = int(os.environ.get("SEED", "1"))
OBSERVATIONS = 5000
CONFIG = """
router "default" {
    dimension = 8  rff_dimension = 16  bandwidth = 1  %s
    arm "a" { }  arm "b" { }
}
"""
CUT = CONFIG % 'keep_bytes = "20kB"'
WINDOW = 500
METHOD, DECIDE, EXPORT = 100001, 100002, 100003


def send_observations(raw, rng, first, n):
    for i in range(first, first + n):
        raw.request(i, "observe", arm=rng.choice("ab"), key=f"k{i}",
                    x=packed(rng.gauss(0, 1) for _ in range(8)),
                    reward=rng.random())


def observe(daemon, rng, n):
    """Keyed observations, many at once."""
    raw = daemon.raw()
    for first in range(0, n, WINDOW):
        send_observations(raw, rng, first, WINDOW)
        for _ in range(WINDOW):
            answer = raw.receive()
            assert answer[2] is None and answer[3]["applied"], answer
    raw.close()


def data_file(daemon):
    return os.path.join(daemon.state, "db", "data.mdb")


def files(daemon):
    return sorted(os.listdir(os.path.dirname(data_file(daemon))))


@test
def the_file_shrinks_and_says_the_same():
    note(f"SEED={SEED}")
    with Daemon(CUT) as daemon:
        client = daemon.client()
        observe(daemon, random.Random(SEED), OBSERVATIONS)
        client.call("checkpoint")
        client.call("checkpoint")
        while client.call("status")["dropped_records"] < OBSERVATIONS * 0.9:
            pass
        state = client.call("state_hash")
        size = os.path.getsize(data_file(daemon))
        told = daemon.ctl_json("compact")
        note(f"{told}")
        assert sorted(told) == ["after", "before", "seconds"], told
        assert told["before"] >= size, (told, size)
        assert told["after"] == os.path.getsize(data_file(daemon)), told
        assert told["after"] < told["before"] / 3, told
        assert 0 <= told["seconds"] < 60, told
        assert client.call("status")["state_bytes"] == told["after"]
        assert files(daemon) == ["data.mdb", "lock.mdb"]
        assert client.call("state_hash") == state
        daemon.kill()
        assert daemon.run("--verify", "-d", daemon.state).returncode == 0
        check_refold(daemon.state, state)
        daemon.start()
        assert daemon.client().call("state_hash") == state


@test
def what_is_asked_meanwhile_is_answered():
    """And is on disk then, in the new file."""
    with Daemon(CONFIG % "") as daemon:
        rng = random.Random(SEED)
        observe(daemon, rng, OBSERVATIONS)
        raw = daemon.raw()
        raw.request(METHOD, "compact")
        raw.request(EXPORT, "export")
        raw.request(DECIDE, "decide", x=[1] * 8)
        send_observations(raw, rng, OBSERVATIONS, 100)
        answers = {}
        while len(answers) < 103:
            _, msgid, error, result = raw.receive()
            assert error is None, error
            answers[msgid] = result
        assert answers[METHOD]["after"] > 0, answers[METHOD]
        assert answers[DECIDE]["arm"] in "ab", answers[DECIDE]
        assert len(answers[EXPORT]["events"]) > 100
        for i in range(OBSERVATIONS, OBSERVATIONS + 100):
            assert answers[i]["applied"], answers[i]
        state = daemon.client().call("state_hash")
        daemon.kill()
        check_refold(daemon.state, state)
        daemon.start()
        client = daemon.client()
        assert client.call("state_hash") == state
        for i in range(OBSERVATIONS, OBSERVATIONS + 100):
            again = client.call("observe", arm="a", x=[1] * 8, reward=0.5,
                                key=f"k{i}")
            assert again == {"applied": False, "seq": answers[i]["seq"]}


def both(daemon, first, second):
    """The answers to two requests that come in one piece."""
    raw = daemon.raw()
    raw.send(b"".join(msgpack.packb([0, i, method, params]) for i, (
        method, params) in enumerate((first, second))))
    answers = {}
    for _ in range(2):
        _, msgid, error, result = raw.receive()
        answers[msgid] = error, result
    raw.close()
    return answers[0], answers[1]


@test
def a_backup_and_a_compaction_exclude_each_other():
    with Daemon(CONFIG % "") as daemon:
        observe(daemon, random.Random(SEED), WINDOW)
        path = os.path.join(daemon.dir, "copy")
        compact, backup = ("compact", []), ("backup", [{"path": path}])
        for first, second, why in (
                (compact, backup, "the state file is being compacted"),
                (backup, compact, "a backup is being written"),
                (compact, compact, "is being compacted already")):
            done, refused = both(daemon, first, second)
            assert done[0] is None, done
            assert refused[0].startswith("conflict: "), refused
            assert why in refused[0], refused
        assert os.path.exists(path)
        assert daemon.client().call("compact")["after"] > 0


main(300)
