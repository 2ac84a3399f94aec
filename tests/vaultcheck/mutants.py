"""Bytes and JSON made wrong: each mutant of a notebook or a manifest has a few damages that dice have chosen."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

Spoil: TypeAlias = Callable[[bytes, random.Random], bytes]

_ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 2**31, 2**63, 2**64, 10**30, "", "x", "0" * 64, "\ud800", "\0", "a\r\nb"),
    *([], {}, [None], [[]], {"a": 1}, {"": {}}, ["x"] * 40),
)
_RAW = ("NaN", "-Infinity", "1e999", "-0.0", "1" * 5000, f"{'[' * 3000}{']' * 3000}", '{"a":' * 3000 + "1" + "}" * 3000)
"""JSON that `json.dumps` does not write of its own accord."""

_ODD_TEXTS = (
    *("\0", "\r\n", "\r", "\n", "\u2028", "\x1b[31m", "\u202e", "\ud800", "\udfff", "\ufeff", "é", "\U0001f4a5"),
    *(
        "'",
        '"',
        "'''",
        "\\",
        "\\\n",
        "#",
        "%",
        "%%",
        "%%bash\n",
        "%vault ",
        "%open_vault -p ",
        "!",
        "?",
        " as ",
        " in ",
    ),
    *(
        "$x",
        "{",
        "}",
        "(",
        ")",
        "[",
        ";",
        ",",
        " from ",
        "..",
        "/",
        "C:\\",
        "~",
        "*",
        "|",
        "`",
        "<b>",
        "<<<<<<< ours\n",
    ),
    *("(" * 300, "[" * 90, "-" * 3000 + "1", "not " * 2000, "a." * 3000, "lambda: " * 500, "1" * 5000),
    *("x = '\\d'\n", "1if 1else 2", "0777", "f'{x!r:{y}}'", "if 1:\n " * 120, "def f():\n  %vault store x in m\n"),
    *(" " * 3000, "\t\n" * 1000, ", " * 1000, "'" * 3001, "\\\n" * 1000, "x " * 1000, "{" * 1000, "x\n" * 1000),
    "<!-- vaultcheck: ignore-file[" * 1000,
)
_MARK = "\x01"
"""Begins a text of which something else is made when all is written."""


def spoil_text(content: bytes, dice: random.Random) -> bytes:
    """Return a notebook or a manifest with something wrong in it."""
    return dice.choice((spoil_bytes, spoil_json, spoil_json, spoil_json))(content, dice)


def spoil_bytes(content: bytes, dice: random.Random) -> bytes:
    """Damage a file as a sequence of bytes."""
    return dice.choice(_OF_BYTES)(content, dice)


def _cut(content: bytes, dice: random.Random) -> bytes:
    return content[: dice.randrange(len(content) + 1)]


def _cut_front(content: bytes, dice: random.Random) -> bytes:
    return content[dice.randrange(len(content) + 1) :]


def _scribble(content: bytes, dice: random.Random) -> bytes:
    start, noise = dice.randrange(len(content) + 1), dice.randbytes(dice.choice((1, 1, 2, 4, 40)))
    return content[:start] + noise + content[start + len(noise) :]


def _insert(content: bytes, dice: random.Random) -> bytes:
    start = dice.randrange(len(content) + 1)
    return content[:start] + dice.randbytes(dice.choice((1, 4, 40))) + content[start:]


def _swap(content: bytes, dice: random.Random) -> bytes:
    """Exchange two chunks, as a bad block or a bad merge does; or drop one, or leave it twice."""
    a, b, c, d = sorted(dice.randrange(len(content) + 1) for _ in range(4))
    first, middle, second = content[a:b], content[b:c], content[c:d]
    chunks = dice.choice(((second, middle, first), (middle, second), (first, first, middle, second)))
    return content[:a] + b"".join(chunks) + content[d:]


def _encode(content: bytes, dice: random.Random) -> bytes:
    """Save as another program would: with a mark in front, in another encoding, with other ends of lines."""
    text = content.decode("latin-1")
    return dice.choice(
        (
            b"\xef\xbb\xbf" + content,
            text.encode("utf-16"),
            content.replace(b"\n", b"\r\n"),
            content.replace(b"\n", b"\r"),
            content.replace(b"\n", b""),
            b"\0" * 100 + content,
            content + b"\0",
            content * 2,
            b"<<<<<<< ours\n" + content + b"=======\n>>>>>>> theirs\n",
        )
    )


_OF_BYTES: tuple[Spoil, ...] = (_cut, _cut_front, _scribble, _scribble, _insert, _swap, _swap, _encode)


# JSON


def spoil_json(content: bytes, dice: random.Random) -> bytes:
    """Damage a file as JSON, which it then still is, at any depth."""
    parsed, raw = json.loads(content), dict[str, str]()
    for _ in range(dice.choice((1, 1, 1, 2, 5))):
        places = [*_walk(parsed)]
        if places:
            dice.choice(_OF_JSON)(places, raw, dice)
    text = json.dumps(parsed, indent=dice.choice((None, 1)))
    for mark, instead in raw.items():
        text = text.replace(json.dumps(mark), instead)
    return text.encode()


Place: TypeAlias = tuple[Any, Any]
"""A field: the object or list that holds it, and its key there."""


def _walk(value: Any) -> Iterator[Place]:
    for key in [*(value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ())]:
        yield value, key
        yield from _walk(value[key])


def _choose(places: list[Place], dice: random.Random) -> Place:
    """Choose a field, and one that is not deep as often as one that is."""
    if dice.random() < 0.5:
        return dice.choice(places)
    holder, key = dice.choice([(holder, key) for holder, key in places if holder is places[0][0]])
    while isinstance(holder[key], (dict, list)) and holder[key] and dice.random() < 0.85:
        holder = holder[key]
        key = dice.choice([*holder] if isinstance(holder, dict) else range(len(holder)))
    return holder, key


def _drop(places: list[Place], _raw: dict[str, str], dice: random.Random) -> None:
    holder, key = _choose(places, dice)
    del holder[key]


def _retype(places: list[Place], _raw: dict[str, str], dice: random.Random) -> None:
    holder, key = _choose(places, dice)
    former = holder[key]
    holder[key] = copy.deepcopy(dice.choice((*_ODD_VALUES, [former], {"a": former}, str(former))))


def _write_raw(places: list[Place], raw: dict[str, str], dice: random.Random) -> None:
    holder, key = _choose(places, dice)
    holder[key] = mark = f"{_MARK}{len(raw)}"
    raw[mark] = dice.choice(_RAW)


def _double(places: list[Place], raw: dict[str, str], dice: random.Random) -> None:
    """Repeat an element of a list, or name a field of an object twice."""
    holder, key = _choose(places, dice)
    if isinstance(holder, list):
        holder.extend([copy.deepcopy(holder[key])] * dice.choice((1, 1, 30)))
        dice.shuffle(holder)
        return
    mark = f"{_MARK}{len(raw)}"
    raw[mark] = json.dumps(key)
    holder[mark] = copy.deepcopy(dice.choice((holder[key], *_ODD_VALUES)))


def _exchange(places: list[Place], _raw: dict[str, str], dice: random.Random) -> None:
    """Give two fields the values of each other, unless one is in the other."""
    (holder, key), (other, other_key) = _choose(places, dice), _choose(places, dice)
    one, two = copy.deepcopy(holder[key]), copy.deepcopy(other[other_key])
    other[other_key], holder[key] = one, two


def _rename(places: list[Place], _raw: dict[str, str], dice: random.Random) -> None:
    named = [(holder, key) for holder, key in places if isinstance(holder, dict)]
    if named:
        holder, key = dice.choice(named)
        holder[dice.choice(("", "x", "vault", f"{key}x", dice.choice(named)[1]))] = holder.pop(key)


def _retext(places: list[Place], _raw: dict[str, str], dice: random.Random) -> None:
    """Change something within a text; within a cell's source as often as anywhere else."""
    texts = [(holder, key) for holder, key in places if isinstance(holder[key], str)]
    sources = [(holder, key) for holder, key in texts if isinstance(holder, list) or key == "source"]
    if texts:
        holder, key = dice.choice(dice.choice((texts, sources or texts)))
        text = holder[key]
        start = dice.randrange(len(text) + 1)
        stop = start + dice.choice((0, 0, 1, 3, len(text)))
        holder[key] = text[:start] + dice.choice((*_ODD_TEXTS, "", text[:start], text)) + text[stop:]


_OF_JSON: tuple[Callable[[list[Place], dict[str, str], random.Random], None], ...] = (
    *(_drop, _retype, _retype, _write_raw, _double, _exchange, _rename, _retext, _retext),
)
