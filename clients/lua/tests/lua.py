"""The Lua interpreters that are here, and where they find the client."""
import os
import shutil
import subprocess

from daemon import SOURCE
from tap import Skip

FOLDER = os.path.join(SOURCE, "clients", "lua")


def interpreters():
    """Those that are here and have what the client needs."""
    found = []
    for name in ("lua5.1", "luajit", "lua5.3"):
        if shutil.which(name) and subprocess.run(
                [name, "-e", 'require "MessagePack"; require "socket.unix"'],
                stderr=subprocess.DEVNULL, check=False).returncode == 0:
            found.append(name)
    if not found:
        raise Skip("no Lua with lua-messagepack and lua-socket")
    return found


def environment(path):
    return {**os.environ, "BANDITD_SOCKET": path,
            "LUA_PATH": os.path.join(FOLDER, "?.lua") + ";;"}
