"""Old records leave the log; what was learnt of them stays.

$SEED says which contexts (1).
"""
import os
import random
import shutil
import subprocess

from daemon import BANDITD, PATIENCE, Daemon, packed
from load import check_refold
from tap import main, note, test

SEED = int(os.environ.get("SEED", "1"))
OBSERVATIONS = 50000
CONFIG = """
router "default" {
    dimension = 8  rff_dimension = 16  bandwidth = 1  %s
    arm "a" { }  arm "b" { }  arm "idle" { }
}
"""
BOUND = 5 << 20  # bytes; it would be 8.5 MB with all that was observed
WINDOW = 500


def observe(daemon, rng, n, first=0):
    """Keyed observations, many at once."""
    raw = daemon.raw()
    for start in range(first, first + n, WINDOW):
        for i in range(start, start + WINDOW):
            raw.request(i, "observe", arm=rng.choice("ab"), key=f"k{i}",
                        x=packed(rng.gauss(0, 1) for _ in range(8)),
                        reward=rng.random())
        for _ in range(WINDOW):
            answer = raw.receive()
            assert answer[2] is None and answer[3]["applied"], answer
    raw.close()


def dropped(client, least):
    """Waits until so many are."""
    while client.call("status")["dropped_records"] < least:
        pass
    return client.call("status")["dropped_records"]


def size(directory):
    return sum(os.path.getsize(os.path.join(path, name))
               for path, _, names in os.walk(directory) for name in names
               if name != "ballast")


def verify(directory):
    done = subprocess.run([BANDITD, "--verify", "-d", directory], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=PATIENCE, check=False)
    assert done.returncode == 0, done
    return dict(line.split(None, 1) for line in done.stdout.splitlines())


@test
def the_file_stays_flat():
    note(f"SEED={SEED}")
    with Daemon(CONFIG % 'keep_bytes = "1MB"') as daemon:
        client = daemon.client()
        rng = random.Random(SEED)
        sizes = []
        for start in range(0, OBSERVATIONS, 5000):
            observe(daemon, rng, 5000, start)
            client.call("checkpoint")
            sizes.append(size(daemon.state))
        note(f"bytes after every 5000 observations: {sizes}")
        assert max(sizes) < BOUND, sizes
        assert dropped(client, OBSERVATIONS // 2) < OBSERVATIONS
        state = client.call("state_hash")
        assert client.call("arms")["arms"][0]["rewards"] > 20000
        daemon.kill()
        told = verify(daemon.state)
        assert told["state_hash"] == state["hash"], (told, state)
        assert int(told["dropped"]) > OBSERVATIONS // 2, told
        check_refold(daemon.state, state)
        daemon.start()
        assert daemon.client().call("state_hash")["hash"] == state["hash"]
        assert client_key(daemon, "k0") and not client_key(
            daemon, f"k{OBSERVATIONS - 1}")


def client_key(daemon, key):
    """Whether an observation of that key counts now."""
    return daemon.client().call("observe", arm="a", x=[1] * 8, reward=0.5,
                                key=key)["applied"]


@test
def it_is_as_if_nothing_had_been_dropped():
    """What the daemon has learnt is what it finds after a kill."""
    with Daemon(CONFIG % 'keep_bytes = "1kB"') as daemon:
        rng = random.Random(SEED)
        for start in range(0, 10000, 1000):
            client = daemon.client()
            observe(daemon, rng, 1000, start)
            for _ in range(rng.randrange(3)):
                client.call("checkpoint")
            state = client.call("state_hash")
            daemon.kill()
            daemon.start()
            again = daemon.client().call("state_hash")
            assert again == state, (again, state)
        client = daemon.client()
        client.call("checkpoint")
        client.call("checkpoint")
        while int(verify_running(daemon)["dropped"]) <= 8000:
            pass


def verify_running(daemon):
    copy = os.path.join(daemon.dir, "copy")
    daemon.client().call("backup", path=copy)
    told = verify(copy)
    shutil.rmtree(copy)
    return told


@test
def a_rebuild_says_what_it_could_not_learn_from():
    with Daemon(CONFIG % 'keep_age = "1h"  keep_bytes = "1kB"') as daemon:
        client = daemon.client()
        observe(daemon, random.Random(SEED), 1000)
        client.call("checkpoint")
        client.call("checkpoint")
        count = dropped(client, 900)
        answer = client.call("rebuild", router="default",
                             settings={"regularization": 5})
        assert "were dropped" in answer["note"], answer
        rewards = client.call("routers")["routers"][0]["rewards"]
        assert rewards == 1000 - count, (rewards, count)
        state = client.call("state_hash")
        daemon.kill()
        assert verify(daemon.state)["state_hash"] == state["hash"]


main(300)
