"""The layout of the files: short ones, and tests in the folders of the code."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST = 400


@pytest.mark.parametrize("folder", ["src", "tests", "tools", "examples"])
def test_no_file_is_long(folder: str) -> None:
    """Each Python file has at most 400 lines."""
    files = [*(ROOT / folder).rglob("*.py")]
    assert files
    lines = {file: len(file.read_text("utf-8").splitlines()) for file in files}
    assert {file: count for file, count in lines.items() if count > LONGEST} == {}


def test_the_tests_mirror_the_rooms() -> None:
    """Each folder of tests has the name of a folder of the code."""
    tests, source = ROOT / "tests", ROOT / "src" / "miniml"
    folders = {file.parent.relative_to(tests) for file in tests.rglob("test_*.py")}
    # Programs for the type checkers, and tests of the page as a whole.
    own = {Path("typing"), Path("playground/browser")}
    assert {folder for folder in folders if not (source / folder).is_dir()} == own
