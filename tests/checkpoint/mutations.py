"""Files that are wrong although their checksums fit: mutations of the JSON of valid files."""

import json
import tempfile
from pathlib import Path
from typing import Any, TypeAlias, TypeGuard, cast

import attrs
import numpy as np
from hypothesis import strategies as st

import miniml as ml
from miniml.checkpoint.header import DIGITS, header_sum

_MARK = b'"miniml_crc32":"'


@attrs.frozen
class Raw:
    """Text that stands in JSON as it is."""

    text: str


@attrs.frozen
class Quoted:
    """JSON inside a text."""

    inner: Any


Place: TypeAlias = tuple[int, ...]

TREES: tuple[Any, ...] = (
    {"w": np.arange(6.0).reshape(2, 3), "b": 0.5, "n": 3, "on": True},
    {"c": 1j, "cs": np.ones((2, 2), ">c16"), "s": np.float32(2), "i": np.arange(3, dtype=">i2")},
    [ml.Linear(np.ones(2), 0.5), {"x": {"y": np.ones((0, 3))}}, np.array([True, False])],
    np.ones(2),
)

_KINDS = ("array", "scalar", "number")
_DTYPES = (
    "O",
    "|O",
    "<f8",
    ">f8",
    "<i8",
    "<c16",
    "|b1",
    "|S999999999",
    "<U99999999",
    "<M8[s]",
    "|V9",
    "f8,f8",
    "",
)

_WORDS = ("", "w", "b", "array", "scalar", "number", "F64", "I64", "BOOL", "BF16", *_DTYPES, "\x00", "é",
          "deadbeef", "__metadata__", "'__metadata__'", "w." * 50, "miniml", "miniml_crc32")  # fmt: skip

nasty: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(
        [None, True, False, [], Raw("{}"), 0, 1, 2, 8, -1, 2**31, 2**63, 2**64, 10**12]
    ),
    st.sampled_from([0.0, 1.5, Raw("NaN"), Raw("-Infinity"), Raw("1e999"), Raw("1" * 5000)]),
    st.sampled_from([Raw("[" * 4000 + "]" * 4000), Raw('{"a":' * 3000 + "1" + "}" * 3000)]),
    st.sampled_from([Raw('"\\ud800"'), Raw("'w'"), Raw("01"), Raw(""), Raw('"\n"')]),
    st.sampled_from(_WORDS),
    st.integers(-(2**70), 2**70),
    st.lists(st.sampled_from([0, 1, 2, 3, 2**32, 2**63, True, None, 1.0, "a"]), max_size=70),
    st.tuples(st.sampled_from(_WORDS), st.sampled_from(_WORDS)).map(list),
    st.tuples(st.sampled_from(_KINDS), st.sampled_from(_DTYPES)).map(list),
)
"""JSON values that a careless reader takes for something else."""


def saved(tree: Any) -> bytes:
    """Return the bytes of a file that the library wrote."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.safetensors"
        ml.save(path, tree, notes={"score": 0.5, "settings": {"a": [1, None]}})
        return path.read_bytes()


def parsed(data: bytes) -> tuple[Any, bytes]:
    """Return the header of a file, its objects as lists of pairs, and the bytes of its arrays."""
    length = int.from_bytes(data[:8], "little")

    def opened(pairs: list[tuple[str, Any]]) -> Any:
        return tuple(
            (key, Quoted(json.loads(value, object_pairs_hook=opened)) if key == "miniml" and
             isinstance(value, str) and value.startswith("{") else value)
            for key, value in pairs
        )  # fmt: skip

    return json.loads(data[8 : 8 + length], object_pairs_hook=opened), data[8 + length :]


def is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def dumped(value: Any) -> str:
    """Write JSON; an object is a tuple of pairs, so that a key can come twice."""
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, Quoted):
        return json.dumps(dumped(value.inner))
    if isinstance(value, tuple):
        pairs = cast("tuple[tuple[str, Any], ...]", value)
        return "{" + ",".join(f"{json.dumps(key)}:{dumped(part)}" for key, part in pairs) + "}"
    if is_list(value):
        return "[" + ",".join(map(dumped, value)) + "]"
    return json.dumps(value)


def places(value: Any, here: Place = ()) -> list[Place]:
    """Return the place of each value in a header."""
    found, inner = [here], list[Any]()
    if isinstance(value, Quoted):
        inner = [value.inner]
    elif isinstance(value, tuple):
        inner = [part for _, part in cast("tuple[tuple[str, Any], ...]", value)]
    elif is_list(value):
        inner = value
    for at, part in enumerate(inner):
        found += places(part, (*here, at))
    return found


def changed(value: Any, place: Place, way: str, new: Any) -> Any:
    """Return a header with a change at a place."""
    if not place:
        return new
    at, below = place[0], place[1:]
    if isinstance(value, Quoted):
        return Quoted(changed(value.inner, below, way, new))
    parts = list(value)
    is_object = isinstance(value, tuple)
    if below or way == "replace":
        old = parts[at][1] if is_object else parts[at]
        fresh = changed(old, below, way, new)
        parts[at] = (parts[at][0], fresh) if is_object else fresh
    elif way == "remove":
        del parts[at]
    elif way == "repeat":
        parts.insert(at, parts[at])
    elif is_object:  # rename
        parts[at] = (new if isinstance(new, str) else "z", parts[at][1])
    return tuple(parts) if is_object else parts


def sealed(header: Any, body: bytes) -> bytes:
    """Return a file whose header has the right checksum, whatever it says."""
    text = dumped(header).encode(errors="replace")
    before, mark, after = text.partition(_MARK)
    if mark:
        text = before + mark + header_sum(text).encode() + after[DIGITS:]
    return len(text).to_bytes(8, "little") + text + body


@st.composite
def files(draw: st.DrawFn, data: bytes) -> bytes:
    """Return a file with one to three changes of its header."""
    header, body = parsed(data)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(places(header)))
        way = draw(st.sampled_from(["replace", "replace", "remove", "repeat", "rename"]))
        header = changed(header, place, way, draw(nasty))
    if draw(st.integers(0, 9)) == 0:
        body = draw(st.sampled_from([b"", body[:-1], body + b"\0", bytes(len(body))]))
    return sealed(header, body)


def foreign(data: bytes) -> bytes:
    """Return the file as another tool would have written it."""
    header, body = parsed(data)
    text = dumped(tuple(pair for pair in header if pair[0] != "__metadata__"))
    return len(text).to_bytes(8, "little") + text.encode() + body
