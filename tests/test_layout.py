"""The layout of the files, and what their code may not contain."""

import ast
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
    # Programs for the type checkers, tests of the page as a whole, and long runs of random tests.
    own = {Path("typing"), Path("_playground/browser"), Path("long")}
    assert {folder for folder in folders if not (source / folder).is_dir()} == own


def test_aliases_with_a_list_of_parameters_are_subscripted_in_quotes() -> None:
    """Python 3.11.2 cannot subscript at run time an alias such as `Program[[T, D], T]`."""
    trees = [ast.parse(file.read_text("utf-8")) for file in (ROOT / "src").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    aliases = {
        ast.unparse(node.target)
        for node in nodes
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.value, ast.Subscript)
        and ast.unparse(node.value).startswith("Program[[")
    }
    assert aliases
    subscripted = {ast.unparse(node.value) for node in nodes if isinstance(node, ast.Subscript)}
    assert subscripted & aliases == set()
