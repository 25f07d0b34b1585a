"""How a CSV file is written is recognised, or the error names the option that decides."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from miniml.datasets import DataError, read_csv

ROWS = [["1.5", "80", "größe"], ["-2.25", "60", "klein"], ["1e3", "7", "klein"]]
X = [[1.5, 80.0], [-2.25, 60.0], [1000.0, 7.0]]


def written(delimiter: str, decimal: str, header: tuple[str, ...] = ("a", "b", "kind")) -> str:
    rows = [[cell.replace(".", decimal) for cell in row] for row in ROWS]
    return "".join(delimiter.join(row) + "\n" for row in ([[*header]] if header else []) + rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
@pytest.mark.parametrize(
    ("delimiter", "decimal"), [(",", "."), (";", "."), (";", ","), ("\t", ","), ("|", ".")]
)
def test_a_file_is_read_as_it_is_written(
    tmp_path: Path, encoding: str, delimiter: str, decimal: str
) -> None:
    """The encoding, the delimiter and the decimal mark are recognised."""
    path = tmp_path / "a.csv"
    path.write_bytes(written(delimiter, decimal).encode(encoding))
    table = read_csv(path, "kind")
    assert table.data.x.tolist() == X
    assert (table.features, table.classes) == (("a", "b"), ("größe", "klein"))


@pytest.mark.parametrize(("delimiter", "decimal"), [(",", "."), (";", ","), ("\t", ".")])
def test_a_file_without_a_header_has_numbered_columns(
    tmp_path: Path, delimiter: str, decimal: str
) -> None:
    """With header=False, the first line is a row, and the columns have numbers as names."""
    path = tmp_path / "a.csv"
    path.write_text(written(delimiter, decimal, ()))
    table = read_csv(path, "column_3", header=False)
    assert table.data.x.tolist() == X
    assert table.features == ("column_1", "column_2")


@pytest.mark.parametrize("names", ["2019,2020,kind", "1,2,3"])
def test_names_may_be_numbers(tmp_path: Path, names: str) -> None:
    """With header=True, the first line has names, whatever they are."""
    path = tmp_path / "a.csv"
    path.write_text(f"{names}\n1,2,0\n3,4,1\n")
    target = names.rpartition(",")[2]
    assert read_csv(path, target, header=True).features == tuple(names.split(",")[:2])


def test_a_year_is_a_name_beside_the_name_of_the_target(tmp_path: Path) -> None:
    """Names that are numbers are names if that of the target is text and not a class."""
    path = tmp_path / "a.csv"
    path.write_text("2019,2020,kind\n1,2,x\n3,4,y\n")
    assert read_csv(path, "kind").data.x.tolist() == [[1, 2], [3, 4]]


def test_a_delimiter_at_the_end_of_each_line_is_no_column(tmp_path: Path) -> None:
    """A last column without a name and without values is left out."""
    path = tmp_path / "a.csv"
    path.write_text("a,kind,\n1,x,\n2,y,\n")
    assert read_csv(path, "kind").data.x.tolist() == [[1], [2]]


def test_options_decide_what_can_be_read_in_two_ways(tmp_path: Path) -> None:
    """A comma before three digits is a decimal mark if the caller says so."""
    path = tmp_path / "a.csv"
    path.write_text("a;kind\n1,500;x\n2,000;y\n")
    with pytest.raises(DataError, match=r"--decimal ,"):
        read_csv(path, "kind")
    assert read_csv(path, "kind", decimal=",").data.x.tolist() == [[1.5], [2.0]]
    with pytest.raises(DataError, match="'1,500' is not a number"):
        read_csv(path, "kind", decimal=".")


def test_a_point_is_no_decimal_mark_beside_decimal_commas(tmp_path: Path) -> None:
    """With decimal=',' a point divides thousands, and is refused."""
    path = tmp_path / "a.csv"
    path.write_text("a;kind\n1.500;x\n2,5;y\n")
    with pytest.raises(DataError, match=r"'1\.500' is not a number"):
        read_csv(path, "kind", decimal=",")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"encoding": "utf-9"}, "the encoding is 'utf-9'"),
        ({"encoding": "rot13"}, "the encoding is 'rot13'"),
        ({"encoding": "ascii"}, r"is not text in ascii: .* --encoding"),
        ({"delimiter": ""}, "the delimiter is ''"),
        ({"delimiter": "::"}, "the delimiter is '::'"),
        ({"decimal": ";"}, "the decimal mark is ';'"),
    ],
)
def test_wrong_options_are_refused(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    """The error says what the option must be."""
    path = tmp_path / "a.csv"
    path.write_text(written(",", "."), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_csv(path, "kind", **options)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x1f\x8b\x08\x00abc", "is compressed by gzip: decompress it first"),
        (b"PK\x03\x04abc", "is compressed by zip"),
        (b"a,kind\n1,\x81\n2,y\n", "neither in UTF-8 nor in Latin-1: .* --encoding"),
        ("a,kind\n1,x\n2,y\n".encode("utf-16-le"), "--encoding utf-16"),
        (b"\xff\xfea", "is not text in utf-16"),
    ],
)
def test_what_is_not_text_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    """The error says what the file is, and the way out."""
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    with pytest.raises(DataError, match=message):
        read_csv(path, "kind")


def test_classes_are_compared_exactly(tmp_path: Path) -> None:
    """Integers that are the same float are two classes."""
    path = tmp_path / "a.csv"
    path.write_text("a,kind\n1,9007199254740993\n2,9007199254740992\n")
    table = read_csv(path, "kind")
    assert table.classes == ("9007199254740992", "9007199254740993")
    assert table.data.y.tolist() == [1.0, -1.0]


def test_fifty_thousand_columns_are_read(tmp_path: Path) -> None:
    """The work grows with the number of columns, not with its square."""
    path, width = tmp_path / "wide.csv", 50_000
    names = ",".join(f"c{at}" for at in range(width))
    path.write_text(f"{names},kind\n{'1,' * width}x\n{'2,' * width}y\n")
    assert read_csv(path, "kind").data.x.shape == (2, width)


pieces = st.sampled_from(
    [
        "a",
        "kind",
        "1",
        "2.5",
        "1,5",
        "1,500",
        "",
        " ",
        "NA",
        "nan",
        "inf",
        "x",
        "y",
        '"',
        '""',
        "'",
        "\0",
        "é",
        "1_0",
        "9" * 400,
        "1e999",
        "2020-01-01",
        "True",
        "\ufeff",
        "\r",
        "\uff11",
    ]
)
lines = st.lists(st.lists(pieces, max_size=4), max_size=5)


encodings = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
given_options = st.fixed_dictionaries(
    {},
    optional={
        "header": st.booleans(),
        "delimiter": st.sampled_from([",", ";", "\t", "x", "\n", ""]),
        "decimal": st.sampled_from([",", ".", "x"]),
        "encoding": st.sampled_from(["latin-1", "utf-16", "utf-7", "none", "\0", "idna"]),
    },
)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Return the bytes of a file that may be a table."""
    mark, end = draw(st.sampled_from(",;\t|")), draw(st.sampled_from(["\n", "\r\n", "\r"]))
    return "".join(mark.join(line) + end for line in draw(lines)).encode(draw(encodings))


@given(data=files(), options=given_options)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_table_or_an_error_of_the_room(
    tmp_path: Path, data: bytes, options: dict[str, Any]
) -> None:
    """A file is a table of finite numbers, or one sentence."""
    check(tmp_path, data, options)


@given(st.binary(max_size=100))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_table_or_an_error_of_the_room(tmp_path: Path, data: bytes) -> None:
    """Bytes are a table of finite numbers, or one sentence."""
    check(tmp_path, data, {})
    check(tmp_path, b"a,kind\n1,x\n" + data, {})


def check(folder: Path, data: bytes, options: dict[str, Any]) -> None:
    path = folder / "a.csv"
    path.write_bytes(data)
    for target in ("kind", "column_1", "1"):
        try:
            table = read_csv(path, target, **options)
        except DataError as error:
            message = str(error)
            assert "\n" not in message
        else:
            assert np.isfinite(table.data.x).all()
            assert set(table.data.y.tolist()) <= {-1.0, 1.0}
