"""DataFrames and columns of files that are refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from miniml.datasets import DataError, from_frame, read_csv, read_parquet, store_table

pl = pytest.importorskip("polars")

TABLE: dict[str, Any] = {"a": [1.0, 2.0, 3.0], "kind": ["no", "yes", "no"], "b": [4, 5, 6]}


def test_other_types_are_refused() -> None:
    """A LazyFrame and a dict are refused."""
    for some in (pl.LazyFrame(TABLE), TABLE):
        with pytest.raises(TypeError, match=r"must be a DataFrame .* collect a LazyFrame first"):
            from_frame(some, "kind")


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"kind": ["x", None, "y"]}, "frame, row 2, column 'kind': the class is missing"),
        ({"kind": [1, None, 0]}, "frame, row 2, column 'kind': the class is missing"),
        ({"other": [1, 2, 3]}, "frame has no column 'kind'; it has 0, other"),
    ],
)
def test_bad_frames_of_pandas_are_refused(columns: dict[str, Any], message: str) -> None:
    """Missing values of pandas are missing classes; names of columns may be integers."""
    pd = pytest.importorskip("pandas")
    kinds = {"kind": "string" if "x" in columns.get("kind", ()) else "Int64"}
    frame = pd.DataFrame({"0": [1.0, 2.0, 3.0], **columns}).rename(columns={"0": 0})
    frame = frame.astype({name: kind for name, kind in kinds.items() if name in frame})
    with pytest.raises(DataError, match=message):
        from_frame(frame, "kind")


@pytest.mark.parametrize("names", [["a", "a", "kind"], ["a", "kind", "kind"]])
def test_columns_of_one_name_are_refused(names: list[str]) -> None:
    """Two columns with one name are refused."""
    pd = pytest.importorskip("pandas")
    with pytest.raises(DataError, match="frame has two columns"):
        from_frame(pd.DataFrame(np.eye(3), columns=names), "kind")


def test_a_column_without_a_name_is_refused(tmp_path: Path) -> None:
    """The index that pandas writes without a name is refused by every reader."""
    path = tmp_path / "toy.csv"
    pytest.importorskip("pandas").DataFrame(TABLE).to_csv(path)
    calls: list[Callable[[], object]] = [
        lambda: read_csv(path, "kind"),
        lambda: from_frame(pl.read_csv(path), "kind"),
        lambda: store_table(path, tmp_path / "out", "kind"),
    ]
    for call in calls:
        with pytest.raises(DataError, match="column 1 has no name: name it"):
            call()


@pytest.mark.parametrize("name", ["Unnamed: 0", "__index_level_0__"])
def test_a_placeholder_name_is_refused(name: str, tmp_path: Path) -> None:
    """The index is also refused under the placeholder names of pandas."""
    table = {"a": [1.0, 2.0], "kind": ["no", "yes"], name: [0, 1]}
    frame = pl.DataFrame(table)
    frame.write_parquet(tmp_path / "toy.parquet")
    calls: list[Callable[[], object]] = [
        lambda: from_frame(frame, "kind"),
        lambda: from_frame(pytest.importorskip("pandas").DataFrame(table), "kind"),
        lambda: read_parquet(tmp_path / "toy.parquet", "kind"),
        lambda: store_table(tmp_path / "toy.parquet", tmp_path / "out", "kind"),
    ]
    for call in calls:
        with pytest.raises(DataError, match=rf"column 3 has no name \('{name}' is a placeholder\)"):
            call()
