"""banditctl against the real daemon: exit codes, JSON, tables, vectors."""
import json
import os
import signal
import subprocess

from daemon import BANDITCTL, PATIENCE, Daemon, packed
from tap import main, test

EX_REFUSED, EX_USAGE, EX_DATAERR, EX_UNAVAILABLE = 1, 64, 65, 69
CONFIG = """
router "default" {
    dimension = 3
    arm "a" { cost = 1  group = "g" }
    arm "b" { cost = 2 }
}
"""
X = "[1, 2.5, -3e-1]"

daemon = Daemon(CONFIG).start()


def ctl(*words, **more):
    """What a command wrote; it has to succeed."""
    done = daemon.ctl(*words, **more)
    assert done.returncode == 0, (words, done)
    assert done.stderr == "", done.stderr
    return done.stdout


def fails(status, *words, **more):
    """Its sentence."""
    done = daemon.ctl(*words, **more)
    assert done.returncode == status, (words, done)
    assert done.stdout == "" and done.stderr != "", done
    return done.stderr


@test
def every_command_answers_one_json_document():
    decision = daemon.ctl_json("decide", X)
    documents = {
        ("ping",): "version",
        ("status",): "uptime",
        ("routers",): "routers",
        ("arms",): "arms",
        ("arms", "router=default"): "arms",
        ("decide", X, "explain=true"): "scores",
        ("feedback", decision["decision"], "0.5"): "applied",
        ("observe", X, "a", "1"): "seq",
        ("score", X): "scores",
        ("metrics",): "text",
        ("methods",): "methods",
        ("state-hash",): "hash",
        ("checkpoint",): "seq",
        ("backup", daemon.dir + "/copy"): "seq",
        ("call", "ping"): "uptime",
        ("call", "state_hash", "router=default"): "hash",
        ("version",): "version",
    }
    for words, key in documents.items():
        assert key in daemon.ctl_json(*words), words
    for words in (("arm", "add", "c", "cost=3"), ("arm", "set", "c", "cost=4"),
                  ("arm", "disable", "c"), ("arm", "enable", "c"),
                  ("arm", "remove", "c"), ("reload",)):
        assert daemon.ctl_json(*words) == {}, words
    assert "methods" in json.dumps(daemon.ctl_json("help"))


@test
def every_method_is_a_command():
    for method in daemon.ctl_json("methods")["methods"]:
        if method["name"] in ("export", "import"):
            continue  # commands of that name are banditctl's own
        words = method["name"].replace("_", "-").split(".")
        shown = ctl("help", *words)
        assert method["help"] in " ".join(shown.split()), shown
        for param in method["params"]:
            assert param["name"] in shown.lower(), (words, param)


@test
def errors_of_the_daemon_exit_with_1_and_its_word():
    assert "unknown_router" in fails(EX_REFUSED, "arms", "router=nowhere")
    assert "unknown_arm" in fails(EX_REFUSED, "arm", "remove", "nobody")
    assert "dimension_mismatch" in fails(EX_REFUSED, "decide", "[1]")
    assert "conflict" in fails(EX_REFUSED, "arm", "add", "a")
    assert "unknown_method" in fails(EX_REFUSED, "call", "guess")
    assert "unknown_decision" in fails(EX_REFUSED, "feedback", "none", "1")


@test
def an_error_is_a_json_document_too():
    done = daemon.ctl("-j", "decide", "[1]")
    assert done.returncode == EX_REFUSED
    assert json.loads(done.stdout)["error"]["code"] == "dimension_mismatch"
    done = daemon.ctl("-j", "decide", "[1,")
    assert done.returncode == EX_DATAERR
    assert "code" in json.loads(done.stdout)["error"]


@test
def a_wrong_command_line_exits_with_64():
    for words in ((), ("guess",), ("arm",), ("arm", "paint"), ("decide",),
                  ("feedback", "d1.1.1"), ("feedback", "d", "much"),
                  ("arm", "set", "a", "enabled=maybe"),
                  ("decide", X, "colour=red"), ("ping", "pong"),
                  ("arm", "add", "x", "cost=1", "cost=2"),
                  ("-q", "ping"), ("-t", "soon", "ping"), ("call",)):
        fails(EX_USAGE, *words)


