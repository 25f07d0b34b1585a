"""The programs beside this file, as mypy and pyright judge them, both strict."""

import json
import os
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
MUST_PASS = sorted((HERE / "must_pass").glob("*.py"))
MUST_FAIL = sorted((HERE / "must_fail").glob("*.py"))

Messages = dict[tuple[str, int], list[str]]


def run(*command: str) -> str:
    """Run a checker from the root of the checkout."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr  # errors were found, as they must be
    return done.stdout


@pytest.fixture(scope="session")
def mypy() -> Messages:
    """What mypy says, by file and line."""
    found: Messages = defaultdict(list)
    programs = [str(path.relative_to(ROOT)) for path in MUST_PASS + MUST_FAIL]
    for line in run("mypy", "--no-pretty", "--hide-error-context", *programs).splitlines():
        match = re.match(r"(.+?):(\d+): error: (.*)  \[[\w-]+\]$", line)
        if match:
            found[Path(match[1]).stem + suffix(match[1]), int(match[2])].append(match[3])
    return found


@pytest.fixture(scope="session")
def pyright(tmp_path_factory: pytest.TempPathFactory) -> Messages:
    """What pyright says, by file and line, with the settings of the project but what it leaves out."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pyright"]
    folder = tmp_path_factory.mktemp("pyright")
    here = os.path.relpath(HERE, folder)  # pyright takes no absolute path
    places = {"include": [here], "exclude": [], "extraPaths": [str(ROOT / "src")]}
    project = folder / "pyrightconfig.json"
    project.write_text(json.dumps(settings | places))
    found: Messages = defaultdict(list)
    output = run("pyright", "--outputjson", "-p", str(project), "--pythonpath", sys.executable)
    for error in json.loads(output)["generalDiagnostics"]:
        name = Path(error["file"]).stem + suffix(error["file"])
        text = " ".join(error["message"].split())  # its blanks are of several kinds
        found[name, error["range"]["start"]["line"] + 1].append(text)
    return found


def suffix(path: str) -> str:
    """Tell a program that must fail from the one of the same name that must pass."""
    return f" in {Path(path).parent.name}"


def pins(path: Path, checker: str) -> dict[int, str]:
    """Return the part of a message that is wanted, by line."""
    wanted: dict[int, str] = {}
    waiting: str | None = None
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        text = line.strip()
        if text.startswith(f"# {checker} says: "):
            waiting = text.removeprefix(f"# {checker} says: ")
        elif waiting is not None and not text.startswith("#"):
            wanted[number], waiting = waiting, None
    return wanted


def judged(messages: Messages, path: Path) -> dict[int, list[str]]:
    """Return the messages of one file, by line."""
    name = path.stem + suffix(str(path))
    return {line: texts for (file, line), texts in messages.items() if file == name}


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
class TestCheckers:
    @pytest.mark.parametrize("path", MUST_PASS, ids=lambda path: path.stem)
    def test_passes(self, path: Path, checker: str, request: pytest.FixtureRequest) -> None:
        """A correct program gets no error, and every inferred type is as asserted."""
        messages: Messages = request.getfixturevalue(checker)
        assert judged(messages, path) == {}

    @pytest.mark.parametrize("path", MUST_FAIL, ids=lambda path: path.stem)
    def test_fails(self, path: Path, checker: str, request: pytest.FixtureRequest) -> None:
        """Every wrong line gets its message, and no other line gets any."""
        messages: Messages = request.getfixturevalue(checker)
        found, wanted = judged(messages, path), pins(path, checker)
        assert found.keys() == wanted.keys()
        for line, part in wanted.items():
            assert any(part in message for message in found[line]), (line, part, found[line])
        assert wanted
