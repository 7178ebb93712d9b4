"""What the Lua client reads and changes in the body of a chat completion."""
import json
import os
import random
import subprocess

import msgpack

from daemon import PATIENCE
from lua import environment, interpreters
from tap import Skip, main, note, test

SEED = int(os.environ.get("SEED", "1"))
CHAT = """
local chat = require "banditd.chat"
local MessagePack = require "MessagePack"
chat.MAX_PROMPT = 40
for line in io.lines() do
	io.write(MessagePack.pack { chat.with_model(line, "M"), chat.prompt(line) })
end
"""


def chats(bodies):
    """For each body, in each Lua: the body with another model, and the prompt or None."""
    for lua in interpreters():
        if subprocess.run([lua, "-e", 'require "cjson"'], stderr=subprocess.DEVNULL,
                          check=False).returncode != 0:
            raise Skip(f"no lua-cjson for {lua}")
        done = subprocess.run([lua, "-e", CHAT], input=b"\n".join(bodies), check=True,
                              timeout=PATIENCE, stdout=subprocess.PIPE,
                              env=environment(""))
        unpacker = msgpack.Unpacker(raw=True)
        unpacker.feed(done.stdout)
        answers = [[*answer, None][:2] for answer in unpacker]
        assert len(answers) == len(bodies)
        yield answers


def some_json(draw, depth=0):
    kind = draw.randrange(7 if depth < 4 else 4)
    if kind == 0:
        return draw.choice([None, True, 1.5, -3, 10**15, {}, []])
    if kind < 4:
        return "".join(draw.choice('model":{}[], \\/\u00e9\n\t') for _ in range(5))
    if kind == 4:
        return [some_json(draw, depth + 1) for _ in range(draw.randrange(4))]
    return {draw.choice(["model", "messages", "model\"", "\\", "x", ""]):
            some_json(draw, depth + 1) for _ in range(draw.randrange(4))}


@test
def another_model_changes_nothing_else():
    note(f"SEED={SEED}")
    draw = random.Random(SEED)
    bodies = []
    while len(bodies) < 2000:
        body = some_json(draw)
        if isinstance(body, dict) and body:
            body["model"] = some_json(draw, 4) if draw.random() < 0.9 else "m"
            if isinstance(body["model"], str):
                bodies.append(body)
    for ascii_only in (True, False):
        raw = [json.dumps(body, ensure_ascii=ascii_only).encode() for body in bodies]
        for answers in chats(raw):
            for body, (changed, _) in zip(bodies, answers):
                assert json.loads(changed) == {**body, "model": "M"}, (body, changed)


@test
def a_body_without_a_model_gets_one():
    for (changed, _), in chats([b'{"a": {"model": "x"}}']):
        assert json.loads(changed) == {"model": "M", "a": {"model": "x"}}
    for answers in chats([b"{}", b"[]", b"5", b"", b"{", b'"', b'"\\']):
        assert [changed for changed, _ in answers] == \
            [b"{}", b"[]", b"5", b"", b"{", b'"', b'"\\']


@test
def a_model_that_is_no_text_or_written_otherwise_is_replaced():
    bodies = [b'{"model": null, "a": 1}', b'{"a": 1, "model":-1.5e+3}',
              b'{"a": 1,"model" : true}', b'{"mod\\u0065l": "x", "a": 1}',
              b'{"a": 1, "\\u006dode\\u006C": "\\"}, \\"model"}',
              b'{"model": "x", "model": "y", "a": 1}']
    for answers in chats(bodies):
        for body, (changed, _) in zip(bodies, answers):
            assert json.loads(changed) == {"model": "M", "a": 1}, (body, changed)
            pairs = json.loads(changed, object_pairs_hook=list)
            assert {value for key, value in pairs if key == "model"} == {"M"}


@test
def the_prompt_is_what_the_user_said_last():
    wanted = [
        ([{"role": "user", "content": "a"}, {"role": "user", "content": "b"}], b"b"),
        ([{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}], b"a"),
        ([{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image"},
                                       7, {"text": 8}, {"text": "b"}]}], b"a\nb"),
        ([{"role": "user", "content": "\u00e9" * 30}], "\u00e9".encode() * 20),
        ([{"role": "user", "content": "x" + "\u20ac" * 30}], b"x" + "\u20ac".encode() * 13),
        ([{"role": "system", "content": "a"}], None), ([], None), ({}, None),
        ([{"role": "user", "content": ""}], None), ([{"role": "user"}], None),
        ([5, None, "user"], None), ("user", None), (None, None),
        ({"role": "user", "content": "a"}, None),
    ]
    bodies = [json.dumps({"messages": messages}).encode() for messages, _ in wanted]
    bodies += [b"[" * 100000, b"\xff", b"nan", b'{"messages": [' + b"{}," * 10000 + b"{}]}"]
    for answers in chats(bodies):
        prompts = [prompt for _, prompt in answers]
        assert prompts == [prompt for _, prompt in wanted] + 4 * [None], prompts


main()
