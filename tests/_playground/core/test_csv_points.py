"""Points from a CSV file."""

from pathlib import Path

import pytest

from miniml._playground.core.csv_points import points_from_csv
from miniml._playground.core.errors import RequestError
from miniml._playground.core.messages import Csv
from miniml._playground.core.session_config import SessionConfig


class TestReading:
    def test_the_last_column_is_the_class(self) -> None:
        """Without a target, the last column is the class."""
        points = points_from_csv(Csv("a,b,c\n1,2,x\n3,4,y\n5,7,x\n", "toy.csv"), SessionConfig())
        assert points.features == ("a", "b")
        assert points.classes == ("x", "y")

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("", "empty"),
            ("a,b\n", "no data"),
            ("a,b\n1,x\n2,x\n", "only one class"),
            ("a,b\n1,x\nz,y\n", "'z' is not a number"),
            ("a,b\n1,x\n2\n", "has 1 values"),
            ('a,b\n"1,x\n', "line"),
            ("a,b\n" + "1,x\n" * 500_000, "more than 2,000,000 characters"),
        ],
    )
    def test_faults_are_sentences(self, text: str, says: str) -> None:
        """An invalid file is refused, with the position."""
        with pytest.raises(RequestError, match=says):
            points_from_csv(Csv(text, "toy.csv"), SessionConfig())

    @pytest.mark.parametrize(
        "text", ["\n\na,b\n1,x\n2,y\n", "a,b\r1,x\r2,y\r", "a,b\r\n1,x\r\n2,y"]
    )
    def test_ends_of_lines(self, text: str) -> None:
        """All line endings are read, and the first line may be empty."""
        assert points_from_csv(Csv(text, "toy.csv"), SessionConfig()).features == ("a",)

    @pytest.mark.parametrize("name", ["..", ".", "", "a\0b", "é" * 200])
    def test_a_name_no_disk_takes(self, name: str) -> None:
        """A file is read whatever its name."""
        assert points_from_csv(Csv("a,b\n1,x\n2,y\n", name), SessionConfig()).features == ("a",)

    def test_a_name_with_folders_is_only_a_name(self, tmp_path: Path) -> None:
        """A name with folders writes no file."""
        target = tmp_path / "x.csv"
        points_from_csv(Csv("a,b\n1,x\n2,y\n", f"../../{target}"), SessionConfig())
        assert not target.exists()
