"""The Node client: against the daemon, against none, and against one that lies."""
import grp
import os
import re
import shutil
import signal
import subprocess
import threading

from daemon import PATIENCE, SOURCE, Daemon
from fake import HOSTILE, Fake, result
from tap import Skip, main, note, test

CONFIG = 'router "default" { dimension = 3  arm "small" { }  arm "large" { } }'
FOLDER = os.path.join(SOURCE, "clients", "node")
PRELUDE = """
import { Client, BanditdError } from "./banditd.js";
const client = new Client({ timeout: 5000 });
const x = [1, 0.5, -1];
const print = (...words) => console.log(words.map(String).join(" "));
const code = (promise) => promise.then(() => "none", (error) => error.code);
async function seconds(f) {
  const start = performance.now();
  await f();
  return (performance.now() - start) / 1000;
}
"""
# Generous, as the machine may be busy; a wait without bound is one of PATIENCE.
BOUND = 2


def node():
    program = shutil.which("node")
    if not program:
        raise Skip("node is not installed")
    if not os.path.isdir(os.path.join(FOLDER, "node_modules", "@msgpack")):
        raise Skip("no clients/node/node_modules, which script/setup makes")
    return program


def environment(path):
    return {**os.environ, "BANDITD_SOCKET": path}


def command(chunk, kind="module"):
    return [node(), f"--input-type={kind}", "-e", chunk]


def run(path, chunk, kind="module", **more):
    done = subprocess.run(command(chunk, kind), text=True, timeout=PATIENCE, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=FOLDER,
                          env=environment(path), **more)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout.splitlines()


def prints(path, chunk, wanted):
    lines = run(path, PRELUDE + chunk)
    assert lines == wanted, f"wanted {wanted}:\n{lines}"


@test
def the_example_of_the_readme_learns():
    with open(os.path.join(FOLDER, "README.md"), encoding="utf-8") as readme:
        example, = re.findall(r"^```js\n(.*?)^```$", readme.read(),
                              re.MULTILINE | re.DOTALL)
    assert "new Client()" in example
    example = example.replace("new Client()", "new Client({ timeout: 5000 })")
    with Daemon(CONFIG) as daemon:
        assert run(daemon.socket, example) == []
        router, = daemon.client().call("routers")["routers"]
        assert (router["decisions"], router["rewards"]) == (1, 1), router


@test
def every_call_reaches_the_daemon():
    with Daemon(CONFIG) as daemon:
        prints(daemon.socket, """
const choice = await client.decide({ x, arms: ["large"], explain: true });
print(choice.arm, choice.propensity, choice.scores.length);
const { decision } = choice;
print((await client.feedback({ decision, reward: 1, cost: 2 })).applied);
print((await client.feedback({ decision, reward: 1 })).applied);
print((await client.observe({ x, arm: "small", reward: 0.25, key: undefined })).applied);
const one = (await client.score({ x })).scores;
const other = (await client.score({ x: Float32Array.from(x) })).scores;
print(one.length, one[0].sigma === other[0].sigma);
print((await client.check()).protocol);
print(await code(client.decide({ x: [1, 2] })), await code(client.decide({ x: [1, 2, NaN] })),
  await code(client.feedback({ decision: "no", reward: 1 })),
  await code(client.call("no.such")));
""", ["large 1 2", "true", "false", "true", "2 true", "1",
      "dimension_mismatch not_finite unknown_decision unknown_method"])


@test
def a_thousand_calls_at_once_have_their_own_answers():
    with Daemon(CONFIG) as daemon:
        prints(daemon.socket, """
client.timeout = 20000;
const ids = Array.from({ length: 1000 }, (_, i) => `own-${i}`);
const made = await Promise.all(ids.map((decision) => client.decide({ x, decision })));
print(made.every((choice, i) => choice.decision === ids[i]));
const told = await Promise.all(ids.map((decision, i) =>
  i % 2 ? client.feedback({ decision, reward: 0.5 }, { timeout: 20000 }) : code(client.decide({ x: [i] }))));
print(told.every((answer, i) => i % 2 ? answer.applied : answer === "dimension_mismatch"));
""", ["true", "true"])


