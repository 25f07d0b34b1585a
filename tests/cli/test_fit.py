"""`miniml fit`: from a data set to a trained model and its files."""

import csv
import json
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

import miniml as ml
from miniml.datasets import LECTURE
from miniml.training.fitting.progress import Moment, Show
from tests.cli.conftest import Run

pytest.importorskip("rich")
pytest.importorskip("matplotlib")

FILES = ["history.csv", "mean_loss.png", "params.safetensors", "run.json"]
SOURCE = Path(ml.__file__).parents[1]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def results(folder: Path) -> dict[str, dict[str, float]]:
    facts = json.loads((folder / "run.json").read_text())
    return {part: facts[part] for part in ("train", "test")}


class TestBreastCancer:
    def test_reaches_the_promised_accuracy(self, run: Run, tmp_path: Path) -> None:
        """With the defaults, the mean test accuracy of seeds 0 to 4 is at least 0.96."""
        accuracies: list[float] = []
        for seed in range(5):
            words = ("breast-cancer", "--seed", str(seed), "--no-pictures", "--overwrite")
            assert run(*words).code == 0
            accuracies.append(results(tmp_path / "miniml-out")["test"]["accuracy"])
        assert np.mean(accuracies) >= 0.96

    def test_tells_what_it_does(self, run: Run, tmp_path: Path) -> None:
        """The report has the data, each leaf, losses, accuracies, the confusion table and the folder."""
        outcome = run("breast-cancer", "--model", "linear", "--steps", "100")
        for part in (
            "569 points of 30 features; 357 are benign, 212 are malignant",
            "427 training points, 142 test points",
            "w (30,) float64 30",
            "predicted benign predicted malignant",
            "miniml-out",
        ):
            assert part in " ".join(outcome.out.split())
        assert "step 100/100, loss " in outcome.err
        test = results(tmp_path / "miniml-out")["test"]
        assert f"{test['accuracy']:.4f}" in outcome.out
        assert f"{test['mean_loss']:.4f}" in outcome.out


def test_does_what_the_library_does(run: Run, tmp_path: Path) -> None:
    """The same steps in Python give the same parameters, bit by bit."""
    run("xor", "--seed", "5", "--steps", "30", "--batch-size", "16", "--no-pictures")
    data_rng, split_rng, model_rng = np.random.default_rng(5).spawn(3)
    train, _ = ml.datasets.train_test_split(ml.datasets.xor(data_rng, 200), split_rng)
    standardize = ml.datasets.Standardizer.of(train.x)

    def loss(params: ml.MLP, data: ml.Dataset) -> ml.Scalar:
        squares: ml.Scalar = sum(np.sum(np.square(leaf)) for leaf in ml.tree_leaves(params))
        return ml.mean_loss(params, data) + 0.003 / 2 * squares

    net = ml.MLP.init(model_rng, 2, (16, 16))
    data = ml.Dataset(standardize(train.x), train.y)
    reached = ml.fit(loss, net, data, ml.adam(0.01), steps=30, batch_size=16, seed=5)
    loaded = ml.load(tmp_path / "miniml-out" / "params.safetensors", net)
    assert ml.tree_equal(loaded, reached.state.params)


class TestValidation:
    def test_chooses_the_best_step(self, run: Run, tmp_path: Path) -> None:
        """With a validation share the parameters are those of the best step, not of the last."""
        words = ("xor", "--rate", "0.3", "--validation-share", "0.3", "--no-pictures")
        outcome = run(*words, "--steps", "200", "--log", "log.jsonl")
        facts = json.loads((tmp_path / "miniml-out" / "run.json").read_text())
        lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
        measured = {line["step"]: line["validation"] for line in lines if "validation" in line}
        assert facts["best_step"] == min(measured, key=lambda step: (measured[step], step))
        assert f"those of step {facts['best_step']}" in outcome.out

    def test_patience_stops_early(self, run: Run, tmp_path: Path) -> None:
        """A run that does not improve on the validation part stops, and says so."""
        words = ("xor", "--rate", "1", "--validation-share", "0.3", "--patience", "5")
        outcome = run(*words, "--steps", "1000", "--no-pictures")
        assert outcome.code == 0
        assert "no improvement in 5 measurements" in outcome.out
        assert json.loads((tmp_path / "miniml-out" / "run.json").read_text())["steps"] < 1000

    def test_patience_needs_a_share(self, run: Run) -> None:
        """Patience without a validation share is refused."""
        assert "needs --validation-share" in run("xor", "--patience", "5").err


