"""Frames, Parquet, and data larger than memory."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml.datasets import DataError, from_frame, map_npz, map_table, read_parquet, store_table

pl = pytest.importorskip("polars")

TABLE: dict[str, Any] = {"a": [1.0, 2.0, 3.0], "kind": ["no", "yes", "no"], "b": [4, 5, 6]}
X = np.array([[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]])


def write(path: Path, table: dict[str, Any]) -> Path:
    frame = pl.DataFrame(table)
    frame.write_csv(path) if path.suffix == ".csv" else frame.write_parquet(path)
    return path


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_frame_becomes_a_table(library: str) -> None:
    """Points, labels and names are those of the frame."""
    table = from_frame(pytest.importorskip(library).DataFrame(TABLE), "kind")
    np.testing.assert_array_equal(table.data.x, X)
    assert table.data.y.tolist() == [-1.0, 1.0, -1.0]
    assert (table.features, table.classes) == (("a", "b"), ("no", "yes"))


def test_parquet_is_read(tmp_path: Path) -> None:
    """A Parquet file gives the table of its frame."""
    table = read_parquet(write(tmp_path / "toy.parquet", TABLE), "kind")
    np.testing.assert_array_equal(table.data.x, X)
    assert table.name == "toy"


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_large_file_is_stored_in_pieces(suffix: str, tmp_path: Path) -> None:
    """What is mapped again is what was in the file, in its order, and trains like it."""
    rng = np.random.default_rng(0)
    columns: dict[str, Any] = {f"x{i}": rng.random(150_000).round(6) for i in range(3)}
    columns["label"] = rng.integers(0, 2, 150_000)
    path = write(tmp_path / f"large.{suffix}", columns)
    stored = store_table(path, tmp_path / "arrays", "label", dtype=np.float64)
    mapped = map_table(tmp_path / "arrays")
    assert isinstance(mapped.data.x, np.memmap)
    np.testing.assert_array_equal(
        mapped.data.x, np.column_stack([columns[f"x{i}"] for i in range(3)])
    )
    np.testing.assert_array_equal(mapped.data.y, 2.0 * columns["label"] - 1.0)
    assert (stored.features, mapped.classes) == (("x0", "x1", "x2"), ("0", "1"))
    in_memory = ml.Dataset(np.array(mapped.data.x), np.array(mapped.data.y))
    start = ml.Linear(np.zeros(3), 0.0)
    runs = [
        ml.fit(ml.mean_loss, start, data, ml.adam(), steps=5, batch_size=60_000)
        for data in (mapped.data, in_memory)
    ]
    assert ml.tree_equal(runs[0], runs[1])


def test_an_archive_is_mapped(tmp_path: Path) -> None:
    """Members of any dtype, shape and order are read where they are used."""
    arrays: dict[str, Any] = {
        "x": np.arange(12.0).reshape(3, 4),
        "f": np.asfortranarray(np.arange(6).reshape(2, 3)),
        "s": np.array(2.5, np.float32),
        "empty": np.zeros((0, 2)),
    }
    np.savez(tmp_path / "a.npz", **arrays)
    mapped = map_npz(tmp_path / "a.npz")
    assert mapped.keys() == arrays.keys()
    for name, array in arrays.items():
        assert isinstance(mapped[name], np.memmap) == bool(array.size)
        np.testing.assert_array_equal(mapped[name], array)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({**TABLE, "a": [1.0, None, 3.0]}, "1 value is missing.*row 2, column 'a'"),
        ({**TABLE, "a": ["x", "y", "z"]}, "column 'a' holds .*, and no numbers"),
        ({**TABLE, "kind": ["no", None, "yes"]}, "row 2, column 'kind': the class is missing"),
        ({**TABLE, "kind": ["no", "no", "no"]}, "only one class"),
        ({"kind": ["no", "yes"]}, "nothing to learn from"),
        ({"a": [1.0]}, "has no column 'kind'; it has a"),
    ],
)
@pytest.mark.parametrize("read", ["frame", "parquet", "store"])
def test_bad_data_are_refused(
    table: dict[str, Any], message: str, read: str, tmp_path: Path
) -> None:
    """What cannot be learned from is one sentence that says where."""
    path = write(tmp_path / "bad.parquet", table)
    calls: dict[str, Callable[[], object]] = {
        "frame": lambda: from_frame(pl.DataFrame(table), "kind"),
        "parquet": lambda: read_parquet(path, "kind"),
        "store": lambda: store_table(path, tmp_path / "out", "kind"),
    }
    if read == "store" and "missing" in message and "class" in message:
        message = "the class is missing"
    with pytest.raises(DataError, match=message):
        calls[read]()


def test_other_files_are_refused(tmp_path: Path) -> None:
    """A file that is not what it should be is said to be so."""
    (tmp_path / "a.parquet").write_bytes(b"no")
    (tmp_path / "a.txt").write_bytes(b"no")
    with pytest.raises(DataError, match="no Parquet file"):
        read_parquet(tmp_path / "a.parquet", "kind")
    with pytest.raises(DataError, match=r"neither a \.csv nor a \.parquet"):
        store_table(tmp_path / "a.txt", tmp_path, "kind")
    with pytest.raises(FileNotFoundError):
        store_table(tmp_path / "none.csv", tmp_path, "kind")
    np.savez_compressed(tmp_path / "c.npz", x=np.zeros(3))
    with pytest.raises(DataError, match="is compressed"):
        map_npz(tmp_path / "c.npz")
