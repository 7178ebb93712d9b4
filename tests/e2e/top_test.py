"""What looks again and again, as text and on a terminal: banditctl top, and
--watch of what only reads."""
import json
import os
import re
import signal
import subprocess

from daemon import BANDITCTL, Daemon
from tap import Skip, main, test
from terminal import Terminal

CONFIG = """
socket_mode = "0666"
router "chat" {
    dimension = 2  rff_dimension = 16
    arm "small" { } arm "vendor/a-model-of-a-very-long-name-2026" { }
}
router "many" { dimension = 2
""" + "".join(f'arm "model-{i:02}" {{ }}\n' for i in range(40)) + "}\n"
X = [1.0, 2.0]
NOBODY = 65534
COLOUR = re.compile(rb"\x1b\[[0-9;]*3[0-9]m")


class Traffic:
    """Decisions and rewards, until the end."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.process = os.fork()
        if self.process == 0:
            try:
                self.run()
            finally:
                os._exit(0)

    def run(self):
        client = self.daemon.client()
        while True:
            d = client.call("decide", x=X, router="chat")
            client.call("feedback", decision=d["decision"], reward=0.75)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)


def ctl(daemon, *words, size=(80, 24), before=None, **more):
    """banditctl on a terminal."""
    more.setdefault("TERM", "vt100")
    more.setdefault("LC_ALL", "C.UTF-8")
    more.setdefault("NO_COLOR", "")
    env = daemon.environment(**more)
    return Terminal([BANDITCTL, *words], env, *size, before)


def top(daemon, *words, **more):
    return ctl(daemon, "top", "-i", "0.1", *words, **more)


@test
def without_a_terminal_it_prints_frames():
    with Daemon(CONFIG) as daemon, Traffic(daemon):
        env = daemon.environment(LC_ALL="C.UTF-8", COLUMNS="80")
        done = daemon.ctl("top", "-n", "3", "-i", "0.2", env=env)
        assert done.returncode == 0, done
        assert done.stdout.count("banditd ") == 3, done.stdout
        assert "\x1b" not in done.stdout
        assert max(map(len, done.stdout.splitlines())) <= 80
        frames = done.stdout.split("\n\n")
        rate = re.search(r"decisions ([0-9.]+)/s", done.stdout)
        assert float(rate.group(1)) > 0, frames
        assert "2026" in done.stdout and \
            re.search("[\u2581-\u2588]", done.stdout), frames
        done = daemon.ctl("top", "-n", "1", env=dict(env, LC_ALL="C"))
        assert done.stdout.isascii(), done.stdout


@test
def each_frame_is_a_document_of_json():
    with Daemon(CONFIG) as daemon, Traffic(daemon):
        done = daemon.ctl("-j", "top", "-n", "3", "-i", "0.2", "chat")
        frames = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(frames) == 3
        assert frames[0]["decisions_rate"] is None
        last = frames[2]
        assert last["decisions_rate"] > 0 and last["up"] is True
        assert sum(a["recent_share"] for a in last["arms"]) > 0.99
        assert any(abs((a["recent_reward"] or 0) - 0.75) < 1e-3
                   for a in last["arms"]), last


@test
def wrong_words_are_refused():
    with Daemon(CONFIG) as daemon:
        for words in (("-i", "0"), ("-i", "x"), ("-n", "0"), ("-x",),
                      ("a", "b")):
            assert daemon.ctl("top", *words).returncode == 64, words
        done = daemon.ctl("top", "-n", "1", "nothing")
        assert done.returncode == 1 and "no such router" in done.stderr, done
        daemon.stop()
        assert daemon.ctl("top", "-n", "1").returncode == 69


@test
def a_terminal_shows_it_and_the_keys_work():
    with Daemon(CONFIG) as daemon, Traffic(daemon), top(daemon) as t:
        text = t.shows("router chat (1 of 2)", "small", "q quit", "2 arms")
        while not re.search("[\u2581-\u2588]{8}", text):
            assert t.read()  # a history of shares
            text = t.screen.text()
        assert re.search("vendor/a-.*\u2026.*2026 ", text), text
        t.keys("h")
        t.shows("Select the arm above", "Ctrl-L")
        t.keys("h")
        t.shows("NOW%", without=["Select the arm above"])
        t.keys("s")
        t.shows("sorted by share now")
        t.keys("+")
        t.shows("every 0.2 s")
        t.keys("r")
        t.shows("router many (2 of 2)", "model-00", "40 arms")
        t.keys("G")
        t.shows("model-39", without=["model-00"])
        t.keys("g")
        t.shows("model-00", without=["model-39"])
        t.keys("\x1bOB\x1bOB")  # the arrow, as a vt100 sends it
        t.keys("p")
        t.shows("Pause model-02?")
        t.keys("n")
        t.shows("q quit", without=["Pause"])
        t.keys("\x0c")
        t.shows("router many")
        t.keys("q")
        assert t.ends() == 0


@test
def it_follows_the_size_of_the_terminal():
    with Daemon(CONFIG) as daemon, top(daemon, "many") as t:
        t.shows("model-00", "q quit", without=["model-39"])
        t.resize(200, 50)
        text = t.shows("model-39", "EXPIRED", "1-40 of 40 arms")
        assert text.splitlines()[49].startswith("q quit"), text
        t.resize(40, 10)
        text = t.shows("model-00", "q quit", without=["EXPIRED", "model-39"])
        assert text.splitlines()[9].startswith("q quit"), text
        t.resize(1, 1)
        t.resize(80, 24)
        t.shows("model-00", "OVER TIME", "q quit")
        t.keys("q")
        assert t.ends() == 0


@test
def names_that_are_cut_alike_are_told_apart():
    alike = [f"vendor/a-model-whose-name-is-{i:02}-and-goes-on" for i in (1, 2)]
    arms = "".join(f'arm "{name}" {{ }} ' for name in alike)
    with Daemon(f'router "chat" {{ dimension = 2 {arms} }}') as daemon, \
            top(daemon) as t:
        t.shows("2 arms", without=alike)
        t.keys("j")
        t.shows(alike[1], without=alike[:1])
        t.keys("k")
        t.shows(alike[0], without=alike[1:])
        t.resize(200, 24)
        t.shows(*alike)


@test
def an_arm_is_paused_and_enabled_again():
    def enabled(daemon):
        arms = daemon.client().call("arms", router="chat")["arms"]
        return [arm["enabled"] for arm in arms]

    with Daemon(CONFIG) as daemon, top(daemon) as t:
        t.shows("small")
        t.keys("p")
        t.shows("Pause small?")
        t.keys("y")
        t.shows("small is paused")
        assert enabled(daemon) == [False, True]
        t.keys(" y")
        t.shows("small is enabled")
        assert enabled(daemon) == [True, True]


@test
def a_pause_that_is_denied_is_told():
    if os.getuid() != 0:
        raise Skip("only root can be another user")
    with Daemon(CONFIG + 'role "read" { users = {"nobody"} }') as daemon:
        os.chmod(daemon.dir, 0o755)

        def become():
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        with top(daemon, before=become) as t:
            t.shows("small")
            t.keys("py")
            t.shows("denied: ")
            arms = daemon.client().call("arms", router="chat")["arms"]
            assert all(arm["enabled"] for arm in arms)


@test
def a_daemon_that_goes_away_and_comes_back_is_shown():
    with Daemon(CONFIG) as daemon, top(daemon) as t:
        t.shows("small", "q quit")
        daemon.kill()
        t.shows("no answer for", "small")
        daemon.start()
        t.shows("small", without=["no answer"])
        daemon.signal(signal.SIGSTOP)
        t.shows("no answer for")
        t.keys("h")  # keys work meanwhile
        t.shows("Select the arm above")
        daemon.signal(signal.SIGCONT)
        t.shows("q quit", without=["no answer"])
        t.keys("q")
        assert t.ends() == 0


def rest(fd):
    data = b""
    while True:
        try:
            data += os.read(fd, 65536)
        except OSError:  # the other end is closed
            return data


@test
def a_terminal_gets_back_what_it_was():
    """Whether it ends by a key, a signal, or for want of the terminal."""
    with Daemon(CONFIG) as daemon:
        for end in (lambda t: t.keys("q"),
                    lambda t: os.kill(t.pid, signal.SIGTERM),
                    lambda t: t.keys("\x03")):
            with top(daemon, TERM="xterm") as t:
                while b"q quit" not in t.raw:
                    t.raw += os.read(t.fd, 65536)
                end(t)
                t.raw += rest(t.fd)
                assert t.wait() == 0
                assert b"\x1b[?1049l" in t.raw  # the screen before
                assert b"\x1b[?25h" in t.raw  # the cursor
        t = top(daemon)
        t.shows("q quit")
        os.close(t.fd)
        t.fd = None
        t.wait()  # it ends, or the watchdog does


@test
def colours_only_where_they_are_wanted():
    with Daemon(CONFIG) as daemon, Traffic(daemon):
        for more, coloured in ({"TERM": "ansi"}, True), \
                ({"TERM": "ansi", "NO_COLOR": "1"}, False):
            with top(daemon, **more) as t:
                raw = b""
                while len(raw) < 6000 and not COLOUR.search(raw):
                    raw += os.read(t.fd, 65536)
                assert bool(COLOUR.search(raw)) == coloured, raw[-500:]
        # libtinfo keeps what it made for a screen that it cannot have.
        with top(daemon, TERM="no-such-terminal",
                 ASAN_OPTIONS="detect_leaks=0") as t:
            assert t.ends() == 64


@test
def arms_are_watched_in_place():
    with Daemon(CONFIG) as daemon, \
            ctl(daemon, "arms", "--watch=0.1", "chat") as t:
        t.shows("arms every 0.1 s", "small")
        daemon.client().call("arm.add", arm="third", router="chat")
        text = t.shows("third")
        assert text.count("small") == 1 and text.count("third") == 1, text
        daemon.client().call("arm.remove", arm="third", router="chat")
        t.shows("small", without=["third"])
        daemon.kill()
        t.shows("arms every 0.1 s", without=["small"])
        daemon.start()
        t.shows("small")
        t.keys("\x03")
        assert t.ends() == -signal.SIGINT


@test
def arms_are_whole_on_a_narrow_terminal():
    arms = "".join(f'arm "{name}" {{ }} ' for name in ("small", "large"))
    with Daemon(f'router "chat" {{ dimension = 2 {arms} }}') as daemon, \
            ctl(daemon, "arms", "chat", "--watch=0.1") as t:
        t.shows("small", "large", "reward_mean", "share", "last_reward")
        t.resize(200, 24)
        t.shows("small", "large", "REWARD_MEAN", "SHARE", "LAST_REWARD")


@test
def what_only_reads_is_watched_without_a_terminal_too():
    with Daemon(CONFIG) as daemon:
        process = subprocess.Popen(
            [BANDITCTL, "-j", "status", "--watch=0.1"], text=True,
            env=daemon.environment(), stdout=subprocess.PIPE)
        try:
            times = [json.loads(process.stdout.readline())["time"]
                     for _ in range(3)]
            assert times == sorted(set(times)), times
        finally:
            process.kill()
            process.communicate()
        for words in ("arms", "--watch=0"), ("arms", "--watchful"):
            assert daemon.ctl(*words).returncode == 64, words
        for method in ("decide", "score"):
            done = daemon.ctl(method, "[1, 2]", "--watch")
            assert done.returncode == 64 and "only look" in done.stderr, done
        assert "--watch" in daemon.ctl("help", "arms").stdout
        assert "--watch" not in daemon.ctl("help", "decide").stdout


if __name__ == "__main__":
    main()