@test
def a_daemon_that_is_away_costs_nothing():
    prints("/nonexistent/sock", """
for (const _ of [1, 2]) {
  let route;
  print(await seconds(async () => { route = await client.route({ x, default: "small" }); })
    < 2);
  print(route.arm, route.decision, route.error.code);
}
""", ["true", "small null unavailable", "true", "small null resting"])


@test
def a_daemon_that_hangs_costs_one_wait():
    with Daemon(CONFIG) as daemon:
        daemon.signal(signal.SIGSTOP)
        prints(daemon.socket, f"""
client.rest = 60000;
client.timeout = 200;
let route;
const ask = async () => {{ route = await client.route({{ x, default: "small" }}); }};
let took = await seconds(ask);
print(route.arm, route.decision, route.error.code, took > 0.15 && took < {BOUND});
took = await seconds(async () => {{ for (let i = 0; i < 1000; i++) await ask(); }});
print(route.arm, route.decision, route.error.code, took < {BOUND});
""", ["small null timeout true", "small null resting true"])
        daemon.signal(signal.SIGCONT)


@test
def a_daemon_that_refuses_is_asked_again():
    with Daemon('router "default" { dimension = 3 }') as daemon:
        prints(daemon.socket, """
for (const _ of [1, 2]) {
  const { arm, decision, error } = await client.route({ x, default: "small" });
  print(arm, decision, error.code);
}
await client.call("arm.add", { arm: "large" });
print((await client.route({ x, default: "small" })).arm);
""", 2 * ["small null no_eligible_arm"] + ["large"])


@test
def it_comes_back_to_a_daemon_that_comes_back():
    with Daemon(CONFIG) as daemon, subprocess.Popen(command(PRELUDE + """
import { createInterface } from "node:readline";
client.rest = 0;
client.timeout = 5000;
for await (const _ of createInterface({ input: process.stdin })) {
  const { arm, error } = await client.route({ x, default: "none" });
  print(arm !== "none", error?.code ?? "");
}
"""), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=FOLDER,
            env=environment(daemon.socket)) as process:
        def ask():
            process.stdin.write("\n")
            process.stdin.flush()
            return process.stdout.readline().strip()
        assert ask() == "true"
        daemon.stop()
        assert ask() == "false unavailable"
        daemon.start()
        assert ask() == "true"
        daemon.kill()
        daemon.start()
        assert ask() == "true", "a stale connection"
        process.stdin.close()
        assert process.wait(PATIENCE) == 0, "an idle connection keeps it alive"


@test
def what_is_under_way_survives_a_restart():
    end = threading.Event()

    def first_hangs_up(connection, request):
        if request[2] == "ping":
            return result({"protocol": 1})(connection, request)
        if request[2] == "decide" and end.is_set():
            return result({"arm": "large", "decision": "d"})(connection, request)
        end.set()
        return False

    with Fake(first_hangs_up) as fake:
        prints(fake.path, """
await client.check();
client.timeout = 5000;
print((await client.decide({ x })).arm);
""", ["large"])


@test
def what_may_count_twice_is_not_sent_twice():
    def hangs_up(connection, request):
        if request[2] == "ping":
            return result({"protocol": 1})(connection, request)
        return False

    for method, wanted in ("feedback", 3), ("observe", 2):
        with Fake(hangs_up) as fake:
            prints(fake.path, f"""
await client.check();
print(await code(client.call("{method}")));
""", ["unavailable"])
            assert fake.requests == wanted, (method, fake.requests)


@test
def no_lie_is_taken_for_a_decision():
    for data, ends, why in HOSTILE:
        # This client's first request is number 1.
        data = data.replace(b"\x94\x01\x00", b"\x94\x01\x01")

        def answer(connection, _, data=data, ends=ends):
            connection.sendall(data)
            return not ends
        with Fake(answer) as fake:
            prints(fake.path, """
const { arm, decision, error } = await client.route({ x, default: "small" });
print(arm, decision, ["protocol", "timeout", "unavailable"].includes(error.code)
  || error.stack);
client.close();
""", ["small null true"])
            note(why)


@test
def an_arm_that_was_not_asked_for_is_not_taken():
    with Fake(result({"arm": "b", "decision": "d"})) as fake:
        prints(fake.path, """
for (const arms of [["a", "b"], ["a", "c"]]) {
  const { arm, decision, error } = await client.route({ x, default: "a", arms });
  print(arm, decision, error?.message);
}
""", ["b d undefined",
      "a null protocol: a decision for an arm that was not asked for"])