@test
def bad_data_exits_with_65():
    for vector in ("[1,", "[]", '["one"]', "[[1]]", "/no/such/file", "{}"):
        fails(EX_DATAERR, "decide", vector)
    fails(EX_DATAERR, "decide", "-", input="")
    fails(EX_DATAERR, "-b", "decide", "-", input="12345")


@test
def without_a_daemon_it_exits_with_69():
    env = daemon.environment(BANDITD_SOCKET=daemon.dir + "/nobody")
    sentence = fails(EX_UNAVAILABLE, "ping", env=env)
    assert daemon.dir + "/nobody" in sentence
    sentence = fails(EX_UNAVAILABLE, "-s", daemon.dir + "/no/dir", "ping")
    assert "-s" in sentence


@test
def the_option_wins_over_the_environment():
    env = daemon.environment(BANDITD_SOCKET=daemon.dir + "/nobody")
    ctl("-s", daemon.socket, "ping", env=env)


@test
def a_vector_is_an_argument_a_file_or_standard_input():
    file = os.path.join(daemon.dir, "x.json")
    raw = os.path.join(daemon.dir, "x.f32")
    with open(file, "w", encoding="utf-8") as out:
        out.write(X)
    with open(raw, "wb") as out:
        out.write(packed(json.loads(X)))
    wanted = daemon.ctl_json("score", X)
    assert daemon.ctl_json("score", file) == wanted
    assert daemon.ctl_json("score", "-", input=X) == wanted
    assert daemon.ctl_json("-b", "score", raw) == wanted
    with open(raw, "rb") as stdin:
        assert daemon.ctl_json("-b", "score", "-", stdin=stdin) == wanted
    assert daemon.ctl_json("score", "x=" + X) == wanted


@test
def parameters_come_in_any_order_with_their_names():
    d = daemon.ctl_json("decide", X, "exclude=b")
    assert d["arm"] == "a"
    d = daemon.ctl_json("decide", "exclude=a", X, "explain=true")
    assert d["arm"] == "b"
    answer = daemon.ctl_json("feedback", "reward=1",
                             "decision=" + d["decision"], "arm=b")
    assert answer["applied"] is True
    d = daemon.ctl_json("decide", X, "arms=a,b", "max_cost=1.5")
    assert d["arm"] == "a"


@test
def arms_are_changed_by_words():
    ctl("arm", "add", "new", "cost=0.5", "group=other")
    arms = {a["arm"]: a for a in daemon.ctl_json("arms")["arms"]}
    assert arms["new"]["cost"] == 0.5 and arms["new"]["group"] == "other"
    ctl("arm", "disable", "new")
    arms = {a["arm"]: a for a in daemon.ctl_json("arms")["arms"]}
    assert arms["new"]["enabled"] is False
    ctl("arm", "enable", "new")
    ctl("arm", "remove", "new")
    assert "new" not in ctl("arms")


@test
def tables_show_what_json_says():
    table = ctl("arms").splitlines()
    assert "reward_mean" in table[0].lower().replace(" ", "_"), table[0]
    for arm in daemon.ctl_json("arms")["arms"]:
        line, = [row for row in table if row.split()[0] == arm["arm"]]
        assert str(arm["rewards"]) in line.split(), line
    scores = ctl("score", X).splitlines()
    assert len(scores) == 3, scores
    status = ctl("status")
    assert "snapshot_seq" in status
    assert all("\x1b" not in text for text in (status, *table, *scores))


@test
def metrics_are_printed_as_they_are():
    text = ctl("metrics")
    assert text.startswith("# TYPE banditd_")
    assert text.endswith("# EOF\n")


@test
def a_full_disk_is_noticed():
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([BANDITCTL, "status"], stdout=full,
                              stderr=subprocess.PIPE, timeout=PATIENCE,
                              env=daemon.environment(), check=False)
    assert done.returncode != 0 and done.stderr, done


@test
def a_daemon_that_does_not_answer_times_out():
    daemon.signal(signal.SIGSTOP)
    try:
        done = daemon.ctl("-t", "0.05", "ping")
    finally:
        daemon.signal(signal.SIGCONT)
    assert done.returncode == EX_UNAVAILABLE, done
    ctl("ping")


main(after=daemon.remove)
