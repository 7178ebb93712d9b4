# SPDX-License-Identifier: GPL-3.0-or-later
"""The vector of a text, as banditd-protocol(7) says it, written from there."""
import math
import struct

MASK = (1 << 64) - 1
P1, P2, P3, P4, P5 = (
    0x9E3779B185EBCA87,
    0xC2B2AE3D27D4EB4F,
    0x165667B19E3779F9,
    0x85EBCA77C2B2AE63,
    0x27D4EB2F165667C5,
)


def rotl(x, n):
    return (x << n | x >> (64 - n)) & MASK


def mixed(acc, lane):
    return rotl((acc + lane * P2) & MASK, 31) * P1 & MASK


def stripes(data, seed):
    """The part of XXH64 for the whole 32 bytes at the start."""
    acc = [seed + P1 + P2, seed + P2, seed, seed - P1]
    for at in range(0, len(data) - 31, 32):
        lanes = struct.unpack_from("<4Q", data, at)
        acc = [mixed(a & MASK, lane) for a, lane in zip(acc, lanes)]
    h = sum(rotl(a, n) for a, n in zip(acc, (1, 7, 12, 18))) & MASK
    for a in acc:
        h = ((h ^ mixed(0, a)) * P1 + P4) & MASK
    return h


def xxh64(data, seed):
    """XXH64 of bytes: https://github.com/Cyan4973/xxHash, its specification."""
    h = stripes(data, seed) if len(data) >= 32 else seed + P5
    h = (h + len(data)) & MASK
    at = len(data) - len(data) % 32
    while at + 8 <= len(data):
        (lane,) = struct.unpack_from("<Q", data, at)
        h = (rotl(h ^ mixed(0, lane), 27) * P1 + P4) & MASK
        at += 8
    if at + 4 <= len(data):
        (lane,) = struct.unpack_from("<I", data, at)
        h = (rotl(h ^ lane * P1 & MASK, 23) * P2 + P3) & MASK
        at += 4
    for byte in data[at:]:
        h = rotl(h ^ byte * P5 & MASK, 11) * P1 & MASK
    h = (h ^ h >> 33) * P2 & MASK
    h = (h ^ h >> 29) * P3 & MASK
    return h ^ h >> 32


SPACE = [
    (0x0000, 0x0020), (0x007F, 0x00A0), (0x2000, 0x200F), (0x2028, 0x202F),
    (0x205F, 0x206F), (0x3000, 0x3000), (0xFEFF, 0xFEFF),
]
LONE = [
    (0x0021, 0x002F), (0x003A, 0x0040), (0x005B, 0x0060), (0x007B, 0x007E),
    (0x00A1, 0x00BF), (0x2010, 0x2027), (0x2030, 0x205E), (0x2070, 0x2BFF),
    (0x2E00, 0x2FFF), (0x3001, 0xA4CF), (0xF900, 0xFAFF), (0xFF00, 0xFFFF),
    (0x1B000, 0x10FFFF),
]


def within(c, ranges):
    return any(low <= ord(c) <= high for low, high in ranges)


def ends(text):
    """Of a text over 16384 bytes, the first and the last 8192."""
    raw = text.encode()
    if len(raw) <= 16384:
        return text
    head = raw[:8192].decode(errors="ignore")
    return head + " " + raw[-8192:].decode(errors="ignore")


def words(text):
    out, word = [], ""
    for c in ends(text):
        inner = not within(c, SPACE) and not within(c, LONE)
        if inner:
            word += chr(ord(c) + 32) if "A" <= c <= "Z" else c
            continue
        if word:
            out.append(word)
        word = ""
        if within(c, LONE):
            out.append(c)
    return out + [word] if word else out


def features(text):
    """(string, kind) of each."""
    split = words(text)
    for word in split:
        yield word, 1
        padded = " " + word + " "
        for n in 3, 4, 5:
            for i in range(len(padded) - n + 1):
                yield padded[i : i + n], 3
    around = [""] + split + [""]
    for first, second in zip(around, around[1:]):
        yield first + " " + second, 2


def sums(text, dimension):
    out = [0] * dimension
    for string, kind in features(text):
        h = xxh64(string.encode(), kind)
        out[(h >> 32) * dimension >> 32] += 1 if h & 1 else -1
    return out


def float32(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def vector(text, dimension):
    """A list of float32, as floats."""
    b = sums(text, dimension)
    total = sum(map(abs, b))
    if total == 0:
        return [1.0] + [0.0] * (dimension - 1)
    return [float32(math.copysign(math.sqrt(abs(n) / total), n)) for n in b]
