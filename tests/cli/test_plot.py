"""`miniml plot`: one picture of a run of `miniml fit`."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from miniml.cli import main, plot, runs
from miniml.cli.errors import UsageError
from miniml.cli.plot_options import PICTURES, PlotOptions
from miniml.datasets import Dataset
from miniml.nn.losses import mean_loss
from miniml.nn.point_losses import logistic_loss
from miniml.tree import tree_equal
from tests.cli.conftest import Outcome

pytest.importorskip("matplotlib")
pytest.importorskip("rich")
pytest.importorskip("safetensors")

Plot = Callable[..., Outcome]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train a network on two features."""
    out = tmp_path_factory.mktemp("circle")
    words = ["fit", "circle", "--hidden", "4,3", "--steps", "60", "--seed", "3", "--no-pictures"]
    assert main([*words, "--out", str(out)]) == 0
    return out


@pytest.fixture
def draw(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Plot:
    """Run `miniml plot` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def draw(*words: str) -> Outcome:
        try:
            code = main(["plot", *words])
        except SystemExit as stop:
            code = int(stop.code or 0)
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return draw


@pytest.mark.parametrize("picture", PICTURES)
def test_draws_every_picture(picture: str, draw: Plot, trained: Path, tmp_path: Path) -> None:
    """Each picture is written under its name, which is printed."""
    outcome = draw(picture, str(trained))
    assert (outcome.code, outcome.out, outcome.err) == (0, f"{picture}.png\n", "")
    assert (tmp_path / f"{picture}.png").stat().st_size > 8_000


def test_finds_the_file_of_data_from_anywhere(
    draw: Plot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run finds its data relative to its folder, also after both have moved."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    (home / "points.csv").write_text("a,b,kind\n1,2,x\n3,4,y\n1,3,x\n4,4,y\n")
    words = ["fit", "points.csv", "--target", "kind", "--steps", "3", "--no-pictures"]
    assert main([*words, "--out", "runs/one"]) == 0
    monkeypatch.chdir(tmp_path)
    home.rename(tmp_path / "moved")
    assert draw("data", "moved/runs/one").code == 0


def test_reads_three_classes_as_the_run_did(draw: Plot, tmp_path: Path) -> None:
    """A run of one class against the rest finds its data again."""
    (tmp_path / "three.csv").write_text("a,b,kind\n1,2,x\n3,4,y\n1,3,x\n4,4,y\n5,5,z\n")
    words = ["fit", "three.csv", "--target", "kind", "--positive", "x", "--steps", "3"]
    assert main([*words, "--no-pictures"]) == 0
    assert draw("data").code == 0


def test_every_name_is_drawn() -> None:
    """The pictures of the help are those that can be drawn."""
    assert list(PICTURES) == list(plot._DRAW)


@pytest.mark.parametrize("part", ["train", "test"])
def test_draws_the_part_asked_for(part: str, trained: Path) -> None:
    """`--part` chooses the points."""
    run = runs.read(trained)
    options = PlotOptions("data", trained, [], None, part, None)
    drawn = np.concatenate(
        [np.asarray(marks.get_offsets()) for marks in plot._DRAW["data"](run, options).collections]
    )
    wanted = {"train": run.train, "test": run.test}[part].x
    np.testing.assert_array_equal(np.sort(drawn, axis=0), np.sort(wanted, axis=0))


def test_reads_what_was_trained(trained: Path) -> None:
    """The model and both parts of the data give the losses of the run again."""
    run = runs.read(trained)
    told = json.loads((trained / "run.json").read_text())
    for name, part in (("train", run.train), ("test", run.test)):
        loss = mean_loss(run.model, Dataset(run.standardize(part.x), part.y), run.point_loss)
        assert loss == told[name]["mean_loss"]
        assert run.history.measured[f"{name}_mean_loss"][-1] == told[name]["mean_loss"]
    assert run.history.step.tolist() == list(range(1, 61))


@pytest.mark.parametrize(("suffix", "start"), [("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_writes_the_format_of_the_name(
    suffix: str, start: bytes, draw: Plot, trained: Path, tmp_path: Path
) -> None:
    """`--to` is the file, and its suffix the format."""
    assert draw("regions", str(trained), "--to", f"a.{suffix}").code == 0
    assert (tmp_path / f"a.{suffix}").read_bytes().startswith(start)


def test_turns_the_leaves_named(draw: Plot, trained: Path) -> None:
    """`--leaf` and `--span` choose the leaf that varies, and its range."""
    words = (
        "--leaf",
        "layers.0.w[1,2]",
        "--leaf",
        "layers.2.b",
        "--span",
        "-1",
        "2",
        "--to",
        "a.svg",
    )
    assert draw("loss-over", str(trained), *words).code == 0
    text = Path("a.svg").read_text()
    assert "<!-- layers.0.w[1,2] -->" in text
    assert "<!-- layers.2.b -->" in text


def test_draws_many_features(draw: Plot) -> None:
    """With thirty features, pictures of the plane are refused in one sentence; others are drawn."""
    assert main(["fit", "breast-cancer", "--model", "linear", "--steps", "5", "--no-pictures"]) == 0
    for picture in ("point-losses", "loss-along", "loss-over", "network", "tree", "history"):
        assert draw(picture).code == 0
    outcome = draw("regions")
    assert outcome.code == 2
    assert outcome.err == (
        "miniml plot: cannot draw regions: it needs two features, and breast-cancer has 30\n"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("tree", "nowhere"), "cannot read nowhere/run.json: No such file or directory"),
        (("tree", "--to", "a.gif"), "--to a.gif must end in one of .png, .svg, .pdf"),
        (("loss-along", "--leaf", "layers.2.bb"), "the nearest names are 'layers.2.b'"),
        (("loss-along", "--leaf", "layers.0.w"), "layers.0.w has shape (2, 4): name one"),
        (("loss-over", "--leaf", "layers.2.b"), "it needs --leaf 2 times, got 1"),
        (("loss-along", "--span", "2", "1"), "--span 2 1 is empty"),
        (
            ("history", "--leaf", "layers.2.b"),
            "--leaf is for multiples, loss-along, loss-over, not",
        ),
        (("tree", "--to", "no/a.png"), "cannot write no/a.png: No such file or directory"),
    ],
)
def test_says_what_is_wrong(
    words: tuple[str, ...], message: str, draw: Plot, trained: Path, tmp_path: Path
) -> None:
    """Wrong input is one sentence and exit code 2; no file is written."""
    shutil.copytree(trained, tmp_path / "miniml-out")
    outcome = draw(*words)
    assert outcome.code == 2
    assert outcome.err.startswith("miniml plot: ")
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["miniml-out"]


def test_notices_other_parameters(trained: Path, tmp_path: Path) -> None:
    """Parameters whose shape differs from that of the run are refused by name."""
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    facts = json.loads((run / "run.json").read_text())
    facts["options"]["hidden"] = [4, 5]
    (run / "run.json").write_text(json.dumps(facts))
    with pytest.raises(UsageError, match=r"layers\.1\.w"):
        runs.read(run)


def test_reads_a_run_of_earlier_names(trained: Path, tmp_path: Path) -> None:
    """A run that has the former name of its point loss is read with that loss."""
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    text = (run / "run.json").read_text()
    assert '"logistic_loss"' in text
    (run / "run.json").write_text(text.replace('"logistic_loss"', '"logistic"'))
    assert runs.read(run).point_loss is logistic_loss


def test_reads_a_run_whose_mean_losses_are_called_losses(trained: Path, tmp_path: Path) -> None:
    """The files of a run by an earlier version are read."""
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    for name in ("run.json", "history.csv"):
        text = (run / name).read_text()
        assert "mean_loss" in text
        (run / name).write_text(text.replace("mean_loss", "loss"))
    before, after = runs.read(trained), runs.read(run)
    assert tree_equal(before.history, after.history)


def test_notices_other_data(trained: Path, tmp_path: Path) -> None:
    """Data with other features than those of the run are refused."""
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    facts = json.loads((run / "run.json").read_text())
    facts["features"] = ["a", "b"]
    (run / "run.json").write_text(json.dumps(facts))
    with pytest.raises(UsageError, match="trained on features a, b; circle has x1, x2 now"):
        runs.read(run)


def test_notices_rows_that_have_changed(
    draw: Plot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file whose rows have changed since the run is refused."""
    rows = [f"{i},{i * i % 7},{'uv'[i % 3 > 0]}" for i in range(30)]
    file = tmp_path / "some.csv"
    file.write_text("\n".join(["a,b,kind", *rows]))
    words = ["fit", "some.csv", "--target", "kind", "--steps", "5", "--no-pictures"]
    assert main([*words, "--model", "linear"]) == 0
    capsys.readouterr()
    assert draw("data").code == 0
    file.write_text("\n".join(["a,b,kind", *rows]).replace(",4,", ",5,"))
    outcome = draw("data", "--overwrite")
    assert outcome.code == 2
    assert "has changed since miniml-out was written: the mean train loss was" in outcome.err


def test_a_span_is_finite(draw: Plot, trained: Path) -> None:
    """An infinite span is refused in one line."""
    outcome = draw("loss-along", str(trained), "--span", "0", "inf")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "--span 0 inf is not finite" in outcome.err


def test_notices_a_broken_file(trained: Path, tmp_path: Path) -> None:
    """A `run.json` that cannot be read is an error that names the folder."""
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    (run / "run.json").write_text("{")
    with pytest.raises(UsageError, match="does not hold a run of `miniml fit`: Expecting"):
        runs.read(run)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99, 1.0])
