"""Wrong input: one sentence on the standard error, exit code 2, and no file written."""

from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Run

pytest.importorskip("rich")

# The arguments of `miniml fit`, and a part of the message.
WORDS = [
    ((), "required: DATA"),
    (
        ("breast-cancr",),
        "no data set or file is named 'breast-cancr'; did you mean breast-cancer?",
    ),
    (("spirals",), "did you mean spiral or two-spirals?"),
    (("zzz",), "the names are simple, diag, split, xor, circle, spiral, gauss, rings"),
    (("none.csv", "--target", "y"), "no such file: none.csv"),
    (("none/data",), "no such file: none/data"),
    (
        ("good.csv",),
        "good.csv needs --target COLUMN, the column to predict; it has a,b,kind",
    ),
    (("latin.csv",), "latin.csv needs --target COLUMN, the column to predict; it has größe;art"),
    (("comma.csv", "--target", "column_2"), "if the file has no header, pass header=False"),
    (("good.csv", "--target", "c"), "good.csv has no column 'c'; it has a, b, kind"),
    (("text.csv", "--target", "kind"), "row 2 (line 3), column 'b': 'red' is not a number"),
    (
        ("gaps.csv", "--target", "kind"),
        "2 values are missing, NaN or infinite, the first in row 1, column 'a'",
    ),
    (("one.csv", "--target", "kind"), "column 'kind' of one.csv holds only one class, 'x'"),
    (
        ("three.csv", "--target", "kind"),
        "holds 3 classes ('x', 'y', 'z'): it must hold exactly two, or `positive` must name one",
    ),
    (
        ("single.csv", "--target", "kind"),
        "the class 'y' of single.csv has a single point; training and testing need one each",
    ),
    (("folder.csv", "--target", "kind"), "cannot read folder.csv: Is a directory"),
    (
        ("noheader.csv", "--target", "0"),
        "the first line of noheader.csv holds numbers (1, 2, 0), not names of columns: add a line of "
        "names, or pass header=False (in the command: --no-header)",
    ),
    (
        ("noheader.csv", "--target", "kind", "--no-header"),
        "noheader.csv has no column 'kind'; it has column_1, column_2, column_3",
    ),
    (("thousands.csv", "--target", "kind"), "pass decimal=',' (in the command: --decimal ,)"),
    (("good.csv", "--target", "kind", "--encoding", "utf-9"), "the encoding is 'utf-9'"),
    (("good.csv", "--target", "kind", "--delimiter", "::"), "the delimiter is '::'"),
    (("good.csv", "--target", "kind", "--decimal", "x"), "--decimal: invalid choice: 'x'"),
    (("circle", "--no-header"), "--header is for CSV files, and circle is not one"),
    (("bad.npz", "--delimiter", ";"), "--delimiter is for CSV files, and bad.npz is not one"),
    (("bad.npz",), "bad.npz needs the arrays x and y; it holds z"),
    (("notes.txt",), "notes.txt is not a .csv, .parquet or .npz file"),
    (("three.csv", "--target", "kind", "--positive", "w"), "holds no class 'w'"),
    (("circle", "--positive", "1"), "--positive is for files, and circle is not a file"),
    (("circle", "--target", "y"), "--target is for CSV and Parquet files, and circle is neither"),
    (("breast-cancer", "--points", "9"), "--points is for data that are drawn"),
    (("breast-cancer", "--noise", "0.1"), "--noise is for data that are drawn"),
    (("circle", "--noise", "2"), "--noise: 2 is not from 0 to 1"),
    (("breast-cancer", "--model", "part"), "the model part takes 2 features; these points have 30"),
    (("circle", "--points", "3"), "--points: 3 is less than 4"),
    (("circle", "--points", "many"), "--points: 'many' is not an integer"),
    (
        ("diag", "--points", "4", "--seed", "2"),
        "all 4 points drawn are of one class: try more --points",
    ),
    (
        ("circle", "--model", "lienar"),
        "no model is named 'lienar'; the names are linear, split, part, mlp, or package.module:function",
    ),
    (("circle", "--model", "linear", "--hidden", "4"), "--hidden is for --model mlp, not linear"),
    (("circle", "--hidden", "4,,4"), "--hidden: '' is not an integer"),
    (("circle", "--hidden", "0"), "--hidden: 0 is less than 1"),
    (("circle", "--loss", "log"), "--loss: invalid choice: 'log'"),
    (("circle", "--optimizer", "adam2"), "--optimizer: invalid choice: 'adam2'"),
    (("circle", "--learning-rate", "-1"), "--rate: -1 is not a positive number"),
    (("circle", "--rate", "fast"), "--rate: 'fast' is not a number"),
    (("circle", "--rate", "nan"), "--rate: nan is not a positive number"),
    (
        ("circle", "--rate", "1e300", "--loss", "squared_error"),
        "the loss is not finite at step 2: lower --learning-rate",
    ),
    (("circle", "--l2", "-1"), "--l2: -1 is negative"),
    (("circle", "--steps", "0"), "--steps: 0 is less than 1"),
    (("circle", "--steps", "1e3"), "--steps: '1e3' is not an integer"),
    (("circle", "--test-share", "1"), "--test-share: 1 is not between 0 and 1"),
    (
        ("circle", "--validation-share", "0.001"),
        "a share of 0.001 of 150 points leaves nothing to train or to measure on",
    ),
    (("circle", "--batch-size", "0"), "--batch-size: 0 is less than 1"),
    (
        ("circle", "--out", "notes.txt"),
        "cannot write to notes.txt: notes.txt is a file, not a folder",
    ),
    (("circle", "--out", "notes.txt/in"), "cannot write to notes.txt/in: notes.txt is a file"),
    (
        ("circle", "--out", "run", "--log", "run/history.csv"),
        "cannot log to run/history.csv: results are written there; choose another name",
    ),
    (("circle", "--out", "x" * 300), "File name too long"),
    (("x" * 300,), "File name too long"),
    (("circle", "--out=--"), "--out=--: the value is missing"),
    (("circle", "--out", "a\0b"), "--out: a path cannot hold NUL"),
    (("circle", "--points", "1000000000000000"), "there is not enough memory: Unable to allocate"),
    (("circle", "--colour", "red"), "unrecognized arguments: --colour red"),
]

