"""State directories of released versions: the daemon goes on with them."""
import json
import math
import os
import shutil
import subprocess
import tarfile

from daemon import BUILD, SOURCE, Daemon
from tap import main, test

STATES = os.path.join(SOURCE, "tests", "state")


def unpack(name):
    """A daemon on a copy, and what the old one said of it."""
    daemon = Daemon()
    with tarfile.open(os.path.join(STATES, name)) as archive:
        archive.extractall(daemon.dir)
    daemon.config = os.path.join(daemon.dir, "conf")
    with open(os.path.join(daemon.dir, "expect.json"),
              encoding="utf-8") as file:
        return daemon, json.load(file)


def near(a, b):
    """Version 0.1.0 scored in float64."""
    if isinstance(a, float) and isinstance(b, (int, float)):
        return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9)
    return a == b


def assert_contains(new, old):
    """Every key of the old answer is in the new one, with its value."""
    for key in old:
        assert near(new[key], old[key]), (key, new[key], old[key])


def known(score):
    """What was learnt; how much of sigma a score adds by default has moved."""
    return {key: score[key] for key in score
            if key not in ("score", "probability")}


def assert_knows(client, expect):
    asked = (("vec", [.1, .2, .3, .4]), ("exact", [.1, .2, .3]))
    for (router, x), scores, arms in zip(asked, expect["scores"],
                                         expect["arms"]):
        for new, old in zip(client.call("score", router=router,
                                        x=x)["scores"], scores["scores"]):
            assert_contains(new, known(old))
        for new, old in zip(client.call("arms", router=router)["arms"],
                            arms["arms"]):
            assert_contains(new, old)
    status = client.call("status")
    assert status["pending"] == expect["pending"], status
    assert status["applied_seq"] >= expect["seq"]


def refold_hash(state):
    done = subprocess.run([os.path.join(BUILD, "tests", "refold"), state],
                          text=True, check=True, stdout=subprocess.PIPE)
    return done.stdout.split()[0]


@test
def a_state_of_0_1_0_goes_on_where_it_was():
    daemon, expect = unpack("0.1.0.tar.xz")
    with daemon:
        client = daemon.client()
        assert_knows(client, expect)
        # Sent again, an id of one's own is decided as it was; number 80 was
        # never rewarded.
        known = client.call("decide", router="vec", x=[1, 0, 0, 0],
                            decision="own-80")
        assert client.call("feedback", decision="own-80",
                           reward=0.5)["applied"]
        assert not client.call("feedback", decision="own-80",
                               reward=0.5)["applied"]
        assert not client.call("feedback", decision="own-140",
                               reward=0.5)["applied"]
        told = client.call("explain", decision="own-80")
        assert told["slate"] == [known["arm"]] and "scores" not in told
        assert not client.call("observe", router="exact", x=[1, 0, 0],
                               arm="p", reward=1, key="k5")["applied"]
        live = client.call("state_hash")["hash"]
        daemon.stop()
        assert refold_hash(daemon.state) == live
        daemon.start()
        assert daemon.client().call("state_hash")["hash"] == live


@test
def a_state_of_0_1_0_is_rebuilt_from_its_log():
    daemon, expect = unpack("0.1.0.tar.xz")
    with daemon:
        client = daemon.client()
        client.call("rebuild", router="vec", settings={"rff_dimension": 32})
        arms = client.call("arms", router="vec")["arms"]
        assert [a["rewards"] for a in arms] == \
            [a["rewards"] for a in expect["arms"][0]["arms"]]
        live = client.call("state_hash")["hash"]
        daemon.kill()
        copy = daemon.state + ".copy"
        shutil.copytree(daemon.state, copy)
        assert refold_hash(copy) == live


main()
