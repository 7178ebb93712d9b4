"""banditctl doctor where the disk is slow or full, or the clock is set back."""
import errno
import json
import os

from daemon import BANDITD, Daemon, RpcError
from faults import FaultyDaemon
from tap import main, test

CONFIG = """
router "default" {
    dimension = 2  rff_dimension = 16
    arm "a" { } arm "b" { }
}
"""
X = [1.0, 2.0]
DAY = 86400


def doctor(daemon):
    """Its rows, asked from outside the shim."""
    env = Daemon.environment(
        daemon, PATH=os.path.dirname(BANDITD) + ":" + os.environ["PATH"])
    done = daemon.ctl("-j", "doctor", env=env)
    return {r["check"]: r for r in json.loads(done.stdout)["checks"]}


@test
def a_slow_disk_is_told():
    with FaultyDaemon(CONFIG) as daemon:
        client = daemon.client()
        daemon.shim.delay(0.15)
        client.call("observe", x=X, arm="a", reward=0.5)
        daemon.shim.delay(0)
        row = doctor(daemon)["commits"]
        assert row["result"] == "warning" and "slow" in row["found"], row


@test
def rewards_that_wait_for_the_disk_are_told():
    with FaultyDaemon(CONFIG) as daemon:
        raw = daemon.raw()
        daemon.shim.delay(5)
        raw.request(1, "observe", x=X, arm="a", reward=0.5)
        client = daemon.client()
        while client.call("status")["lag_time"] < 1.1:
            pass
        row = doctor(daemon)["lag"]
        daemon.shim.delay(0)
        assert row["result"] == "warning" and "waited" in row["found"], row
        assert raw.receive()[2] is None


@test
def a_clock_that_was_set_back_is_told():
    with FaultyDaemon(CONFIG) as daemon:
        client = daemon.client()
        client.call("observe", x=X, arm="a", reward=0.5)
        assert doctor(daemon)["clock"]["result"] == "ok"
        daemon.shim.clock(DAY)
        client.call("observe", x=X, arm="b", reward=0.5)
        row = doctor(daemon)["clock"]
        assert "s ahead" in row["found"], row
        daemon.shim.clock(0)
        row = doctor(daemon)["clock"]
        assert row["result"] == "warning" and "set back" in row["found"], row
        assert "ahead" not in row["found"], row


@test
def a_full_disk_is_told():
    with FaultyDaemon(CONFIG) as daemon:
        client = daemon.client()
        assert doctor(daemon)["disk"]["result"] == "ok"
        daemon.shim.from_now_on("write", errno.ENOSPC)
        try:
            while not client.call("status")["disk_full"]:
                client.call("observe", x=X, arm="a", reward=0.5)
        except RpcError as error:
            assert error.code == "storage", error
        row = doctor(daemon)["disk"]
        assert row["result"] == "bad" and "full" in row["found"], row
        row = doctor(daemon)["commits"]
        assert "found the disk full" in row["found"], row
        daemon.shim.clear()
        while client.call("status")["disk_full"]:
            pass


if __name__ == "__main__":
    main()
