"""Pictures that fail, and Ctrl-C, in real processes."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

import miniml

pytest.importorskip("rich")
pytest.importorskip("safetensors")
pytest.importorskip("matplotlib")

SOURCE = Path(miniml.__file__).parents[1]
RESULTS = {"params.safetensors", "run.json", "history.csv"}


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    return {**kept, "PYTHONPATH": str(SOURCE), **more}


def miniml_in(folder: Path, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "miniml", *words],
        cwd=folder,
        env=environment(**more),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("settings", "more", "reason"),
    [
        ("", {"MPLBACKEND": "nonsense"}, "ValueError: .*nonsense"),
        ("text.usetex: True\nfont.family: serif\n", {"PATH": "/nowhere"}, "latex"),
        ("savefig.format: nonsense\nsavefig.dpi: -1\n", {}, ""),
        ("axes.prop_cycle: cycler('color', ['no colour'])\n", {}, ""),
    ],
)
def test_a_picture_that_fails_is_a_warning(
    tmp_path: Path, settings: str, more: dict[str, str], reason: str
) -> None:
    """Parameters, history and `run.json` are written; a failed picture is one line."""
    (tmp_path / "matplotlibrc").write_text(settings)
    done = miniml_in(tmp_path, "fit", "circle", "--steps", "3", **more)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    written = {path.name for path in (tmp_path / "miniml-out").iterdir()}
    assert written >= RESULTS
    assert not any(name.startswith(".") for name in written)
    if reason:
        assert written == RESULTS
        assert done.stderr.count("mean_loss.png was not drawn: ") == 1
        assert re.search(reason, done.stderr)
        plotted = miniml_in(tmp_path, "plot", "regions", **more)
        assert (plotted.returncode, plotted.stderr.count("\n")) == (2, 1)
        assert plotted.stderr.startswith("miniml plot: cannot draw regions: ")


@pytest.fixture
def heeded() -> Generator[None]:
    """A shell's background ignores Ctrl-C, and processes inherit that: undo it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(sys.platform == "win32", reason="there, Ctrl-C is no signal to a process")
@pytest.mark.usefixtures("heeded")
@pytest.mark.parametrize("command", [["-m", "miniml"], ["miniml"]])
@pytest.mark.parametrize("module", ["threadpoolctl", "rich", "matplotlib"])
def test_ctrl_c_while_modules_are_imported_is_one_line(
    tmp_path: Path, module: str, command: list[str]
) -> None:
    """A signal during an import ends the command with the exit code 130 and no traceback."""
    (tmp_path / f"{module}.py").write_text(
        "import sys, time\nprint('importing', file=sys.stderr, flush=True)\ntime.sleep(60)\n"
    )
    # As `pip install` writes it.
    script = "import sys\nfrom miniml.cli import main\nsys.exit(main())\n"
    (tmp_path / "miniml").write_text(script)
    paths = os.pathsep.join([str(tmp_path), str(SOURCE)])
    with subprocess.Popen(
        [sys.executable, *command, "fit", "circle", "--steps", "2"],
        cwd=tmp_path,
        env=environment(PYTHONPATH=paths),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        while process.stderr.readline() != "importing\n":
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        err = process.stderr.read()
        assert process.wait(60) == 130
    assert "Traceback" not in err
    assert err.count("\n") <= 1


def test_a_program_that_imports_the_library_keeps_its_signals(tmp_path: Path) -> None:
    """Only the command catches Ctrl-C: in a script it stays KeyboardInterrupt."""
    (tmp_path / "script.py").write_text(
        "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\nimport miniml\n"
        "print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)\n"
    )
    done = subprocess.run(
        [sys.executable, "script.py"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "True\n"