def test_notices_a_history_that_is_not_whole(share: float, trained: Path, tmp_path: Path) -> None:
    """A history without its last steps, or with half a line, is refused."""
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    text = (run / "history.csv").read_text()
    (run / "history.csv").write_text(text[: int(share * len(text)) - (share > 0)])
    with pytest.raises(UsageError, match=r"history\.csv has \d+ complete lines for a run of 60"):
        runs.read(run)


@pytest.mark.parametrize("name", ["options", "features", "mean", "scale", "train", "test", "steps"])
@pytest.mark.parametrize("value", [None, 5])
def test_notices_facts_that_are_none(
    name: str, value: object, trained: Path, tmp_path: Path
) -> None:
    """A missing entry of `run.json`, or one of another type, is one sentence."""
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    facts = json.loads((run / "run.json").read_text())
    for changed in ({**facts, name: value}, {key: facts[key] for key in facts if key != name}):
        (run / "run.json").write_text(json.dumps(changed))
        with pytest.raises(UsageError):
            runs.read(run)


def test_notices_damage(trained: Path, tmp_path: Path) -> None:
    """A damaged file of parameters is refused."""
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    file = run / "params.safetensors"
    written = file.read_bytes()
    file.write_bytes(written[:-1] + bytes([written[-1] ^ 1]))
    with pytest.raises(UsageError, match=r"params.safetensors is damaged"):
        runs.read(run)
    file.unlink()
    with pytest.raises(UsageError, match=r"cannot read the parameters in .*: No such file"):
        runs.read(run)


