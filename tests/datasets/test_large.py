"""DataFrames, Parquet files, and data larger than memory."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import miniml as ml
from miniml.datasets import (
    DataError,
    from_frame,
    map_table,
    mapped,
    read_csv,
    read_npz,
    read_parquet,
    store_table,
)
from miniml.datasets.frames import frame_points
from miniml.datasets.table import encode_labels

pl = pytest.importorskip("polars")

TABLE: dict[str, Any] = {"a": [1.0, 2.0, 3.0], "kind": ["no", "yes", "no"], "b": [4, 5, 6]}
X = np.array([[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]])


def write(path: Path, table: dict[str, Any]) -> Path:
    frame = pl.DataFrame(table)
    frame.write_csv(path) if path.suffix == ".csv" else frame.write_parquet(path)
    return path


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_frame_becomes_a_table(library: str) -> None:
    """Points, labels and names equal those of the frame."""
    table = from_frame(pytest.importorskip(library).DataFrame(TABLE), "kind")
    np.testing.assert_array_equal(table.data.x, X)
    assert table.data.y.tolist() == [-1.0, 1.0, -1.0]
    assert (table.features, table.classes) == (("a", "b"), ("no", "yes"))


def test_parquet_is_read(tmp_path: Path) -> None:
    """A Parquet file gives the same table as its frame."""
    table = read_parquet(write(tmp_path / "toy.parquet", TABLE), "kind")
    np.testing.assert_array_equal(table.data.x, X)
    assert table.name == "toy"


@pytest.mark.parametrize(
    ("text", "target", "options"),
    [
        ("kind;a\nno;1\nyes;2\n", "kind", {}),
        ("kind\ta\nno\t1\nyes\t2\n", "kind", {}),
        ("kind;a\nno;1,5\nyes;2,5\n", "kind", {"decimal": ","}),
        ("no,1\nyes,2\n", "column_1", {"header": False}),
        ("0,1\n1,2\n0,3\n", "0", {"header": True}),
    ],
)
def test_both_readers_read_alike(
    text: str, target: str, options: dict[str, Any], tmp_path: Path
) -> None:
    """Other delimiters, decimal commas and files without a header are read as by `read_csv`."""
    path = tmp_path / "toy.csv"
    path.write_text(text)
    one, other = read_csv(path, target, **options), store_table(path, tmp_path, target, **options)
    np.testing.assert_array_equal(one.data.x, other.data.x)
    assert (one.features, one.classes) == (other.features, other.classes)


def test_numbers_are_no_names(tmp_path: Path) -> None:
    """A first line of numbers is refused, and the message names the argument."""
    path = tmp_path / "toy.csv"
    path.write_text("0,1.5\n1,2.5\n0,3.5\n")
    with pytest.raises(DataError, match=r"the first line of toy.csv holds numbers.*header=False"):
        store_table(path, tmp_path, "0")


def test_a_decimal_comma_is_named(tmp_path: Path) -> None:
    """Numbers with a comma are refused, and the message names the argument."""
    path = tmp_path / "toy.csv"
    path.write_text("kind;a\nno;1,5\nyes;2,5\n")
    with pytest.raises(DataError, match=r"1,5.*decimal=','"):
        store_table(path, tmp_path, "kind")


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_large_file_is_stored_in_pieces(suffix: str, tmp_path: Path) -> None:
    """The mapped table has the rows of the file in order, and trains alike."""
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


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_name_with_brackets_is_one_files(suffix: str, tmp_path: Path) -> None:
    """A name with brackets is not a pattern that matches another file."""
    path = write(tmp_path / f"toy.{suffix}", TABLE).rename(tmp_path / f"toy[1].{suffix}")
    write(tmp_path / f"toy1.{suffix}", TABLE | {"a": [7.0, 8.0, 9.0]})
    tables = [store_table(path, tmp_path / "arrays", "kind")]
    if suffix == "parquet":
        tables.append(read_parquet(path, "kind"))
    for table in tables:
        np.testing.assert_array_equal(table.data.x, X)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("kind,a,kind", "toy.csv has two columns named 'kind': rename one"),
        ("kind,a,a", "toy.csv has two columns named 'a': rename one"),
        ("kind,a,", "toy.csv: column 3 has no name"),
        ("0,x,y", "toy.csv has no column 'kind'"),
    ],
)
def test_a_header_is_judged_alike_by_both_readers(
    header: str, message: str, tmp_path: Path
) -> None:
    """A header that `read_csv` refuses is refused: repeated names, none, numbers."""
    path = tmp_path / "toy.csv"
    path.write_text(f"{header}\nno,1,0\nyes,2,1\n", encoding="utf-8")
    calls: list[Callable[[], object]] = [
        lambda: read_csv(path, "kind"),
        lambda: store_table(path, tmp_path / "out", "kind"),
    ]
    for call in calls:
        with pytest.raises(DataError, match=message):
            call()


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_piece_of_a_wide_file_is_no_larger(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The size of a piece does not depend on the columns and row groups of the file."""
    sizes = list[int]()

    def measured(frame: Any, *rest: Any) -> Any:
        sizes.append(frame.width * frame.height)
        return frame_points(frame, *rest)

    monkeypatch.setattr(mapped, "frame_points", measured)
    monkeypatch.setattr(mapped, "_VALUES_AT_ONCE", 1000)
    columns: dict[str, Any] = {f"x{i}": np.arange(300) + i for i in range(50)}
    table = {**columns, "kind": np.arange(300) % 2}
    stored = store_table(write(tmp_path / f"wide.{suffix}", table), tmp_path / "out", "kind")
    np.testing.assert_array_equal(stored.data.x, np.column_stack([*columns.values()]))
    assert max(sizes) <= 1000
    assert sum(sizes) == 300 * 50


