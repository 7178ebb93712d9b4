"""The manuals are well-formed, and nothing that can be used is missing."""
import glob
import os
import re
import subprocess

from daemon import BANDITD, SOURCE, Daemon
from tap import Skip, main, test

MANDOC = os.environ.get("MANDOC", "mandoc")
PAGES = {os.path.basename(path): path
         for path in glob.glob(os.path.join(SOURCE, "man", "*.[1-9]"))}


def page(name):
    """The page's source, words that mdoc splits put together again."""
    with open(PAGES[name], encoding="utf-8") as file:
        return file.read()


def source(path):
    with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
        return file.read()


def mentions(text, word):
    return re.search(rf"(?<![\w.]){re.escape(word)}(?!\w)", text)


def rows(path, table):
    """The names in a table of settings: the first word of each row."""
    body = source(path).split(table + "[] = {")[1].split("{ 0 }")[0]
    names = re.findall(r'^\t\{ "(\w+)", SETTING_', body, re.MULTILINE)
    assert names, f"no rows in {path}"
    return names


def check_mentions(name, words):
    text = page(name)
    missing = [w for w in words if not mentions(text, w)]
    assert not missing, f"not in {name}: {', '.join(missing)}"


@test
def there_is_a_page_for_everything():
    for name in ("banditd.8", "banditctl.1", "banditd.conf.5",
                 "banditd-protocol.7", "banditd.3", "banditd_event.3"):
        assert name in PAGES, name


@test
def pages_are_well_formed():
    if MANDOC == ":":
        raise Skip("mandoc is not installed")
    done = subprocess.run([MANDOC, "-T", "lint", "-W", "style",
                           *PAGES.values()], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    # Which other pages this machine has installed is not their fault.
    lines = [line for line in done.stdout.splitlines()
             if "referenced manual not found" not in line
             and "outdated mandoc.db" not in line]
    assert not lines, "\n".join(lines)


@test
def pages_refer_to_pages_that_exist():
    ours = {tuple(name.rsplit(".", 1)) for name in PAGES}
    for name in PAGES:
        for title, section in re.findall(r"^\.Xr (\S+) (\d)", page(name),
                                         re.MULTILINE):
            if title.startswith("bandit"):
                assert (title, section) in ours, (name, title, section)


@test
def every_method_and_parameter_is_in_the_protocol():
    with Daemon() as daemon:
        methods = daemon.client().call("methods")["methods"]
    text = page("banditd-protocol.7")
    parts = re.split(r"^\.It Ic ", text, flags=re.MULTILINE)[1:]
    described = {part.split("\n")[0].strip(): part for part in parts}
    for method in methods:
        assert method["name"] in described, method["name"]
        for param in method["params"]:
            assert mentions(described[method["name"]], param["name"]), \
                (method["name"], param["name"])
    assert set(described) == {m["name"] for m in methods}


@test
def every_error_code_is_in_the_protocol():
    table = source("base/err.c").split("errs[ERR_COUNT] = {")[1]
    codes = re.findall(r'\[ERR_\w+\] = \{ "(\w+)"', table.split("};")[0])
    assert len(codes) > 15
    check_mentions("banditd-protocol.7", set(codes) - {"ok"})


@test
def every_setting_is_in_the_manual_of_the_configuration():
    names = (rows("bandit/settings.c", "router_settings") +
             rows("daemon/settings.c", "daemon_settings") +
             rows("daemon/settings.c", "arm_settings"))
    assert len(names) > 25
    check_mentions("banditd.conf.5", names)


@test
def the_manual_of_the_configuration_has_the_defaults_in_force():
    daemon = Daemon('router "r" { }\n')
    try:
        shown = daemon.run("-t").stdout
    finally:
        daemon.remove()
    printed = dict(re.findall(r'^\t?(\w+) = "?([^"\n]*)"?$', shown,
                              re.MULTILINE))
    text = page("banditd.conf.5")
    for name, value in printed.items():
        if name in ("socket", "state_dir"):
            continue
        item = re.search(rf"^\.It .*\b{name}\b(.*?)(?=^\.It |^\.El)", text,
                         re.MULTILINE | re.DOTALL)
        assert item, f"{name} is not described"
        assert value in item.group(0), f"{name}: the default {value} is not"


@test
def every_command_is_in_the_manual_of_banditctl():
    with Daemon() as daemon:
        names = [m["name"] for m in daemon.ctl_json("methods")["methods"]]
        shown = daemon.ctl("help").stdout
    commands = [n.replace(".", " ").replace("_", "-") for n in names]
    for command in commands:
        assert re.search(rf"^ +{command}\b", shown, re.MULTILINE), command
    for word in ("arm enable", "arm disable", "call", "help", "verify",
                 "version"):
        commands.append(word)
    check_mentions("banditctl.1", commands)


@test
def every_option_of_the_daemon_is_in_its_manual():
    usage = subprocess.run([BANDITD, "-?"], text=True, check=False,
                           stderr=subprocess.PIPE).stderr
    letters = re.search(r"\[-(\w+)\]", usage).group(1)
    letters += "".join(re.findall(r"\[-(\w) ", usage))
    text = page("banditd.8")
    for letter in letters:
        assert re.search(rf"^\.It Fl {letter}\b", text, re.MULTILINE), letter


@test
def every_library_function_is_in_its_manual():
    names = set(re.findall(r"\b(banditd_\w+)\(", source("client/banditd.h")))
    assert len(names) > 20
    check_mentions("banditd.3", names)


main()
