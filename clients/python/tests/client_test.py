# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python client against the real daemon."""
import array
import grp
import os
import pickle
import resource
import subprocess
import sys
import threading

from fixture import CONFIG, LONG, X, Clock, hang, new_daemon, wake
from tap import Skip, main, note, test

import banditd
from banditd.absence import LAST
from daemon import SOURCE, Daemon

DAEMON = new_daemon()
PATIENCE = 0.1
HUNG_CALLS = 500


def client(**more):
    more.setdefault("timeout", LONG)
    more.setdefault("decide_timeout", LONG)
    return banditd.Client(DAEMON.socket, **more)


def fails(code, function, *args, **params):
    try:
        answer = function(*args, **params)
    except banditd.Error as error:
        assert error.code == code, f"wanted {code}: {error.code}: {error}"
        return error
    raise AssertionError(f"wanted {code}, got {answer}")


@test
def a_gateway_routes_and_reports():
    DAEMON.start()
    with client() as c:
        choice = c.route(x=X, default="small")
        assert choice.error is None, choice.error
        assert choice.arm in ("small", "large") and choice.decision
        assert 0 < choice.propensity <= 1
        assert c.report(choice, 0.5)
        arms = {a["arm"]: a["rewards"] for a in c.call("arms")["arms"]}
        assert arms[choice.arm] == 1, arms


@test
def every_call_of_the_daemon_can_be_made():
    with client() as c:
        choice = c.decide(x=X, k=2, explain=True)
        assert sorted(choice.slate) == ["large", "small"]
        assert len(choice.propensities) == 2 and len(choice.scores) == 2
        assert c.feedback(choice, 1.0)["applied"]
        assert not c.feedback(choice.decision, 1.0)["applied"]
        assert c.observe(x=X, arm="small", reward=0.25)["applied"]
        assert {s["arm"] for s in c.score(x=X)} == {"small", "large"}
        assert c.call("ping")["protocol"] == 1


@test
def text_may_stand_for_a_vector():
    with client() as c:
        choice = c.route(router="words", text="a poem, bitte: äöü",
                         default="small")
        assert choice.error is None and c.report(choice, 1.0), choice
        assert c.observe(router="words", text="Prosa", arm="small",
                         reward=0.5)["applied"]
        assert len(c.score(router="words", text="Prosa")) == 2
        fails("bad_request", c.decide, router="words", x=X)
        fails("bad_request", c.decide, text="a", x=X, router="words")


@test
def a_vector_may_be_of_any_kind():
    with client() as c:
        floats = array.array("f", X)
        shown = [c.score(x=x) for x in (X, tuple(X), floats,
                                        floats.tobytes(), iter(X))]
        assert all(s == shown[0] for s in shown), shown


@test
def what_cannot_be_sent_is_an_error_not_a_crash():
    with client() as c:
        fails("bad_request", c.call, "decide", x="text")
        fails("bad_request", c.call, "decide", x=[None, 1])
        fails("bad_request", c.call, "decide", x=X, arms={1, 2})
        assert c.route(x=object(), default="m").error.code == "bad_request"
        assert c.route(x=X, default="m").error is None  # none of its fault


@test
def errors_of_the_daemon_have_their_code():
    with client() as c:
        error = fails("dimension_mismatch", c.decide, x=[1.0])
        assert error.answered and "2" in str(error)
        fails("not_finite", c.decide, x=[1e300, 0])
        fails("unknown_router", c.decide, x=X, router="nobodys")
        fails("unknown_method", c.call, "no.such.method")
        copy = pickle.loads(pickle.dumps(error))
        assert (copy.code, str(copy)) == (error.code, str(error))


@test
def errors_of_the_daemon_leave_the_default_without_a_pause():
    with client() as c:
        for _ in range(3):
            choice = c.route(x=[1.0], default="usual")
            assert choice.arm == "usual" and choice.decision is None
            assert choice.error.code == "dimension_mismatch"
        assert c.route(x=X, default="usual").decision
        assert not c.report("no-such-decision", 0.5)


@test
def the_reward_of_a_default_is_not_sent():
    with client() as c:
        choice = banditd.Decision("usual")
        before = c.call("status")["received_seq"]
        assert not c.report(choice, 1.0)
        assert c.feedback(choice, 1.0) == {"applied": False, "seq": None}
        assert c.call("status")["received_seq"] == before


@test
def a_thousand_requests_may_be_under_way():
    with client() as c:
        asked = [c.submit("decide", x=X, decision=f"p{i}")
                 for i in range(1000)]
        told = [c.submit("feedback", decision=f"p{i}", reward=0.5)
                for i in range(1000)]
        for i, pending in enumerate(asked):
            assert pending.result()["decision"] == f"p{i}"
        assert all(pending.result()["applied"] for pending in told)


@test
def more_may_be_under_way_than_sockets_hold():
    """Both sides' buffers are full: who only sends would wait for ever."""
    with client() as c:
        big = [c.submit("methods") for _ in range(300)]
        long = [c.submit("decide", x=[0.1] * 20000) for _ in range(100)]
        assert len({str(p.result()) for p in big}) == 1
        for pending in long:
            fails("dimension_mismatch", pending.result)


