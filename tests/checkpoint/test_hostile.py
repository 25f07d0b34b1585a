"""A file whose content is wrong is refused with a `CheckpointError`, or loads to what it holds."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import miniml as ml
from miniml.checkpoint import describe
from tests.checkpoint import mutations
from tests.checkpoint.mutations import TREES

load_file = pytest.importorskip("safetensors.numpy").load_file

ALLOWED = "biufc"
"""The kinds of the dtypes that a file can hold."""


@cache
def file_of(at: int) -> bytes:
    return mutations.saved(TREES[at])


def check(path: Path, template: Any) -> None:
    """Load a file in all ways: a value as large as the file at most, or `CheckpointError`."""
    size = path.stat().st_size
    ways: tuple[Callable[[], Any], ...] = (
        lambda: ml.load(path),
        lambda: ml.load(path, mmap=True),
        lambda: ml.load(path, template),
        lambda: ml.load(path, {"w": np.zeros(2)}, part="0"),
        lambda: ml.load(path, template, rename={"b": "w", "Linear": "Other"}),
        lambda: describe(path),
    )
    for load in ways:
        try:
            value = load()
        except ml.CheckpointError:
            continue
        leaves = [np.asarray(leaf) for leaf in ml.tree_leaves(value) if load is not ways[-1]]
        assert all(leaf.dtype.kind in ALLOWED for leaf in leaves)
        assert sum(leaf.nbytes for leaf in leaves) <= size


@given(data=st.data(), at=st.integers(0, len(TREES) - 1), is_foreign=st.booleans())
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_headers_with_wrong_content_are_refused(
    tmp_path: Path, data: st.DataObject, at: int, *, is_foreign: bool
) -> None:
    """A header whose checksum fits and whose content is wrong is refused, or is right."""
    before = file_of(at)
    path = tmp_path / "a.safetensors"
    source = mutations.foreign(before) if is_foreign else before
    path.write_bytes(data.draw(mutations.files(source)))
    check(path, TREES[at])


@given(data=st.binary(max_size=200), length=st.none() | st.integers(0, 200))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_refused(tmp_path: Path, data: bytes, length: int | None) -> None:
    """Bytes that no program wrote are refused."""
    path = tmp_path / "a.safetensors"
    path.write_bytes(data if length is None else length.to_bytes(8, "little") + data)
    check(path, TREES[0])


def with_description(change: str, to: str) -> bytes:
    """Return a file whose description has other text, and the right checksum."""
    header, body = mutations.parsed(file_of(0))
    text = mutations.dumped(header)
    assert change in text
    return mutations.sealed(mutations.Raw(text.replace(change, to)), body)


@pytest.mark.parametrize(
    ("change", "to"),
    [
        ('[\\"number\\",\\"<f8\\"]', '[\\"array\\",\\"|S457000000\\"]'),  # 457 MB
        ('[\\"number\\",\\"<f8\\"]', '[\\"array\\",\\"|O\\"]'),  # Python objects
        ('[\\"number\\",\\"<f8\\"]', '[\\"array\\",\\"<M8[s]\\"]'),
        ('[\\"number\\",\\"<f8\\"]', '[\\"scalar\\",\\"<i8\\"]'),  # not the dtype of the array
        ('[\\"number\\",\\"<f8\\"]', '[\\"number\\",\\"<c16\\"]'),  # of one column
        ('\\"version\\":1', '\\"version\\":true'),
        ('\\"version\\":1', '\\"version\\":1,\\"more\\":1'),
        ('\\"notes\\":{', '\\"notes\\":{\\"score\\":1,'),  # a key twice
        ('\\"outline\\":{', '\\"outline\\":{\\"a\\":[1,2],'),
        ("miniml_crc32", "miniml_crc"),
    ],
)
def test_a_wrong_description_is_damage(change: str, to: str, tmp_path: Path) -> None:
    """A description that `save` cannot have written is refused, although its checksum fits."""
    path = tmp_path / "a.safetensors"
    path.write_bytes(with_description(change, to))
    with pytest.raises(ml.CheckpointError, match="is damaged, or another program has changed it"):
        ml.load(path)


def test_a_bool_is_the_byte_0_or_1(tmp_path: Path) -> None:
    """Another byte in an array of bools is damage: NumPy would compute wrong sums."""
    path = tmp_path / "a.safetensors"
    text = b'{"a":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}'
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"\x01\x02")
    with pytest.raises(ml.CheckpointError, match="'a'"):
        ml.load(path)


@given(st.data())
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_loads_is_a_file_for_the_safetensors_library(
    tmp_path: Path, data: st.DataObject
) -> None:
    """A file that loads is one that the safetensors library opens, with the same arrays."""
    path = tmp_path / "a.safetensors"
    path.write_bytes(data.draw(mutations.files(mutations.foreign(file_of(0)))))
    try:
        loaded = ml.load(path)
    except ml.CheckpointError:
        return
    theirs = load_file(path)
    assert loaded.keys() == theirs.keys()
    assert all(loaded[name].tobytes() == theirs[name].tobytes() for name in loaded)


def test_a_long_name_with_many_dots_costs_little(tmp_path: Path) -> None:
    """The names of a file are compared without a copy of each beginning."""
    path = tmp_path / "a.safetensors"
    name = "." * 300_000
    header, body = mutations.parsed(file_of(3))
    pairs = tuple((name if key == "" else key, value) for key, value in header)
    path.write_bytes(mutations.sealed(pairs, body))
    with pytest.raises(ml.CheckpointError, match="missing: b"):
        ml.load(path, {"b": 1.0})