# The code of nets.py after its imports, --model, and a part of the message.
# ruff: noqa: ISC004  # the code of one file, in several lines
MODELS = [
    ("", "nest:make", "there is no module 'nest' in"),
    ("", "nest.inner:make", "there is no module 'nest' in"),
    ("", "nets:make", "nets has no 'make'"),
    ("", "nets:", "nets has no ''"),
    ("make = 3", "nets:make", "'make' is not a function but of type int"),
    ("import absent", "nets:make", "No module named 'absent' (nets.py, line 3)"),
    ("make = (", "nets:make", "importing it failed: SyntaxError"),
    ("1 / 0", "nets:make", "importing it failed: ZeroDivisionError: division by zero (nets.py, line 3)"),
    ("def make(features): return 1 / 0", "nets:make", "ZeroDivisionError: division by zero (nets.py, line 3)"),
    ("make = ml.MLP.init", "nets:make", "missing 1 required positional argument: 'hidden'"),
    ("def make(): ...", "nets:make", "takes 0 positional arguments but 1 was given"),
    ("def make(features): return 3.0", "nets:make", "3.0, of type float, which cannot be called: it must be a function from points"),
    (
        "import attrs\n@attrs.define\nclass Net:\n    w: float\n    def __call__(self, x): return x[:, 0]\n"
        "def make(features): return Net(1.0)",
        "nets:make",
        "--model nets:make: Net is a mutable attrs class",
    ),
    ("def make(features): return lambda x: x", "nets:make", "returned a function, which is not a model"),
    (
        "@ml.model\nclass Net:\n    w: ml.Array\n    def __call__(self, x): return x @ self.w\n"
        "def make(features): return Net(np.ones((features, 1)))",
        "nets:make",
        "to scores of shape (150, 1); expected scores of shape (150,)",
    ),
    (
        "@ml.model\nclass Net:\n    w: ml.Array\n    def __call__(self, x): return 1.0\n"
        "def make(features): return Net(np.ones(features))",
        "nets:make",
        "maps points of shape (150, 2) to float",
    ),
    (
        "@ml.model\nclass Net:\n    w: ml.Array\n    def __call__(self, x): return x @ self.w\n"
        "def make(features): return Net(np.ones(features + 1))",
        "nets:make",
        "fails on points of shape (150, 2): ValueError: matmul",
    ),
    (
        "@ml.model\nclass Net:\n    w: int\n    def __call__(self, x): return x[:, 0] * self.w\n"
        "def make(features): return Net(1)",
        "nets:make",
        "the leaf w is int64, and only floating-point parameters can be trained",
    ),
    (
        "@ml.model\nclass Net:\n    def __call__(self, x): return x[:, 0]\n"
        "def make(features): return Net()",
        "nets:make",
        "returned a model without parameters",
    ),
    (
        "@ml.model\nclass Net:\n    w: float\n    def __call__(self, x):\n"
        "        return x[:, 0] * self.w if self.w > 0 else x[:, 1]\n"
        "def make(features): return Net(1.0)",
        "nets:make",
        "--model nets:make cannot be traced",
    ),
]  # fmt: skip


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    """Write valid and invalid files."""
    for name, text in {
        "good": "a,b,kind\n1,2,x\n3,4,y\n",
        "noheader": "1,2,0\n3,4,1\n",
        "thousands": "a;kind\n1,500;x\n2,000;y\n",
        "text": "a,b,kind\n1,2,x\n3,red,y\n",
        "gaps": "a,b,kind\n,2,x\n3,nan,y\n",
        "one": "a,kind\n1,x\n2,x\n",
        "three": "a,kind\n1,x\n2,y\n3,z\n",
        "single": "a,kind\n1,x\n2,x\n3,y\n",
    }.items():
        (tmp_path / f"{name}.csv").write_text(text)
    (tmp_path / "latin.csv").write_bytes("größe;art\n1,5;x\n2,5;y\n".encode("latin-1"))
    (tmp_path / "comma.csv").write_text("0,126;-0,132;x\n1,5;2,5;y\n")
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "folder.csv").mkdir()
    np.savez(tmp_path / "bad.npz", z=np.zeros(2))


