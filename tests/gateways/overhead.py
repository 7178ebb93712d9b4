"""What a decision costs by each client and gateway, as ratios to the bare socket.

    script/overhead [ROUNDS]

The bare socket is this program with a request that is packed already, and http is the
same over HTTP, on a Unix socket.  Clients ask for the same decision, one at a time.  Of a gateway it is what a request takes that banditd
routes, less one that it is not asked about; the model behind it is an nginx that answers
at once.  All take turns in each round; a row is the median of its rounds.
"""
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time

import msgpack

from daemon import SOURCE, Daemon
from gateway import Caller
from howto import PORTKEY, Sandbox, free_port, is_open

REQUESTS = 1000
DIMENSION = 384
CONFIG = f'router "default" {{ dimension = {DIMENSION}  arm "a" {{ }}  arm "b" {{ }} }}'
X = [((i * 7919) % 1000 - 500) / 500 for i in range(DIMENSION)]
LUA = """
local path, requests = os.getenv "BANDITD_SOCKET", tonumber(os.getenv "REQUESTS")
local transport = require "banditd.luasocket"(path)
local client = require "banditd".new { transport = transport, timeout = 5 }
local x, taken = {}, {}
for number in io.read "*a":gmatch "[^,]+" do x[#x + 1] = tonumber(number) end
for i = 1, requests do
	local start = transport.now()
	assert(client:decide { x = x })
	taken[i] = transport.now() - start
end
table.sort(taken)
print(taken[math.ceil(requests / 2)])
"""
NODE = """
import { readFileSync } from "node:fs";
import { Client } from "./banditd.js";
const client = new Client({ timeout: 5000 });
const x = Float32Array.from(readFileSync(0, "utf8").split(","), Number);
const taken = [];
for (let i = 0; i < Number(process.env.REQUESTS); i++) {
  const start = performance.now();
  await client.decide({ x });
  taken.push((performance.now() - start) / 1000);
}
console.log(taken.sort((a, b) => a - b)[Math.floor(taken.length / 2)]);
"""
UPSTREAM = """
daemon off; worker_processes 1; pid {root}/run/pid; error_log stderr;
events {{ }}
http {{
    access_log off;
    server {{
        listen 127.0.0.1:{port}; keepalive_requests 1000000;
        location / {{ default_type application/json; return 200 "{{}}"; }}
    }}
}}
"""
CHAT = {"model": "any", "messages": [{"role": "user", "content":
                                      "Write a Python function that sorts a list"}]}
NOT_ASKED = {"model": "any", "messages": [{"role": "nobody", "content":
                                           "Write a Python function that sorts a list"}]}


def timed(function):
    """Of the calls that were what they should be, which the function says."""
    taken = []
    for _ in range(REQUESTS):
        start = time.perf_counter()
        if function():
            taken.append(time.perf_counter() - start)
    assert len(taken) > REQUESTS / 2, "banditd is too slow to be asked"
    return statistics.median(taken)


def bare(daemon):
    connection = daemon.raw()
    request = msgpack.packb([0, 1, "decide", [{"x": X}]], use_single_float=True)

    def ask():
        connection.send(request)
        return connection.receive()[2] is None
    seconds = timed(ask)
    connection.close()
    return seconds


def over_http(daemon):
    body = json.dumps({"x": X}).encode()
    request = (b"POST /v1/decide HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
               b"application/json\r\nContent-Length: %d\r\n\r\n" % len(body)) + body

    def ask():
        connection.sendall(request)
        answer = b""
        while not answer.endswith(b"}\n"):
            answer += connection.recv(65536)
        return answer.startswith(b"HTTP/1.1 200 ")
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(daemon.dir + "/http")
        return timed(ask)


def program(*command, folder="."):
    def run(daemon):
        done = subprocess.run(command, input=",".join(map(str, X)), text=True, check=True,
                              stdout=subprocess.PIPE, cwd=os.path.join(SOURCE, folder),
                              env=daemon.environment(
                                  REQUESTS=str(REQUESTS),
                                  LUA_PATH=f"{SOURCE}/clients/lua/?.lua;;"))
        return float(done.stdout)
    return run


def clients():
    """Those that can be run here."""
    found = {"bare socket": bare, "http": over_http}
    for name in ("lua5.1", "lua5.3"):
        if shutil.which(name):
            found[name] = program(name, "-e", LUA)
    if os.path.isdir(os.path.join(SOURCE, "clients", "node", "node_modules")):
        found["node"] = program("node", "--input-type=module", "-e", NODE,
                                folder="clients/node")
    return found


def gateway(name, port):
    """What banditd adds to a request to the gateway, whose page is followed."""
    def run(_):
        with Sandbox(f"gateways/{name}.md", {8001: port, 8002: port}) as sandbox:
            sandbox.write_files()
            sandbox.daemon.start()
            sandbox.services[name].start()
            with Caller(sandbox.port(8080)) as caller:
                def ask(body, routed):
                    answer = caller.post("/v1/chat/completions", body)
                    return (answer.decision is not None) == routed
                return timed(lambda: ask(CHAT, True)) - timed(lambda: ask(NOT_ASKED, False))
    return run


def portkey(port):
    """The same of Portkey, whose webhooks are left out of one of two configurations."""
    def run(_):
        with Sandbox("gateways/portkey.md",
                     dict.fromkeys((8001, 8002, 8003), port)) as sandbox:
            sandbox.write_files()
            sandbox.daemon.start()
            sandbox.services["portkey"].start()
            with open(sandbox.path("/etc/portkey/config.json"), encoding="utf-8") as file:
                config = json.load(file)
            plain = {name: value for name, value in config.items() if "hooks" not in name}
            with Caller(sandbox.port(8787)) as caller:
                def ask(how, routed):
                    answer = caller.post("/v1/chat/completions", CHAT,
                                         x_portkey_config=json.dumps(how))
                    return ("banditd" in answer.json()) == routed
                return timed(lambda: ask(config, True)) - timed(lambda: ask(plain, False))
    return run


def gateways(port):
    found = {name: gateway(name, port) for name in ("nginx", "haproxy")}
    if shutil.which("node") and os.path.exists(PORTKEY):
        found["portkey"] = portkey(port)
    return found


def main(rounds):
    daemon = Daemon()
    daemon.configure(f'http = "unix:{daemon.dir}/http"\n' + CONFIG)
    with daemon:
        port = free_port()
        os.makedirs(daemon.dir + "/run")
        path = os.path.join(daemon.dir, "upstream.conf")
        with open(path, "w", encoding="utf-8") as out:
            out.write(UPSTREAM.format(root=daemon.dir, port=port))
        with subprocess.Popen(["nginx", "-c", path], stderr=subprocess.DEVNULL) as upstream:
            try:
                while not is_open(port):
                    time.sleep(0.02)
                measured = {**clients(), **gateways(port)}
                table = [{name: run(daemon) for name, run in measured.items()}
                         for _ in range(rounds)]
            finally:
                upstream.terminate()
    print(f"{'':12} {'us':>7} {'ratio':>6}")
    for name in measured:
        seconds = statistics.median(row[name] for row in table)
        ratio = statistics.median(row[name] / row["bare socket"] for row in table)
        print(f"{name:12} {seconds * 1e6:7.0f} {ratio:6.2f}")
    print(json.dumps(table))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