@test
def threads_share_one_connection():
    wrong = []
    with client() as c:
        before = c.call("status")["clients"]

        def ask(thread):
            for i in range(50):
                name = f"t{thread}-{i}"
                if c.decide(x=X, decision=name).decision != name:
                    wrong.append(name)
                if not c.feedback(name, 0.5)["applied"]:
                    wrong.append(name)
        threads = [threading.Thread(target=ask, args=(i,)) for i in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert c.call("status")["clients"] == before
    assert not wrong, wrong


@test
def a_forked_process_has_a_connection_of_its_own():
    with client() as c:
        parents = c.submit("decide", x=X, decision="parent")
        child = os.fork()
        if child == 0:
            try:
                fails("unavailable", parents.result)
                assert c.decide(x=X, decision="child").decision == "child"
            except BaseException:  # pylint: disable=broad-except
                os._exit(1)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert parents.result()["decision"] == "parent"
        assert c.call("ping")


@test
def a_daemon_that_hangs_costs_one_time_out():
    with client(decide_timeout=PATIENCE, timeout=PATIENCE) as c:
        choice = c.route(x=X, default="usual", timeout=LONG)
        assert choice.decision
        hang(DAEMON)
        try:
            clock = Clock()
            gone = c.route(x=X, default="usual")
            clock.check(PATIENCE)
            assert clock() >= PATIENCE and gone.error.code == "timeout"
            assert (gone.arm, gone.decision) == ("usual", None)
            clock = Clock()
            for _ in range(HUNG_CALLS):
                assert c.route(x=X, default="usual").decision is None
                assert not c.report(choice, 0.5)
            # Those that try again: 0.05 s after the failure at the earliest.
            clock.check(PATIENCE * HUNG_CALLS / 50)
            note(f"{HUNG_CALLS} routes and reports while it hangs: "
                 f"{clock():.3f} s")
            fails("timeout", c.call, "ping")
        finally:
            wake(DAEMON)
        assert c.call("ping", timeout=LONG)  # whoever asks finds it again
        await_return(c)


def await_return(c):
    """Routes until it is asked again, which has a bound."""
    clock = Clock()
    while c.route(x=X, default="usual", timeout=LONG).decision is None:
        clock.check(LAST)


@test
def threads_do_not_wait_one_after_the_other_for_one_that_hangs():
    with client(decide_timeout=PATIENCE) as c:
        assert c.call("ping")
        hang(DAEMON)
        try:
            clock = Clock()
            threads = [threading.Thread(target=c.route, kwargs={
                "x": X, "default": "usual"}) for _ in range(32)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            clock.check(2 * PATIENCE)
        finally:
            wake(DAEMON)
        await_return(c)


@test
def a_daemon_that_was_restarted_is_found_again():
    with client() as c:
        assert c.route(x=X, default="usual").decision
        DAEMON.kill()
        gone = c.route(x=X, default="usual")
        assert gone.error.code == "unavailable", gone
        assert not c.report("some", 0.5)
        DAEMON.start()
        await_return(c)


@test
def a_restart_between_two_calls_is_not_noticed():
    with client() as c:
        assert c.route(x=X, default="usual").decision
        DAEMON.stop()
        DAEMON.start()
        assert c.route(x=X, default="usual").decision


@test
def a_daemon_killed_in_mid_flight_fails_what_was_under_way():
    with client() as c:
        assert c.call("ping")
        hang(DAEMON)
        asked = [c.submit("decide", x=X) for _ in range(100)]
        DAEMON.kill()
        for pending in asked:
            assert "closed" in str(fails("unavailable", pending.result))
        DAEMON.start()
        assert c.decide(x=X).decision


@test
def closing_fails_what_waits():
    c = client()
    assert c.call("ping")
    hang(DAEMON)
    try:
        seen = []
        waiting = c.submit("decide", x=X)
        thread = threading.Thread(target=lambda: seen.append(
            fails("unavailable", waiting.result)))
        thread.start()
        c.close()
        thread.join()
        assert seen
    finally:
        wake(DAEMON)
    assert c.call("ping")  # it connects again
    c.close()


REFUSED = """
import os, sys, banditd
os.setgroups([]); os.setgid(65534); os.setuid(65534)
client = banditd.Client(sys.argv[1])
choice = client.route(x=[0.6, 0.8], default="usual")
assert choice.arm == "usual" and choice.error.code == "denied", choice
try:
    client.call("ping")
except banditd.Denied as error:
    print(error)
"""


def refused(daemon):
    done = subprocess.run(
        [sys.executable, "-c", REFUSED, daemon.socket], text=True, check=True,
        stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.path.join(
            SOURCE, "clients", "python")})
    return done.stdout


@test
def no_permission_names_the_group_to_join():
    if os.geteuid() != 0:
        raise Skip("only root can be somebody else")
    group = grp.getgrnam("daemon")
    with Daemon("socket_mode = 0660\n" + CONFIG) as daemon:
        os.chmod(daemon.dir, 0o755)
        os.chown(daemon.socket, -1, group.gr_gid)
        assert f"join its group {group.gr_name}" in refused(daemon)
        os.chmod(daemon.dir, 0o750)
        os.chown(daemon.dir, -1, group.gr_gid)
        assert f"join its group {group.gr_name}" in refused(daemon)
        os.chmod(daemon.dir, 0o755)
        os.chown(daemon.socket, -1, 0)
        assert "run as its owner" in refused(daemon)
        assert "join" not in refused(daemon)
        os.chmod(daemon.socket, 0o600)
        assert "socket_mode" in refused(daemon)


@test
def no_descriptor_left_leaves_the_default():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with client() as c:
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
        try:
            gone = c.route(x=X, default="usual")
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert gone.arm == "usual" and gone.error.code == "unavailable", gone
        await_return(c)


@test
def nobody_there_is_said_with_the_path():
    c = banditd.Client("/nowhere/banditd.sock")
    assert "/nowhere/banditd.sock" in str(fails("unavailable", c.call, "ping"))
    c = banditd.Client("/" + "n" * 200)
    assert "n" * 200 in str(fails("unavailable", c.call, "ping"))
    fails("unavailable", banditd.Client("/a\0b").call, "ping")


if __name__ == "__main__":
    main(after=DAEMON.remove)
