"""Errors of the standard output, by real processes with real pipes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import miniml

pytest.importorskip("rich")
pytest.importorskip("safetensors")

SOURCE = Path(miniml.__file__).parents[1]
FIT = ("fit", "simple", "--steps", "3", "--no-pictures")
FULL = Path("/dev/full")


def shell(folder: Path, line: str, *, unbuffered: bool = False) -> subprocess.CompletedProcess[str]:
    """Run a line of bash in which `$M` is the command."""
    env = {**os.environ, "PYTHONPATH": str(SOURCE), "M": f"{sys.executable} -m miniml"}
    env |= {"PYTHONUNBUFFERED": "1" if unbuffered else ""}
    words = ["bash", "-c", f"set -o pipefail; {line}"]
    # If a process is killed, bash prints its words, which need not be text.
    return subprocess.run(
        words,
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        errors="backslashreplace",
        check=False,
    )


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("unbuffered", [False, True])
@pytest.mark.parametrize("words", [("--help",), FIT, ("playground", "--no-browser")])
def test_of_a_full_disk_is_one_sentence(
    tmp_path: Path, words: tuple[str, ...], *, unbuffered: bool
) -> None:
    """If the output cannot be written, the message is one line, and the exit code is 2."""
    if words[0] == "playground":
        pytest.importorskip("starlette")
    done = shell(tmp_path, f"$M {' '.join(words)} > /dev/full", unbuffered=unbuffered)
    name = " ".join(["miniml", *words[:1]]) if words[0] != "--help" else "miniml"
    wanted = f"{name}: cannot write to the standard output: No space left on device\n"
    assert (done.returncode, done.stderr) == (2, wanted)
    assert not list(tmp_path.iterdir())


def test_whose_reader_has_gone_ends_the_command_quietly(tmp_path: Path) -> None:
    """After a broken pipe the command ends silently with the exit code 141."""
    done = shell(tmp_path, f"$M {' '.join(FIT)} | true")
    assert done.returncode == 141
    assert "Error" not in done.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_that_is_closed_is_no_reason_to_stop(tmp_path: Path, closed: str) -> None:
    """A run with a closed standard output or error writes its files."""
    done = shell(tmp_path, f"$M {' '.join(FIT)} {closed}")
    assert done.returncode == 0
    assert (tmp_path / "miniml-out" / "params.safetensors").exists()


@pytest.mark.parametrize("settings", ["PYTHONIOENCODING=ascii", "LC_ALL=C PYTHONUTF8=0"])
def test_of_a_terminal_without_a_letter_has_an_escape(tmp_path: Path, settings: str) -> None:
    """A name that the terminal cannot show is printed with escapes, and the run goes on."""
    rows = "".join(f"{at},{'äb'[at % 2]}\n" for at in range(12))
    (tmp_path / "a.csv").write_text(f"x,kind\n{rows}", encoding="utf-8")
    words = "fit a.csv --target kind --steps 2 --no-pictures"
    done = shell(tmp_path, f"PYTHONCOERCECLOCALE=0 {settings} $M {words}")
    assert done.returncode == 0
    assert "\\xe4" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_name_that_is_not_text_is_a_name(tmp_path: Path) -> None:
    """Files whose names are not text in any encoding are read, and pictures of them drawn."""
    pytest.importorskip("matplotlib")
    rows = "".join(f"{at},{at % 3},{'ab'[at % 2]}\n" for at in range(12))
    (tmp_path / os.fsdecode(b"\xff.csv")).write_text(f"x,y,kind\n{rows}")
    plot = r"$M plot history --to $'\xff.png'"
    line = rf"($M fit $'\xff.csv' --target kind --steps 2 && {plot}) > /dev/null"
    done = shell(tmp_path, line)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / os.fsdecode(b"\xff.png")).exists()
    assert (tmp_path / "miniml-out" / "regions.png").exists()