def check(run: Run, folder: Path, words: tuple[str, ...], message: str) -> None:
    before = sorted(folder.rglob("*"))
    outcome = run(*words)
    assert outcome.code == 2
    assert message in outcome.err
    assert outcome.err.startswith("miniml")
    assert outcome.err.count("\n") == 1
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(("words", "message"), WORDS, ids=[" ".join(case[0]) for case in WORDS])
def test_is_one_sentence(run: Run, tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    """The error is one sentence, the exit code is 2, and no file is written."""
    check(run, tmp_path, words, message)


@pytest.mark.parametrize(("code", "spec", "message"), MODELS, ids=[case[2] for case in MODELS])
def test_of_a_model_is_one_sentence(
    run: Run, tmp_path: Path, code: str, spec: str, message: str
) -> None:
    """An error of the user's model is one sentence, with the user's line."""
    (tmp_path / "nets.py").write_text(f"import numpy as np\nimport miniml as ml\n{code}\n")
    check(run, tmp_path, ("circle", "--model", spec), message)


@pytest.mark.parametrize(
    ("module", "message"),
    [
        ("rich", "tables and progress bars need rich: pip install 'miniml-attrs[cli]'"),
        (
            "matplotlib",
            "pictures (unless you pass --no-pictures) need matplotlib: pip install 'miniml-attrs[plot]'",
        ),
    ],
)
def test_names_the_missing_extra(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, message: str
) -> None:
    """A missing package is one sentence that names what to install."""
    monkeypatch.setattr(
        "miniml.cli.errors.find_spec", lambda name: None if name == module else name
    )
    check(run, tmp_path, ("circle",), message)
