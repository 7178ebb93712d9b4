"""The Lua client: against the daemon, against none, and against one that lies."""
import os
import re
import signal
import subprocess
import threading

from daemon import PATIENCE, Daemon, packed
from fake import HOSTILE, Fake, result, says
from lua import FOLDER, environment, interpreters
from tap import main, note, test

CONFIG = 'router "default" { dimension = 3  arm "small" { }  arm "large" { } }'
PRELUDE = """
local banditd = require "banditd"
local path = os.getenv "BANDITD_SOCKET"
local transport = require "banditd.luasocket"(path)
local client = banditd.new { transport = transport, timeout = 5 }
local function seconds(f)
	local start = transport.now()
	f()
	return transport.now() - start
end
"""
# Generous, as the machine may be busy; a wait without bound is one of PATIENCE.
BOUND = 2


def run(lua, path, chunk, **more):
    done = subprocess.run([lua, "-e", chunk], text=True, timeout=PATIENCE, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=environment(path), **more)
    assert done.returncode == 0 and not done.stderr, f"{lua}: {done.stderr}"
    return done.stdout.splitlines()


def both(path, chunk, wanted):
    """The chunk prints that, in each Lua."""
    for lua in interpreters():
        lines = run(lua, path, PRELUDE + chunk)
        assert lines == wanted, f"{lua}: wanted {wanted}:\n{lines}"


@test
def the_example_of_the_readme_learns():
    with open(os.path.join(FOLDER, "README.md"), encoding="utf-8") as readme:
        example, = re.findall(r"^```lua\n(.*?)^```$", readme.read(),
                              re.MULTILINE | re.DOTALL)
    assert '"BANDITD_SOCKET") }' in example
    example = example.replace('"BANDITD_SOCKET") }', '"BANDITD_SOCKET"), timeout = 5 }')
    for lua in interpreters():
        note(lua)
        with Daemon(CONFIG) as daemon:
            assert run(lua, daemon.socket, example) == []
            router, = daemon.client().call("routers")["routers"]
            assert (router["decisions"], router["rewards"]) == (1, 1), router


@test
def every_call_reaches_the_daemon():
    with Daemon(CONFIG) as daemon:
        both(daemon.socket, """
local function code(_, why) return why:match "^[%w_]+" end
local choice = client:decide { x = { 1, 0.5, -1 }, arms = { "large" }, explain = true }
print(choice.arm, choice.propensity == 1, #choice.scores)
print(client:feedback { decision = choice.decision, reward = 1, cost = 2 }.applied)
print(client:feedback { decision = choice.decision, reward = 1 }.applied)
print(client:observe { x = { 1, 2, 3 }, arm = "small", reward = 0.25 }.applied)
print(#client:call("arms").arms, client:check().protocol)
print(#client:call("methods").methods > 20, #client:call("metrics").text > 1000)
print(code(client:decide { x = { 1, 2 } }))
print(code(client:decide { x = { 1, 2, 0 / 0 } }))
print(code(client:decide { x = print }))
print(code(client:feedback { decision = "no", reward = 1 }))
print(code(client:call "no.such"))
""", ["large\ttrue\t2", "true", "false", "true", "2\t1", "true\ttrue",
      "dimension_mismatch", "not_finite", "bad_request", "unknown_decision",
      "unknown_method"])


@test
def a_vector_may_be_float32_in_a_string():
    x = "".join(f"\\{byte:03d}" for byte in packed([1, 2, -3]))
    with Daemon(CONFIG) as daemon:
        both(daemon.socket, f"""
local one = client:call("score", {{ x = "{x}" }})
local other = client:call("score", {{ x = {{ 1, 2, -3 }} }})
print(#one.scores, one.scores[1].sigma == other.scores[1].sigma)
""", ["2\ttrue"])


@test
def a_daemon_that_is_away_costs_nothing():
    both("/nonexistent/sock", """
local arm, decision, why
print(seconds(function()
	arm, decision, why = client:route { x = { 1, 0, 0 }, default = "small" }
end) < 2)
print(arm, decision, why:match "^%l+")
arm, decision, why = client:route { x = { 1, 0, 0 }, default = "small" }
print(arm, decision, why:match "^%l+")
""", ["true", "small\tnil\tunavailable", "small\tnil\tresting"])


@test
def a_daemon_that_hangs_costs_one_wait():
    with Daemon(CONFIG) as daemon:
        daemon.signal(signal.SIGSTOP)
        both(daemon.socket, f"""
client.rest, client.timeout = 60, 0.2
local arm, decision, why
local took = seconds(function()
	arm, decision, why = client:route {{ x = {{ 1, 0, 0 }}, default = "small" }}
end)
print(arm, decision, why:match "^%l+", took > 0.15 and took < {BOUND})
took = seconds(function()
	for _ = 1, 1000 do
		arm, decision, why = client:route {{ x = {{ 1, 0, 0 }}, default = "small" }}
	end
end)
print(arm, decision, why:match "^%l+", took < {BOUND})
""", ["small\tnil\ttimeout\ttrue", "small\tnil\tresting\ttrue"])
        daemon.signal(signal.SIGCONT)


