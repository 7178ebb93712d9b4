"""Routers that take text: the vector, who takes what, and what is logged."""
import json
import re
import struct

from daemon import SOURCE, Daemon
from tap import main, test
from texthash import sums, vector, xxh64

DIMENSION = 64
ARMS = 'arm "poet" { }  arm "coder" { }'
CONFIG = f"""
router "text" {{ input = "text"  dimension = {DIMENSION}  bandwidth = 1 {ARMS} }}
router "auto" {{ input = "text"  dimension = auto  {ARMS} }}
router "vector" {{ dimension = 2  bandwidth = 1  {ARMS} }}
"""
TEXTS = [
    "",
    "Write a poem",
    "  write A\tpoem\n",
    "Prove: 2 + 2 = 4",
    "if (x == NULL) { return -1; }",
    "Übersetze „schöne Grüße“ ins Englische.",
    "東京タワーはどこですか？",
    "안녕하세요, 반갑습니다",
    "emoji \U0001f600\U0001f680, accents e\u0301, nothing\u200bseen",
    "zero\0byte and \x7f\x9b controls",
    "supercalifragilisticexpialidocious-and-more " * 3,
    "\ufeffbeyond \U00012345\U00010fff and \ue000 private",
    "much " * 20000 + "and the end",
    "東" * 40000,
]


def logged(client, router):
    """The contexts of the router's rewards, in their order."""
    events = client.call("export", router=router, limit=16 << 20)["events"]
    return [list(struct.unpack(f"<{len(e['x']) // 4}f", e["x"]))
            if isinstance(e["x"], bytes) else e["x"]
            for e in events if "x" in e]


@test
def the_hash_is_xxh64():
    assert xxh64(b"", 0) == 0xEF46DB3751D8E999
    assert xxh64(b"abc", 0) == 0x44BC2CF5AD770999
    assert xxh64(bytes(range(100)), 7) != xxh64(bytes(range(100)), 8)


@test
def a_text_is_logged_as_the_vector_of_the_manual_to_the_bit():
    with Daemon(CONFIG) as daemon:
        client = daemon.client()
        for text in TEXTS:
            client.call("observe", router="text", text=text, arm="poet",
                        reward=1)
        got = logged(client, "text")
    assert len(got) == len(TEXTS)
    for text, x in zip(TEXTS, got):
        assert x == vector(text, DIMENSION), text[:80]


@test
def the_examples_of_the_manual_are_right():
    path = SOURCE + "/man/banditd-protocol.7"
    with open(path, encoding="utf-8") as file:
        page = file.read().replace("\\-", "-")
    found = re.findall(r'^"(.*)"\n(?:.*words.*\n)?sums +([-0-9 ]+)$', page,
                       re.MULTILINE)
    assert len(found) >= 3, "no examples"
    for text, numbers in found:
        want = [int(n) for n in numbers.split()]
        assert sums(text, len(want)) == want, text


@test
def decide_score_and_observe_take_the_same_text():
    with Daemon(CONFIG) as daemon:
        client = daemon.client()
        for text, arm in (("write a poem on snow", "poet"),
                          ("fix this segfault in C", "coder")) * 10:
            for other in "poet", "coder":
                client.call("observe", router="text", text=text, arm=other,
                            reward=float(arm == other))
        for text, arm in (("a poem on rain", "poet"),
                          ("this C segfault", "coder")):
            scores = client.call("score", router="text", text=text)["scores"]
            decision = client.call("decide", router="text", text=text,
                                   explain=True)
            assert decision["arm"] == arm
            assert [s["mean"] for s in decision["scores"]] == \
                [s["mean"] for s in scores]
            client.call("feedback", decision=decision["decision"], reward=1)
        assert logged(client, "text")[-1] == \
            vector("this C segfault", DIMENSION)


@test
def text_may_come_as_bin():
    with Daemon(CONFIG) as daemon:
        client = daemon.client()
        for text in "Übung", "Übung".encode():
            client.call("observe", router="text", text=text, arm="poet",
                        reward=1)
        first, second = logged(client, "text")
        assert first == second


