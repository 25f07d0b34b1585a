"""`miniml fit` of CSV files that other programs wrote."""

import json
from pathlib import Path

import pytest

from miniml.cli import main
from tests.cli.conftest import Run

pytest.importorskip("rich")
pytest.importorskip("safetensors")

ROWS = [(f"{at}.5", f"{at % 3}", "no" if at % 2 else "größer") for at in range(12)]


@pytest.mark.parametrize(
    ("marks", "encoding", "options"),
    [
        (";,", "latin-1", ()),
        (";,", "utf-8", ("--decimal", ",", "--delimiter", ";")),
        ("\t.", "utf-16", ("--delimiter", "tab", "--encoding", "utf-16")),
    ],
)
def test_other_files_are_read(
    run: Run, tmp_path: Path, marks: str, encoding: str, options: tuple[str, ...]
) -> None:
    """A file with other marks is read, and `miniml plot` reads it again in the same way."""
    delimiter, decimal = marks[0], marks[1]
    text = "".join(
        delimiter.join(cell.replace(".", decimal) for cell in row) + "\n"
        for row in [("a", "b", "kind"), *ROWS]
    )
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    words = ("a.csv", "--target", "kind", "--steps", "2", "--no-pictures", *options)
    assert run(*words).code == 0
    facts = json.loads((tmp_path / "miniml-out" / "run.json").read_text("utf-8"))
    assert facts["features"] == ["a", "b"]
    assert set(facts["classes"].values()) == {"größer", "no"}
    pytest.importorskip("matplotlib")
    assert main(["plot", "regions"]) == 0


def test_a_file_without_a_header_is_read(run: Run, tmp_path: Path) -> None:
    """With --no-header the columns have numbers."""
    text = "".join(",".join(row) + "\n" for row in ROWS)
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    words = ("a.csv", "--target", "column_3", "--no-header", "--steps", "2", "--no-pictures")
    assert run(*words).code == 0
    facts = json.loads((tmp_path / "miniml-out" / "run.json").read_text("utf-8"))
    assert facts["features"] == ["column_1", "column_2"]
