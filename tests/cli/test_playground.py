"""The command `miniml playground`."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from miniml._playground.core.session import Session
from miniml._playground.shell import server
from miniml.cli import main


@pytest.fixture
def served(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> list[tuple[Session, dict[str, object]]]:
    """Return what the command would serve, in a temporary folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.delitem(sys.modules, "nets", raising=False)
    calls: list[tuple[Session, dict[str, object]]] = []

    def serve(session: Session, **options: object) -> None:
        calls.append((session, options))

    monkeypatch.setattr(server, "serve", serve)
    return calls


Served = list[tuple[Session, dict[str, object]]]


def test_a_default_page(served: Served) -> None:
    """Without options it serves a linear model and the first data set, and opens the browser."""
    assert main(["playground"]) == 0
    session, options = served[0]
    assert (session.config.model, session.config.data) == ("linear", "simple")
    assert options == {"port": 0, "browser": True}


def test_its_words(served: Served) -> None:
    """Model, data, seed, port and browser follow the options."""
    words = [
        "two-spirals",
        "--model",
        "mlp",
        "--seed",
        "3",
        "--port",
        "8123",
        "--no-browser",
    ]
    assert main(["playground", *words]) == 0
    session, options = served[0]
    assert session.config.model == "mlp"
    assert (session.config.data, session.config.seed) == ("two-spirals", 3)
    assert options == {"port": 8123, "browser": False}


def test_the_old_option_of_the_data(served: Served) -> None:
    """`--data NAME` means the same as the argument."""
    assert main(["playground", "--data", "circle"]) == 0
    assert main(["playground", "--data", "circle", "xor"]) == 0
    assert [session.config.data for session, _ in served] == ["circle", "xor"]


def test_a_model_of_ones_own(served: Served, tmp_path: Path) -> None:
    """`package.module:function` is called, and a new seed calls it again."""
    (tmp_path / "nets.py").write_text(
        "import miniml as ml\n\n\ndef make(features, rng):\n    return ml.Split.init(rng, features)\n"
    )
    assert main(["playground", "circle", "--model", "nets:make"]) == 0
    session = served[0][0]
    assert type(session.params).__name__ == "Split"
    assert session.config.model == "own"


def test_a_file(served: Served, tmp_path: Path) -> None:
    """A CSV or Parquet file is read."""
    rows = "".join(f"{i},{i * i},{'ab'[i % 2]}\n" for i in range(20))
    (tmp_path / "toy.csv").write_text(f"size,weight,kind\n{rows}")
    pytest.importorskip("polars").read_csv(tmp_path / "toy.csv").write_parquet("toy.parquet")
    for name in ("toy.csv", "toy.parquet"):
        assert main(["playground", name, "--target", "kind"]) == 0
        points = served.pop()[0].points
        assert points.features == ("size", "weight")
        assert points.classes == ("a", "b")


def test_a_file_of_too_many_points(
    served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file with too many points is refused before a page is opened."""
    (tmp_path / "large.csv").write_text("a,kind\n" + "1,x\n2,y\n" * 2501)
    assert main(["playground", "large.csv", "--target", "kind"]) == 2
    assert "large has 5,002 points; the page draws at most 5,000" in capsys.readouterr().err
    assert not served


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("nothing", "no data set or file is named 'nothing'"),
        ("nothing.csv --target x", "no such file: nothing.csv"),
        ("circle --positive a", "--positive is for files, and circle is not a file"),
        ("--model magic", "There is no model 'magic'"),
        ("--model nets:make", "there is no module 'nets'"),
        ("breast-cancer --model part", "takes 2 features; these points have 30"),
    ],
)
@pytest.mark.usefixtures("served")
def test_what_cannot_be_is_one_sentence(
    words: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistake gives one line on standard error and exit code 2."""
    assert main(["playground", *words.split()]) == 2
    message = capsys.readouterr().err
    assert message.startswith("miniml playground: ")
    assert says in message
    assert message.count("\n") == 1


def test_ctrl_c_ends_it_in_silence(tmp_path: Path) -> None:
    """The address is printed; Ctrl-C ends the command with exit code 0 and no output."""
    source = Path(server.__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-m", "miniml", "playground", "--no-browser"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(source)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        # A server that answers handles the signal too.
        with urlopen(address, timeout=20) as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        assert (process.returncode, err) == (0, "")