@test
def each_router_says_what_it_takes():
    with Daemon(CONFIG) as daemon:
        client = daemon.client()
        more = {"decide": {}, "score": {},
                "observe": {"arm": "poet", "reward": 1}}
        for method, params in more.items():
            def refused(says, **context):
                error = client.fails("bad_request", method, **params,
                                     **context)
                assert says in error, error
            refused("takes a vector, x", router="vector", text="a")
            refused('input = "text": it takes text', router="text", x=[1, 2])
            refused("missing: x or text", router="text")
            refused("missing: x or text", router="vector")
            refused("only one of these may be given: x or text",
                    router="text", x=[1, 2], text="a")
            refused("text takes text; this is a whole number", router="text",
                    text=5)
            refused("byte 5, 0xff, counted from 0", router="text",
                    text=b"abcde\xff")
        assert client.call("status")["received_seq"] == \
            client.call("status")["durable_seq"]
        assert not logged(client, "text")


@test
def a_router_without_a_dimension_takes_that_of_texts():
    with Daemon(CONFIG) as daemon:
        client = daemon.client()
        client.fails("dimension_mismatch", "score", router="auto", text="a")
        client.call("decide", router="auto", text="Write a poem")
        shown = {r["router"]: r for r in client.call("routers")["routers"]}
        taken = shown["auto"]["dimension"]
        client.call("observe", router="auto", text="Write a poem",
                    arm="poet", reward=1)
        assert logged(client, "auto") == [vector("Write a poem", taken)]


@test
def a_long_text_fits_and_one_over_the_limit_is_refused():
    with Daemon(CONFIG) as daemon:
        client = daemon.client()
        client.call("decide", router="text", text="word " * 200000)
        raw = daemon.raw()
        try:
            raw.request(7, "decide", router="text", text="word " * 250000)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has closed before all was sent
        else:
            assert raw.receive()[2].startswith("bad_request: ")
        assert client.call("decide", router="text", text="")["arm"]


@test
def what_fixes_the_learnt_state_cannot_be_reloaded():
    with Daemon(CONFIG) as daemon:
        client = daemon.client()
        client.call("observe", router="text", text="a", arm="poet", reward=1)
        daemon.configure(CONFIG.replace('input = "text"', 'input = "vector"'))
        error = client.fails("bad_request", "reload")
        assert "input is text in what it has learnt" in error, error
        error = client.fails("bad_request", "rebuild", router="vector",
                             settings={"input": "text"})
        assert "input cannot change" in error, error
        daemon.configure(CONFIG)
        client.call("rebuild", router="text", settings={"rff_dimension": 64})


@test
def what_was_learnt_from_text_survives():
    with Daemon(CONFIG) as daemon:
        client = daemon.client()
        for text in TEXTS:
            client.call("observe", router="text", text=text, arm="poet",
                        reward=1)
        before = client.call("state_hash", router="text")["hash"]
        scores = client.call("score", router="text", text="a poem")
        client.close()
        daemon.kill()
        daemon.start()
        client = daemon.client()
        assert client.call("state_hash", router="text")["hash"] == before
        assert client.call("score", router="text", text="a poem") == scores


@test
def banditctl_takes_text_from_the_line_a_file_and_standard_input():
    with Daemon(CONFIG) as daemon:
        path = daemon.dir + "/prompt"
        with open(path, "w", encoding="utf-8") as out:
            out.write("Write a poem\n")
        for source, stdin in (("Write a poem", None), ("@" + path, None),
                              ("-", "write a poem")):
            done = daemon.ctl("observe", "poet", "1", "text", "text=" + source,
                              input=stdin)
            assert done.returncode == 0, done.stderr
        assert logged(daemon.client(), "text") == \
            [vector("Write a poem", DIMENSION)] * 3
        scores = daemon.ctl_json("score", "text=a poem", "text")
        assert len(scores["scores"]) == 2
        done = daemon.ctl("decide", "text=@/nowhere", "text")
        assert done.returncode == 65 and "/nowhere" in done.stderr
        done = daemon.ctl("decide", "text=a", "vector")
        assert done.returncode == 1 and 'input = "text"' in done.stderr


@test
def history_with_text_is_imported_once():
    texts = [text for text in TEXTS if "\0" not in text]  # not in JSON
    lines = "".join(json.dumps({"router": "text", "text": text, "arm": "poet",
                                "reward": 0.5}) + "\n" for text in texts)
    with Daemon(CONFIG) as daemon:
        for _ in range(2):
            done = daemon.ctl("import", input=lines)
            assert done.returncode == 0, done.stderr
        got = logged(daemon.client(), "text")
        assert got == [vector(text, DIMENSION) for text in texts]


if __name__ == "__main__":
    main()