@test
def a_daemon_that_never_stops_talking_is_left():
    def talks(connection, _):
        connection.sendall(b"\x94\x01\x01\xc0\xda\xff\xff")
        while True:  # until the client has hung up
            connection.sendall(b"x" * 65536)

    with Fake(talks) as fake:
        prints(fake.path, """
client.timeout = 20000;
print(await code(client.decide({ x })));
""", ["protocol"])


@test
def a_daemon_that_drips_is_left_in_time():
    end = threading.Event()

    def drip(connection, _):
        connection.sendall(b"\x94\x01\x01\xc0\xda\xff\xff")
        while not end.wait(0.02):
            connection.sendall(b"x")
        return False

    with Fake(drip) as fake:
        prints(fake.path, f"""
client.timeout = 200;
const took = await seconds(async () => print(await code(client.decide({{ x }}))));
print(took > 0.15 && took < {BOUND});
client.close();
""", ["timeout", "true"])
        end.set()


@test
def an_aborted_call_ends_at_once():
    with Daemon(CONFIG) as daemon:
        daemon.signal(signal.SIGSTOP)
        prints(daemon.socket, f"""
const why = (promise) => promise.then(() => "none", (error) => error);
const took = await seconds(async () => {{
  for (const ask of [(o) => client.route({{ x, default: "small" }}, o),
    (o) => client.decide({{ x }}, o), (o) => client.call("ping", {{}}, o)]) {{
    const control = new AbortController();
    const asked = why(ask({{ signal: control.signal, timeout: 60000 }}));
    control.abort("enough");
    print(await asked, await why(ask({{ signal: control.signal }})));
  }}
}});
print(took < {BOUND});
""", 3 * ["enough enough"] + ["true"])
        daemon.signal(signal.SIGCONT)


@test
def another_protocol_is_named():
    with Fake(result({"protocol": 2})) as fake:
        prints(fake.path, """
await client.check().catch((error) => print(error.message));
""", ["protocol: banditd speaks protocol 2, this client 1"])


@test
def no_permission_names_the_group():
    with Daemon(CONFIG, ["-o", "socket_mode=0600"]) as daemon:
        as_nobody = {}
        if os.getuid() == 0:
            os.chmod(daemon.dir, 0o755)
            os.chown(daemon.socket, -1, grp.getgrnam("daemon").gr_gid)
            as_nobody = {"user": 65534, "group": 65534, "extra_groups": []}
        else:
            os.chmod(daemon.socket, 0)
        group = subprocess.run(["stat", "-c", "%G", daemon.socket], text=True, check=True,
                               stdout=subprocess.PIPE).stdout.strip()
        line, = run(daemon.socket, PRELUDE + """
await client.check().catch((error) => print(error.message));
""", **as_nobody)
        assert line.startswith("denied: no permission") and \
            line.endswith(f"join the group {group}"), line
        if as_nobody:
            os.chown(daemon.socket, -1, 0)
            line, = run(daemon.socket, PRELUDE + """
await client.check().catch((error) => print(error.message));
""", **as_nobody)
            assert line.startswith("denied: no permission") and "join" not in line, line


@test
def a_client_that_was_not_written_for_banditd_is_served():
    if not os.path.isdir(os.path.join(FOLDER, "node_modules", "msgpack5rpc")):
        raise Skip("no msgpack5rpc in clients/node/node_modules")
    with Daemon(CONFIG) as daemon:
        lines = run(daemon.socket, """
const Session = require("msgpack5rpc");
const socket = require("net").connect(process.env.BANDITD_SOCKET);
const session = new Session();
session.attach(socket, socket);
session.request("decide", [{ x: [1, 0.5, -1], arms: ["large"] }], (error, choice) => {
  console.log(error, choice.arm);
  session.request("feedback", [{ decision: choice.decision, reward: 0.5 }], (none, told) => {
    console.log(none, told.applied);
    session.request("no.such", [], (why) => {
      console.log(String(why));
      socket.end();
    });
  });
});
""", "commonjs")
        assert lines[:2] == ["null large", "null true"], lines
        assert "unknown_method" in lines[2], lines


main()
