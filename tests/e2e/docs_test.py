"""The manuals are well-formed, nothing that can be used is missing, and what
the pages of doc/ name and link to is there."""
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


def texts():
    """Path and text of what is in Markdown, without its blocks of code."""
    paths = [os.path.join(SOURCE, name) for name in ("README.md", "HACKING.md")]
    for pattern in ("data/README.md", "doc/**/*.md", "clients/README.md",
                    "clients/*/README.md"):
        found = glob.glob(os.path.join(SOURCE, pattern), recursive=True)
        assert found, pattern
        paths += found
    for path in paths:
        with open(path, encoding="utf-8") as file:
            yield path, re.sub(r"^```.*?^```$", "", file.read(),
                               flags=re.MULTILINE | re.DOTALL)


def anchors(text):
    """The names that a page's headings have, as hosts of Git make them."""
    names = set()
    for heading in re.findall(r"^#+ +(.*)$", text, re.MULTILINE):
        heading = re.sub(r"\]\([^)]*\)", "", heading).strip().lower()
        name = re.sub(r"[^\w\- ]", "", heading).replace(" ", "-")
        number = 0
        while name + (f"-{number}" if number else "") in names:
            number += 1
        names.add(name + (f"-{number}" if number else ""))
    return names


def broken(link, path, pages):
    """Why a relative link of a page leads nowhere, or None."""
    name, _, anchor = link.partition("#")
    target = path
    if name:
        target = os.path.normpath(os.path.join(os.path.dirname(path), name))
    if not os.path.exists(target):
        return "no such file"
    if anchor and anchor not in anchors(pages.get(target, "")):
        return "no such heading"
    return None


@test
def every_link_and_anchor_of_the_pages_leads_somewhere():
    pages = dict(texts())
    wrong, seen = [], 0
    for path, text in pages.items():
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", link):
                continue
            seen += 1
            why = broken(link, path, pages)
            if why:
                wrong.append(f"{os.path.relpath(path, SOURCE)}: {link}: {why}")
    assert seen > 100, seen
    assert not wrong, "\n".join(wrong)


@test
def a_link_that_leads_nowhere_is_noticed():
    path = os.path.join(SOURCE, "README.md")
    pages = {path: "# One two, `three`?\n## One two, `three`?\n"}
    assert broken("#one-two-three", path, pages) is None
    assert broken("#one-two-three-1", path, pages) is None
    assert broken("README.md#one-two-three", path, pages) is None
    assert broken("#one-two", path, pages) == "no such heading"
    assert broken("doc/there-is-none.md", path, pages) == "no such file"


@test
def every_script_and_test_that_the_pages_name_is_there():
    programs = source("tests/bench/local.mk")
    missing = []
    for path, text in texts():
        for name in re.findall(r"(?<![\w/.])(?:script|tests)/[\w/]+\b", text):
            place = os.path.join(SOURCE, name)
            if not glob.glob(place) and not glob.glob(place + "[._]*") and \
                    name not in programs:
                missing.append((os.path.relpath(path, SOURCE), name))
    assert not missing, missing


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
    for word in ("arm enable", "arm disable", "call", "doctor", "export",
                 "help", "import", "plot", "top", "verify", "version"):
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
    for prefix, name, least in (("banditd_", "banditd", 20),
                                ("banditd_event_", "banditd_event", 4)):
        names = set(re.findall(rf"\b({prefix}\w+)\(",
                               source(f"client/{name}.h")))
        assert len(names) > least, names
        check_mentions(f"{name}.3", names)


main()
