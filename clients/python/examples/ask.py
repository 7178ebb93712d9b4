# SPDX-License-Identifier: GPL-3.0-or-later
"""A gateway in small: decide, call the model, feed back.

Of two models one answers questions of code well and the other all else; which
is which nobody told the daemon.  It prints how often the better one was asked,
by quarters.  The daemon needs no configuration, only the two arms:

    banditd
    banditctl arm add small
    banditctl arm add large
    python3 ask.py

Without a daemon it asks the usual model, and says why.
"""
import random

import banditd

USUAL = "small"
PROMPTS = [("code", "Why does this loop never end?"),
           ("chat", "What rhymes with orange?")]


def features(prompt):
    """In a real gateway: the embedding of the prompt."""
    return [1.0, 0.0] if "loop" in prompt else [0.0, 1.0]


def ask(arm, kind):
    """In a real gateway: the call of the model, and what the answer was worth
    (a thumb, a judge, a test that passed)."""
    good = "large" if kind == "code" else "small"
    return 0.9 if arm == good else 0.2


def main(n=200):
    client = banditd.Client()
    draw = random.Random(1)
    right = [0, 0, 0, 0]
    why = None
    for i in range(n):
        kind, prompt = draw.choice(PROMPTS)
        choice = client.route(x=features(prompt), default=USUAL)
        reward = ask(choice.arm, kind)
        client.report(choice, reward)
        right[i * 4 // n] += reward > 0.5
        why = why or choice.error
    print("better model asked, by quarters:",
          " ".join(f"{100 * r * 4 // n}%" for r in right))
    if why:
        print("asked", USUAL, "as", why)


if __name__ == "__main__":
    main()