@pytest.mark.parametrize(
    ("name", "left"), [("x.npy", 130), ("x.npy", 3), ("y.npy", 0), ("table.json", 20)]
)
def test_a_truncated_table_is_refused(name: str, left: int, tmp_path: Path) -> None:
    """If a file is truncated, the error names the folder and the remedy."""
    store_table(write(tmp_path / "toy.csv", TABLE), tmp_path / "out", "kind")
    file = tmp_path / "out" / name
    file.write_bytes(file.read_bytes()[:left])
    with pytest.raises(DataError, match=r"out holds no complete table \(.*\): write it again"):
        map_table(tmp_path / "out")


def test_arrays_of_another_table_are_refused(tmp_path: Path) -> None:
    """Points of another table, with other features, are refused."""
    store_table(write(tmp_path / "toy.csv", TABLE), tmp_path / "out", "kind")
    np.save(tmp_path / "out" / "x.npy", np.ones((3, 5)))
    with pytest.raises(DataError, match=r"2 feature names for .* \(3, 5\)\): write it"):
        map_table(tmp_path / "out")


@pytest.mark.parametrize("rows", [1, 2, 4])
def test_a_file_that_is_changed_meanwhile_is_refused(
    rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that changes after its rows are counted is refused."""
    path = write(tmp_path / "toy.csv", TABLE)

    def changing(*found: Any) -> Any:
        write(path, {"a": [7.0] * rows, "kind": ["no"] * rows, "b": [8] * rows})
        return encode_labels(*found)

    monkeypatch.setattr(mapped, "encode_labels", changing)
    with pytest.raises(DataError, match="was changed while it was read: store it again when it is"):
        store_table(path, tmp_path / "out", "kind")
    assert not (tmp_path / "out" / "table.json").exists()


@pytest.mark.parametrize("kind", [pl.Date, pl.Datetime, pl.Duration, pl.Time])
def test_dates_and_times_are_refused(kind: Any, tmp_path: Path) -> None:
    """Dates and times are refused beside numbers too, not converted to days or microseconds."""
    frame = pl.DataFrame(TABLE).with_columns(pl.col("b").cast(kind))
    frame.write_parquet(tmp_path / "toy.parquet")
    calls: list[Callable[[], object]] = [
        lambda: from_frame(frame, "kind"),
        lambda: from_frame(frame.select("b", "kind"), "kind"),
        lambda: store_table(tmp_path / "toy.parquet", tmp_path / "out", "kind"),
    ]
    for call in calls:
        with pytest.raises(DataError, match=r"column 'b' has dtype .*, not numbers: convert it to"):
            call()


@pytest.mark.parametrize("dtype", [np.int32, "uint8", bool])
def test_a_table_is_stored_in_floats(dtype: Any, tmp_path: Path) -> None:
    """A dtype that is not floating-point is refused."""
    path = write(tmp_path / "toy.parquet", TABLE)
    with pytest.raises(TypeError, match=r"dtype is \w+: it must be a floating-point dtype"):
        store_table(path, tmp_path / "out", "kind", dtype=dtype)


def test_a_number_that_overflows_is_refused(tmp_path: Path) -> None:
    """A number that overflows the dtype is refused; the message names its place."""
    path = write(tmp_path / "toy.parquet", TABLE | {"b": [4.0, -1e39, 6.0]})
    with pytest.raises(DataError, match=r"row 2, column 'b': -1e\+39 is too large for float32"):
        store_table(path, tmp_path / "out", "kind")
    assert store_table(path, tmp_path / "out", "kind", dtype=np.float64).data.x[1, 1] == -1e39


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({**TABLE, "a": [1.0, None, 3.0]}, "1 value is missing.*row 2, column 'a'"),
        ({**TABLE, "a": ["x", "y", "z"]}, "column 'a' has dtype .*, not numbers"),
        ({**TABLE, "kind": ["no", None, "yes"]}, "row 2, column 'kind': the class is missing"),
        ({**TABLE, "kind": ["no", "no", "no"]}, "only one class"),
        ({"kind": ["no", "yes"]}, "there are no features"),
        ({"a": [1.0]}, "has no column 'kind'; it has a"),
        ({"a": [[1, 2]] * 3, "kind": TABLE["kind"]}, "column 'a' has dtype List.*, not numbers"),
        (
            {"a": [{"q": 1}] * 3, "kind": TABLE["kind"]},
            "column 'a' has dtype Struct.*, not numbers",
        ),
        (
            {"a": np.ones((3, 2)), "kind": TABLE["kind"]},
            "column 'a' has dtype Array.*, not numbers",
        ),
        ({**TABLE, "kind": ["1", "1.0", "1"]}, "holds '1' and '1.0', which are the same number"),
        ({"a": [], "kind": []}, "no classes: there are no points"),
    ],
)
@pytest.mark.parametrize("read", ["frame", "parquet", "store"])
def test_bad_data_are_refused(
    table: dict[str, Any], message: str, read: str, tmp_path: Path
) -> None:
    """Invalid data are refused in one sentence that names the place."""
    path = write(tmp_path / "bad.parquet", table)
    calls: dict[str, Callable[[], object]] = {
        "frame": lambda: from_frame(pl.DataFrame(table), "kind"),
        "parquet": lambda: read_parquet(path, "kind"),
        "store": lambda: store_table(path, tmp_path / "out", "kind"),
    }
    with pytest.raises(DataError, match=message):
        calls[read]()


def test_other_files_are_refused(tmp_path: Path) -> None:
    """A file of another format is refused."""
    (tmp_path / "a.parquet").write_bytes(b"no")
    (tmp_path / "a.txt").write_bytes(b"no")
    with pytest.raises(DataError, match="not a Parquet file"):
        read_parquet(tmp_path / "a.parquet", "kind")
    with pytest.raises(DataError, match=r"neither a \.csv nor a \.parquet"):
        store_table(tmp_path / "a.txt", tmp_path, "kind")
    with pytest.raises(FileNotFoundError):
        store_table(tmp_path / "none.csv", tmp_path, "kind")


def test_a_killed_writer_leaves_no_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the process is killed between two files, there is no table rather than a mixed one."""
    path = write(tmp_path / "a.csv", TABLE)
    store_table(path, tmp_path / "out", "kind")
    replace, calls = Path.replace, list[Path]()

    def dying(self: Path, target: Path) -> Path:
        calls.append(self)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", dying)
    with pytest.raises(KeyboardInterrupt):
        store_table(path, tmp_path / "out", "kind")
    with pytest.raises(FileNotFoundError):
        map_table(tmp_path / "out")


def test_a_file_is_not_judged_by_its_first_rows(tmp_path: Path) -> None:
    """Integers and fractions in any order are numbers; 0 and "no" are text."""
    path = tmp_path / "late.csv"
    path.write_text("a,kind\n" + "1,0\n" * 1000 + "2.5,no\n")
    table = store_table(path, tmp_path / "out", "kind")
    assert (table.data.x[-1, 0], table.classes) == (2.5, ("0", "no"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,kind\n1,x\nq,y\n", r"bad.csv cannot be read: could not parse .*q.* at column 'a'"),
        ("a,kind\n1,x\n2,NA\n3,y\n", "row 2, column 'kind': the class is missing"),
        ("", "bad.csv cannot be read: empty CSV"),
    ],
)
def test_bad_lines_are_refused(text: str, message: str, tmp_path: Path) -> None:
    """Errors of polars are one sentence too; missing classes are those of `read_csv`."""
    (tmp_path / "bad.csv").write_text(text)
    with pytest.raises(DataError, match=message):
        store_table(tmp_path / "bad.csv", tmp_path / "out", "kind")


def test_a_gap_is_named_by_its_row_in_the_file(tmp_path: Path) -> None:
    """Messages count rows from the start of the file, not of the piece."""
    rows = 300_000
    kinds = ["no", "yes"] * (rows // 2)
    path = write(tmp_path / "gap.parquet", {"a": [1.0] * (rows - 1) + [None], "kind": kinds})
    with pytest.raises(DataError, match=f"the first in row {rows}, column 'a'"):
        store_table(path, tmp_path / "out", "kind")


def test_a_positive_class(tmp_path: Path) -> None:
    """Every reader gives the positive class the label +1, and all others -1."""
    kinds = {"a": [1.0, 2.0, 3.0, 4.0], "kind": ["setosa", "virginica", "setosa", "versicolor"]}
    csv, parquet = (write(tmp_path / f"toy.{suffix}", kinds) for suffix in ("csv", "parquet"))
    np.savez(tmp_path / "toy.npz", x=np.ones((4, 1)), y=np.array(kinds["kind"]))
    tables = [
        read_csv(csv, "kind", positive="virginica"),
        read_npz(tmp_path / "toy.npz", positive="virginica"),
        from_frame(pl.DataFrame(kinds), "kind", positive="virginica"),
        read_parquet(parquet, "kind", positive="virginica"),
        store_table(csv, tmp_path / "arrays", "kind", positive="virginica"),
    ]
    for table in tables:
        assert table.data.y.tolist() == [-1.0, 1.0, -1.0, -1.0]
        assert table.classes == ("not virginica", "virginica")


@given(words=st.lists(st.sampled_from("abcd"), min_size=2).filter(lambda ws: len(set(ws)) > 1))
def test_either_of_two_classes_may_be_positive(words: list[str]) -> None:
    """Of two classes both are named; of more, the others are named as the negation."""
    frame = pl.DataFrame({"a": np.arange(float(len(words))), "kind": words})
    for positive in set(words):
        table = from_frame(frame, "kind", positive=positive)
        np.testing.assert_array_equal(table.data.y > 0, np.array(words) == positive)
        others = set(words) - {positive}
        assert table.classes == (
            others.pop() if len(others) == 1 else f"not {positive}",
            positive,
        )


@pytest.mark.parametrize("gap", ["", "nan", " NA "])
def test_text_in_place_of_a_class(gap: str) -> None:
    """A missing class is refused, not counted among the others."""
    frame = pl.DataFrame({"a": [1.0, 2.0, 3.0], "kind": ["cat", gap, "dog"]})
    with pytest.raises(DataError, match="row 2, column 'kind': the class is missing"):
        from_frame(frame, "kind", positive="cat")


def test_a_missing_class_is_named_by_its_row_in_the_file(tmp_path: Path) -> None:
    """The positive class is given by name, not by position."""
    nan = float("nan")
    frame = pl.DataFrame({"a": np.arange(6.0), "kind": [1.0, 1.0, 2.0, nan, 2.0, 1.0]})
    frame.write_parquet(tmp_path / "gap.parquet")
    with pytest.raises(DataError, match="row 4, column 'kind': the class is missing"):
        store_table(tmp_path / "gap.parquet", tmp_path / "out", "kind")


def test_spaces_around_a_class_are_removed(tmp_path: Path) -> None:
    """The stored classes equal those of `read_csv`."""
    path = tmp_path / "spaces.csv"
    path.write_text("a,kind\n1, cat\n2,cat \n3, dog\n")
    table = store_table(path, tmp_path / "out", "kind")
    assert table.classes == read_csv(path, "kind").classes == ("cat", "dog")
