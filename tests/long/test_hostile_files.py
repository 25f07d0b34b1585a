"""Mutated files and random bytes: an error of the room that reads them, or what the file holds."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.checkpoint import mutations, test_hostile, test_hostile_runs
from tests.checkpoint.mutations import TREES
from tests.datasets import test_archives as test_archives_of_room
from tests.datasets import test_csv_format

pytest.importorskip("safetensors")


@given(data=st.data(), at=st.integers(0, len(TREES) - 1), is_foreign=st.booleans())
def test_headers(data: st.DataObject, at: int, *, is_foreign: bool) -> None:
    """A header whose checksum fits and whose content is wrong is refused, or is right."""
    before = test_hostile.file_of(at)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.safetensors"
        source = mutations.foreign(before) if is_foreign else before
        path.write_bytes(data.draw(mutations.files(source)))
        test_hostile.check(path, TREES[at])


@given(data=st.binary(max_size=2000), length=st.none() | st.integers(0, 2000))
def test_bytes(data: bytes, length: int | None) -> None:
    """Bytes that no program wrote are refused."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.safetensors"
        path.write_bytes(data if length is None else length.to_bytes(8, "little") + data)
        test_hostile.check(path, TREES[0])


@given(st.data())
def test_runs(data: st.DataObject) -> None:
    """A run resumes from a right checkpoint, and refuses a wrong one."""
    with TemporaryDirectory() as folder:
        source = test_hostile_runs.step_2()
        test_hostile_runs.check(Path(folder), data.draw(mutations.files(source)))


@given(st.data())
def test_archives(data: st.DataObject) -> None:
    """An archive of NumPy with changed bytes is arrays, or one sentence."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.npz"
        save = np.savez_compressed if data.draw(st.booleans()) else np.savez
        save(path, x=test_archives_of_room.X, y=test_archives_of_room.Y)
        content = data.draw(test_archives_of_room.changed(path.read_bytes()))
        test_archives_of_room.check_archive(path, content)


@given(data=test_csv_format.files(), options=test_csv_format.given_options)
def test_tables(data: bytes, options: dict[str, Any]) -> None:
    """A CSV file is a table of finite numbers, or one sentence."""
    with TemporaryDirectory() as folder:
        test_csv_format.check(Path(folder), data, options)


@given(st.binary(max_size=300))
def test_tables_of_any_bytes(data: bytes) -> None:
    """Bytes are a table of finite numbers, or one sentence."""
    with TemporaryDirectory() as folder:
        test_csv_format.check(Path(folder), b"a,kind\n1,x\n" + data, {})