class TestModels:
    @pytest.mark.parametrize("name", LECTURE)
    def test_learns_each_lecture_set(self, run: Run, name: str, tmp_path: Path) -> None:
        """The default model and options separate the classes of each lecture set."""
        assert run(name, "--no-pictures").code == 0
        assert results(tmp_path / "miniml-out")["test"]["accuracy"] >= 0.9

    def test_split_learns_xor(self, run: Run, tmp_path: Path) -> None:
        """The product of two linear models separates xor, as the lecture says."""
        assert run("xor", "--model", "split", "--steps", "1000", "--no-pictures").code == 0
        assert results(tmp_path / "miniml-out")["test"]["accuracy"] >= 0.95

    def test_tells_how_sure_an_accuracy_is(self, run: Run) -> None:
        """The interval of an accuracy of 1 begins below 1."""
        out = run("simple", "--points", "100", "--steps", "300", "--no-pictures").out
        (line,) = [line for line in out.splitlines() if line.split()[:1] == ["train"]]
        assert line.split()[-4:] == ["1.0000", "0.9513", "to", "1.0000"]

    @pytest.mark.parametrize(
        "spec",
        [
            "nets:make",
            "nets:make_with_rng",
            "nets:estimate",
            "nets:by_order",
            "nets:Net",
            "nets:Net.of",
        ],
    )
    def test_takes_a_model_of_ones_own(self, run: Run, tmp_path: Path, spec: str) -> None:
        """The function of the model is in the current folder; it may be one for an estimator."""
        (tmp_path / "nets.py").write_text(
            "import numpy as np, miniml as ml\n"
            "@ml.model\n"
            "class Net:\n"
            "    file: ml.Array\n"
            "    def __init__(self, w): self.__attrs_init__(np.zeros(w) if isinstance(w, int) else w)\n"
            "    def __call__(self, x): return np.tanh(x @ self.file)\n"
            "    @classmethod\n"
            "    def of(cls, rng, features): return cls(rng.normal(size=features))\n"
            "def make(features): return Net(np.ones(features))\n"
            "def make_with_rng(features, rng): return Net.of(rng, features)\n"
            "def by_order(r, d, k): return Net.of(r, d)\n"
            "def estimate(rng, features, outputs): return Net.of(rng, features)\n"
        )
        outcome = run("diag", "--model", spec, "--out", "own", "--steps", "20", "--no-pictures")
        assert (outcome.code, f"model {spec}" in outcome.out) == (0, True)
        params = ml.load(tmp_path / "own" / "params.safetensors")
        assert {name: leaf.shape for name, leaf in params.items()} == {"file": (2,)}

    def test_takes_an_initialiser_of_the_library(self, run: Run) -> None:
        """`rng` is passed by name, whatever its position."""
        model = "miniml.nn.layers:Linear.init"
        assert run("diag", "--model", model, "--steps", "5", "--no-pictures").code == 0