@test
def a_daemon_that_refuses_is_asked_again():
    with Daemon('router "default" { dimension = 3 }') as daemon:
        both(daemon.socket, """
for _ = 1, 2 do
	local arm, decision, why = client:route { x = { 1, 0, 0 }, default = "small" }
	print(arm, decision, why:match "^[%w_]+")
end
client:call("arm.add", { arm = "large" })
print((client:route { x = { 1, 0, 0 }, default = "small" }))
client:call("arm.remove", { arm = "large" })
""", 2 * ["small\tnil\tno_eligible_arm"] + ["large"])


@test
def it_comes_back_to_a_daemon_that_comes_back():
    for lua in interpreters():
        with Daemon(CONFIG) as daemon, subprocess.Popen(
                [lua, "-e", PRELUDE + """
client.rest = 0
for line in io.lines() do
	local arm, decision, why = client:route { x = { 1, 0, 0 }, default = "none" }
	print(arm ~= "none", why and why:match "^%l+" or decision ~= nil)
	io.flush()
end
"""], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                env=environment(daemon.socket)) as process:
            def ask(to=process):
                to.stdin.write("\n")
                to.stdin.flush()
                return to.stdout.readline().strip()
            assert ask() == "true\ttrue"
            daemon.stop()
            assert ask() == "false\tunavailable"
            daemon.start()
            assert ask() == "true\ttrue"
            daemon.kill()
            daemon.start()
            assert ask() == "true\ttrue", "a stale connection"
            process.stdin.close()


@test
def no_lie_is_taken_for_a_decision():
    for data, ends, why in HOSTILE:
        def answer(connection, _, data=data, ends=ends):
            connection.sendall(data)
            return not ends
        with Fake(answer) as fake:
            both(fake.path, """
local arm, decision, why = client:route { x = { 1, 0, 0 }, default = "small" }
print(arm, decision, ({ protocol = 1, timeout = 1, unavailable = 1 })[why:match "^%l+"])
""", ["small\tnil\t1"])
            note(why)


@test
def an_arm_that_was_not_asked_for_is_not_taken():
    with Fake(result({"arm": "b", "decision": "d"})) as fake:
        both(fake.path, """
print(client:route { x = { 1 }, default = "a", arms = { "a", "b" } })
print(client:route { x = { 1 }, default = "a", arms = { "a", "c" } })
""", ["b\td", "a\tnil\tprotocol: a decision for an arm that was not asked for"])


@test
def a_daemon_that_drips_is_left_in_time():
    end = threading.Event()

    def drip(connection, _):
        connection.sendall(b"\x94\x01\x00\xc0\xda\xff\xff")
        while not end.wait(0.02):
            connection.sendall(b"x")
        return False

    with Fake(drip) as fake:
        both(fake.path, f"""
client.timeout = 0.2
local took = seconds(function()
	print(client:route {{ x = {{ 1, 0, 0 }}, default = "small" }})
end)
print(took > 0.15 and took < {BOUND})
""", ["small\tnil\ttimeout: banditd did not answer in time", "true"])
        end.set()


@test
def what_may_count_twice_is_not_sent_twice():
    def hangs_up(connection, request):
        if request[2] == "ping":
            return result({"protocol": 1})(connection, request)
        return False

    for method, wanted in ("feedback", 3), ("observe", 2):
        for lua in interpreters():
            with Fake(hangs_up) as fake:
                run(lua, fake.path, PRELUDE + f"""
assert(client:check())
local result, why = client:call("{method}")
assert(result == nil and why:find "^unavailable", why)
""")
                assert fake.requests == wanted, (method, fake.requests)


@test
def rewards_that_nobody_waits_for_have_few_senders_and_an_end():
    with Daemon(CONFIG) as daemon:
        both(daemon.socket, """
local spawned, lost = {}, 0
transport.spawn = function(f) spawned[#spawned + 1] = f return true end
client.max_reports, client.log = 50, function() lost = lost + 1 end
for _ = 1, 49 do
	local choice = client:decide { x = { 1, 2, 3 } }
	assert(client:report { decision = choice.decision, reward = 1 })
end
assert(client:report { decision = "unknown", reward = 1 })
print(client:report { decision = "one too many", reward = 1 })
print(#spawned)
for _, f in ipairs(spawned) do f() end
print(lost, client:call("routers").routers[1].pending)
assert(client:report { decision = "unknown", reward = 1 })
print(#spawned)
transport.spawn = function() return false end
assert(client:report { decision = "unknown", reward = 1 })
spawned[5]()
print(lost, client.reports.senders)
""", ["nil\toverloaded: too many rewards wait", "4", "1\t0", "5", "3\t0"])


@test
def another_protocol_is_named():
    with Fake(result({"protocol": 2})) as fake:
        both(fake.path, "print(client:check())",
             ["nil\tprotocol: banditd speaks protocol 2, this client 1"])
    with Fake(says(b"\x94\x01\x00\xc0\x05")) as fake:
        both(fake.path, "print(client:check())",
             ["nil\tprotocol: banditd speaks protocol false, this client 1"])


@test
def no_permission_names_the_group():
    with Daemon(CONFIG, ["-o", "socket_mode=0600"]) as daemon:
        if os.getuid() != 0:
            os.chmod(daemon.socket, 0)
            as_nobody = {}
        else:
            os.chmod(daemon.dir, 0o755)
            as_nobody = {"user": 65534, "group": 65534, "extra_groups": []}
        for lua in interpreters():
            line, = run(lua, daemon.socket, PRELUDE + "print(client:check())",
                        **as_nobody)
            assert "denied: no permission" in line and "group" in line, line


main()
