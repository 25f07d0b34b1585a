"""Damaged Parquet files and stored tables: a table, or an error of the room."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from miniml.datasets import DataError, Table, map_table, read_parquet, store_table
from tests.datasets.test_archives import changed

polars: Any = pytest.importorskip("polars")

COLUMNS = {"a": [1.5, 2.0, 3.0, 4.0], "b": [1, 2, 3, 4], "kind": ["x", "y", "x", "y"]}


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_parquet_file_is_refused(tmp_path: Path, data: st.DataObject) -> None:
    """A Parquet file with changed bytes is a table, or one sentence; a panic of polars too."""
    path = tmp_path / "a.parquet"
    polars.DataFrame(COLUMNS).write_parquet(path)
    path.write_bytes(data.draw(changed(path.read_bytes())))
    readers: tuple[Callable[[], Table], ...] = (
        lambda: read_parquet(path, "kind"),
        lambda: store_table(path, tmp_path / "out", "kind"),
    )
    for read in readers:
        try:
            table = read()
        except DataError as error:
            message = str(error)
            assert "\n" not in message
        else:
            assert np.isfinite(table.data.x).all()


@given(data=st.data(), name=st.sampled_from(["x.npy", "y.npy", "table.json"]))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_stored_table_is_refused(tmp_path: Path, data: st.DataObject, name: str) -> None:
    """A stored table with changed bytes is a table, or one sentence."""
    path = tmp_path / "a.parquet"
    polars.DataFrame(COLUMNS).write_parquet(path)
    store_table(path, tmp_path / "out", "kind")
    file = tmp_path / "out" / name
    file.write_bytes(data.draw(changed(file.read_bytes())))
    try:
        table = map_table(tmp_path / "out")
    except DataError as error:
        message = str(error)
        assert "\n" not in message
    else:
        assert table.data.x.shape == (len(table.data.y), len(table.features))


@pytest.mark.parametrize(
    "facts",
    ["[" * 5000, "{}", '{"features": "ab", "classes": ["x", "y"], "name": "a"}', "null",
     '{"features": ["a", "b"], "classes": ["x"], "name": "a"}'],
)  # fmt: skip
def test_the_names_of_a_stored_table_are_checked(tmp_path: Path, facts: str) -> None:
    """A `table.json` of another content is refused."""
    path = tmp_path / "a.parquet"
    polars.DataFrame(COLUMNS).write_parquet(path)
    store_table(path, tmp_path / "out", "kind")
    (tmp_path / "out" / "table.json").write_text(facts)
    with pytest.raises(DataError, match="holds no complete table"):
        map_table(tmp_path / "out")