class TestFiles:
    def test_are_these(self, run: Run, tmp_path: Path) -> None:
        """Two features give a picture of the regions; more features do not."""
        run("circle", "--steps", "5", "--out", "two")
        run("breast-cancer", "--steps", "5", "--out", "deep/more")
        assert names(tmp_path / "two") == sorted([*FILES, "regions.png"])
        assert names(tmp_path / "deep" / "more") == FILES

    def test_repeat_bit_by_bit(self, run: Run, tmp_path: Path) -> None:
        """One seed gives the same files twice, pictures included; another seed gives others."""
        contents: list[dict[str, bytes]] = []
        for seed in ("3", "3", "4"):
            run("xor", "--seed", seed, "--steps", "20", "--batch-size", "16", "--overwrite")
            folder = tmp_path / "miniml-out"
            contents.append({name: (folder / name).read_bytes() for name in names(folder)})
        assert contents[0] == contents[1]
        assert all(contents[0][name] != contents[2][name] for name in contents[0])

    def test_hold_the_trained_model(self, run: Run, tmp_path: Path) -> None:
        """Parameters and standardising constants rebuild the model, and its accuracy."""
        run("breast-cancer", "--model", "linear", "--test-share", "0.4")
        folder = tmp_path / "miniml-out"
        facts = json.loads((folder / "run.json").read_text())
        net = ml.load(folder / "params.safetensors", ml.Linear(np.zeros(30), np.zeros(())))
        data = ml.datasets.breast_cancer().data
        scores = net((data.x - np.array(facts["mean"])) / np.array(facts["scale"]))
        right = float(np.mean((scores > 0) == (data.y > 0)))
        share = 342 / 569
        assert right == pytest.approx(
            share * facts["train"]["accuracy"] + (1 - share) * facts["test"]["accuracy"], abs=1e-3
        )

    def test_history_has_a_line_a_step(self, run: Run, tmp_path: Path) -> None:
        """The history has the loss of each step, and at the last step the reported losses."""
        run("circle", "--steps", "250", "--l2", "0", "--no-pictures")
        with (tmp_path / "miniml-out" / "history.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert [int(row["step"]) for row in rows] == list(range(1, 251))
        measured = [row for row in rows if row["train_mean_loss"]]
        assert len(measured) == 84  # every third step, and the last
        # Without batches, the loss of a step is the training loss after the step before.
        assert float(rows[3]["loss"]) == pytest.approx(float(rows[2]["train_mean_loss"]))
        final = results(tmp_path / "miniml-out")
        assert float(rows[-1]["train_mean_loss"]) == final["train"]["mean_loss"]
        assert float(rows[-1]["test_mean_loss"]) == final["test"]["mean_loss"]

    def test_the_loss_has_the_penalty_and_the_mean_losses_have_not(
        self, run: Run, tmp_path: Path
    ) -> None:
        """Without batches, the loss of a step is the mean loss before it plus the penalty."""
        run("circle", "--model", "linear", "--steps", "100", "--l2", "1e3", "--no-pictures")
        with (tmp_path / "miniml-out" / "history.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert list(rows[0]) == ["step", "loss", "train_mean_loss", "test_mean_loss"]
        assert float(rows[1]["loss"]) > 2.0 * float(rows[0]["train_mean_loss"])

    def test_take_the_place_of_an_older_run(self, run: Run, tmp_path: Path) -> None:
        """With --overwrite, a run removes the files of the run before, and no other file."""
        run("circle", "--steps", "5")
        (tmp_path / "miniml-out" / "notes.txt").write_text("mine")
        run("breast-cancer", "--steps", "5", "--overwrite")
        assert names(tmp_path / "miniml-out") == sorted([*FILES, "notes.txt"])

    @pytest.mark.parametrize("name", ["run.json", "params.safetensors", "mean_loss.png"])
    def test_are_not_replaced_without_a_word(self, run: Run, tmp_path: Path, name: str) -> None:
        """A run is refused where the files of an earlier one are, and nothing is written."""
        folder = tmp_path / "miniml-out"
        folder.mkdir()
        (folder / name).write_text("mine")
        outcome = run("circle", "--steps", "5")
        assert outcome.code == 2
        assert f"miniml-out holds {name} of an earlier run: --overwrite replaces" in outcome.err
        assert [(path.name, path.read_text()) for path in folder.iterdir()] == [(name, "mine")]
        assert run("circle", "--steps", "5", "--overwrite").code == 0
        assert (folder / name).read_bytes() != b"mine"

    def test_of_a_log_are_not_replaced_without_a_word(self, run: Run, tmp_path: Path) -> None:
        """A run is refused if its log exists."""
        words = ("circle", "--steps", "2", "--no-pictures", "--log", "log.jsonl")
        assert run(*words).code == 0
        before = (tmp_path / "log.jsonl").read_text()
        outcome = run(*words, "--out", "other")
        assert outcome.code == 2
        assert "log.jsonl exists: --overwrite replaces it" in outcome.err
        assert (tmp_path / "log.jsonl").read_text() == before
        assert run(*words, "--out", "other", "--overwrite").code == 0

    def test_survive_a_run_that_fails(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """If the last file cannot be written, all files are unchanged, and the run can be resumed."""
        run("circle", "--steps", "5")
        folder = tmp_path / "miniml-out"
        before = {name: (folder / name).read_bytes() for name in names(folder)}

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("miniml.cli.output.history", full)
        outcome = run("circle", "--steps", "6", "--overwrite")
        assert outcome.code == 2
        assert outcome.err.endswith(
            "miniml fit: cannot write to miniml-out: No space left on device\n"
        )
        assert {name: (folder / name).read_bytes() for name in before} == before
        assert {*names(folder)} - {*before} == {"checkpoints"}
        assert run("circle", "--out", "new").code == 2
        assert names(tmp_path / "new") == ["checkpoints"]


class TestInterrupt:
    @pytest.mark.parametrize("last", [1, 7])
    def test_saves_what_was_reached(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: int
    ) -> None:
        """Ctrl-C after some steps saves those steps, says so, and exits with 130."""

        @contextmanager
        def interrupted(steps: int, **_: int) -> Generator[Show]:
            def show(state: Moment) -> None:
                assert state.step <= steps
                if state.step == last:
                    raise KeyboardInterrupt

            yield show

        monkeypatch.setattr("miniml.cli.fit.progress", interrupted)
        outcome = run("circle")
        assert outcome.code == 130
        assert f"stopped by Ctrl-C after {last} of 500 steps" in outcome.out
        assert json.loads((tmp_path / "miniml-out" / "run.json").read_text())["steps"] == last
        with (tmp_path / "miniml-out" / "history.csv").open(newline="") as file:
            *_, row = csv.DictReader(file)
        assert float(row["test_mean_loss"]) == results(tmp_path / "miniml-out")["test"]["mean_loss"]
        assert names(tmp_path / "miniml-out") == sorted([*FILES, "regions.png", "checkpoints"])

    @pytest.mark.parametrize("place", ["sources.load", "fit.mean_loss", "output.history"])
    def test_with_nothing_to_save_writes_nothing(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
    ) -> None:
        """Ctrl-C before the first step leaves no folder; while saving, it leaves checkpoints."""

        def interrupted(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(f"miniml.cli.{place}", interrupted)
        outcome = run("circle")
        assert outcome.code == 130
        assert outcome.err.endswith("miniml fit: interrupted; no results were written\n")
        left = [path.relative_to(tmp_path) for path in tmp_path.glob("*/*")]
        assert left == ([Path("miniml-out/checkpoints")] if place == "output.history" else [])

    @pytest.mark.skipif(sys.platform == "win32", reason="there, Ctrl-C is no signal to a process")
    def test_works_on_a_real_process(self, tmp_path: Path) -> None:
        """After a signal the command writes its files and ends."""
        command = [sys.executable, "-m", "miniml", "fit", "circle", "--steps", "100000000"]
        with subprocess.Popen(
            command, cwd=tmp_path, env={"PYTHONPATH": str(SOURCE)}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as process:  # fmt: skip
            assert process.stderr is not None
            assert process.stderr.readline().startswith("step ")
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        assert process.returncode == 130
        assert "stopped by Ctrl-C" in out
        assert "Traceback" not in err
        assert names(tmp_path / "miniml-out") == sorted([*FILES, "regions.png", "checkpoints"])


def test_one_class_against_the_rest(run: Run, tmp_path: Path) -> None:
    """One of three classes is separated from the others."""
    rng = np.random.default_rng(0)
    rows = [
        f"{kind + rng.normal(0, 0.1):.4f},{'abc'[kind]}" for kind in range(3) for _ in range(20)
    ]
    (tmp_path / "three.csv").write_text("\n".join(["x,kind", *rows]))
    outcome = run("three.csv", "--target", "kind", "--positive", "b", "--no-pictures")
    assert "40 are not b, 20 are b" in outcome.out
    assert results(tmp_path / "miniml-out")["test"]["accuracy"] == 1.0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_a_full_disk_is_told_of(run: Run, tmp_path: Path) -> None:
    """If the disk is full, one line is printed for the log and one for the checkpoints."""
    import resource

    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, old[1]))
    try:
        outcome = run("xor", "--steps", "200", "--log", "log.jsonl", "--no-pictures")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert outcome.code == 0
    told = [line for line in outcome.err.splitlines() if line.startswith("miniml fit: ")]
    assert sum("the log log.jsonl has no lines" in line for line in told) == 1
    assert sum("no checkpoint of step 200 could be saved: " in line for line in told) == 1
    assert all("File too large" in line for line in told)
    assert (tmp_path / "miniml-out" / "params.safetensors").exists()
