"""The reader of CSV files."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from miniml.datasets import DataError, read_csv

# What is wrong, the file, and what the message must say.
BAD_CSV = [
    ("empty", "", "holds no data"),
    ("header alone", "a,kind\n", "holds no data"),
    ("no such column", "a,b\n1,x\n2,y\n", "has no column 'kind'; it has a, b"),
    ("nothing but the target", "kind\nx\ny\n", "there are no features"),
    ("two columns of one name", "a,a,kind\n1,1,x\n2,2,y\n", "two columns named 'a'"),
    (
        "a row too short",
        "a,b,kind\n1,2,x\n1,y\n",
        "line 3: the row has 2 values, the header 3 columns",
    ),
    ("a row too long", "a,kind\n1,x\n1,y,\n", "line 3: the row has 3 values, the header 2 columns"),
    ("text", "a,b,kind\n1,2,x\n3,red,y\n", r"row 2 \(line 3\), column 'b': 'red' is not a number"),
    ("text after a blank line", "a,kind\n1,x\n\nred,y\n", r"row 2 \(line 4\), column 'a': 'red'"),
    ("NaN", "a,kind\n1,x\nnan,y\n", "1 value is missing, .* row 2, column 'a'"),
    ("gaps", "a,b,kind\n1,,x\nNA,2,y\n", "2 values are missing, .* row 1, column 'b'"),
    ("infinity", "a,kind\n1,x\n-inf,y\n", "1 value is .* infinite, the first in row 2"),
    ("one class", "a,kind\n1,x\n2,x\n", "column 'kind' .* only one class, 'x'"),
    ("three classes", "a,kind\n1,x\n2,y\n3,z\n", "3 classes .'x', 'y', 'z'.: .* exactly two"),
    (
        "a number to predict",
        "a,kind\n1,.1\n2,.2\n3,.3\n",
        r"targets, .* Dataset\(frame\[features\]",
    ),
    ("a class missing", "a,kind\n1,x\n2,\n3,y\n", "line 3, column 'kind': the class is missing"),
    ("a thousand in Python", "a,kind\n1_000,x\n2,y\n", "column 'a': '1_000' is not a number"),
    (
        "one number, two ways",
        "a,kind\n1,1\n2,01\n",
        "holds '01' and '1', which are the same number",
    ),
    (
        "thousands or decimals",
        "a;kind\n1,500;x\n2,000;y\n",
        r"can be 1\.500 or 1500: pass decimal=','",
    ),
    ("points and commas", "a;kind\n1,5;x\n2.5;y\n", "'1,5' is not a number: .* decimal=','"),
    ("thousands", 'a,kind\n"1,234,567",x\n2,y\n', "'1,234,567' is not a number"),
    ("a date", "a,kind\n2020-01-01,x\n2,y\n", "'2020-01-01' is not a number"),
    ("NUL", "a,kind\n1,x\0\n2,x\n", "has NUL characters"),
    ("numbers alone", "1,2,0\n3,4,1\n", r"holds numbers \(1, 2, 0\).* --no-header"),
    ("a row twice", "0,0,1\n3,4,1\n", r"holds numbers \(0, 0, 1\).* --no-header"),
    ("no name of the class", "5.1,3.5,setosa\n1,2,x\n", "has no column 'kind'; .* --no-header"),
    ("an open quote", 'a,kind\n1,"x\n2,y\n', "line 3: unexpected end"),
]


class TestReadCsv:
    @pytest.mark.parametrize(
        ("text", "message"), [case[1:] for case in BAD_CSV], ids=[case[0] for case in BAD_CSV]
    )
    def test_refuses_in_one_sentence(self, tmp_path: Path, text: str, message: str) -> None:
        """The error is one line that names the file and the place."""
        path = tmp_path / "bad.csv"
        path.write_text(text)
        with pytest.raises(DataError, match=message) as caught:
            read_csv(path, "kind")
        assert "bad.csv" in str(caught.value)
        assert "\n" not in str(caught.value)

    def test_refuses_a_first_row_that_has_a_class(self, tmp_path: Path) -> None:
        """If the name of the target is a class of other rows, the file has no header."""
        path = tmp_path / "iris.csv"
        path.write_text("5.1,3.5,setosa\n4.9,3.0,setosa\n7.0,3.2,virginica\n")
        with pytest.raises(
            DataError, match=r"the first line of iris\.csv holds numbers.*header=False"
        ):
            read_csv(path, "setosa")

    def test_passes_on_a_missing_file(self, tmp_path: Path) -> None:
        """A missing file raises FileNotFoundError."""
        with pytest.raises(FileNotFoundError):
            read_csv(tmp_path / "none.csv", "kind")

    @given(
        x=hnp.arrays(np.float64, (4, 3), elements=st.floats(allow_nan=False, allow_infinity=False)),
        at=st.integers(0, 3),
    )
    def test_reads_every_number_exactly(
        self, tmp_path_factory: pytest.TempPathFactory, x: np.ndarray[Any, Any], at: int
    ) -> None:
        """Numbers are read exactly, whatever the position of the target column."""
        names, kinds = ["a", "b", "c"], ["no", "yes", "yes", "no"]
        rows = [names, *([repr(v) for v in row] for row in x.tolist())]
        for row, kind in zip(rows, ["kind", *kinds], strict=True):
            row.insert(at, kind)
        path = tmp_path_factory.mktemp("csv") / "numbers.csv"
        path.write_text("".join(",".join(row) + "\n" for row in rows))
        table = read_csv(path, "kind")
        assert table.data.x.tobytes() == x.tobytes()
        assert table.features == ("a", "b", "c")
        assert table.data.y.tolist() == [-1.0, 1.0, 1.0, -1.0]

    def test_orders_numbers_as_numbers(self, tmp_path: Path) -> None:
        """Of the classes 10 and 9, the smaller number has the label -1."""
        path = tmp_path / "numbers.csv"
        path.write_text("a,kind\n1,10\n2,9\n")
        assert read_csv(path, "kind").classes == ("9", "10")

    def test_reads_files_of_spreadsheets(self, tmp_path: Path) -> None:
        """A byte order mark, carriage returns, quotes and spaces are removed from values."""
        path = tmp_path / "sheet.csv"
        path.write_bytes('\ufeff"a, b", kind\r\n 1 , "x"\r\n2, y \r\n'.encode())
        table = read_csv(path, "kind")
        assert (table.features, table.classes, table.name) == (("a, b",), ("x", "y"), "sheet")