def test_keeps_numbers_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A leaf that is a Python float is read as a Python float."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "floats.py").write_text(
        "import miniml as ml\n"
        "@ml.model\n"
        "class Line:\n"
        "    slope: float = 1.0\n"
        "    def __call__(self, x): return x[:, 0] * self.slope\n"
        "def make(features): return Line()\n"
    )
    words = ["fit", "simple", "--model", "floats:make", "--steps", "3", "--no-pictures"]
    assert main([*words, "--out", "run"]) == 0
    assert np.isfinite(runs.read(Path("run")).model.slope)  # type: ignore[attr-defined]  # it has one
    assert isinstance(runs.read(Path("run")).model.slope, float)  # type: ignore[attr-defined]


def test_a_picture_is_not_replaced_without_a_word(
    draw: Plot, trained: Path, tmp_path: Path
) -> None:
    """A file is replaced only with --overwrite."""
    (tmp_path / "tree.png").write_text("mine")
    outcome = draw("tree", str(trained))
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "tree.png exists: --overwrite replaces it; or choose another --to" in outcome.err
    assert (tmp_path / "tree.png").read_text() == "mine"
    assert draw("tree", str(trained), "--overwrite").code == 0
    assert (tmp_path / "tree.png").read_bytes()[1:4] == b"PNG"
