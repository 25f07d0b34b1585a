"""Edits of files reach transforms made anew under IPython's `%autoreload 2`, which keeps functions and classes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FILE = """
import numpy as np
import miniml as ml

SCALE = {scale}

def helper(w):
    return {scale} * w * w

@ml.model
class Net:
    w: ml.Array

    def __call__(self, x):
        return {scale} * (x @ self.w)

    @property
    def penalty(self):
        return {scale} * np.sum(self.w ** 2)

class Settings:
    def weight(self):
        return {scale}

settings = Settings()
"""

CELLS = """
%load_ext autoreload
%autoreload 2
import numpy as np, miniml as ml
import edited
net, x = edited.Net(np.ones(2)), np.ones((3, 2))
data = ml.Dataset(x, np.ones(3))

losses = [
    lambda w: edited.helper(w),
    edited.helper,
    lambda w: edited.SCALE * w * w,
    lambda w: edited.settings.weight() * w * w,
]

def measured(model, data):
    return np.mean(model(data.x)) + model.penalty

def results():
    found = [float(ml.grad(loss)(0.5)) for loss in losses]
    found.append(float(ml.jit(measured)(net, data)) / 4.0)
    found.append(float(ml.fit(measured, net, data, ml.sgd(0.1), steps=1).state.loss) / 4.0)
    return found

print("before", results())
""".strip().splitlines()


@pytest.mark.parametrize("times", [2])
def test_edits_reach_transforms_made_anew(times: int, tmp_path: Path) -> None:
    """After a file is saved with another text, transforms made anew and `fit` run that text."""
    script = tmp_path / "cells.py"
    (tmp_path / "edited.py").write_text(FILE.format(scale=1.0))
    runs = [f"write({float(n)!r})\nprint({n}, results())" for n in range(2, 2 + times)]
    writer = [
        "import os, pathlib, time",
        f"text = {FILE!r}",
        "path = pathlib.Path('edited.py')",
        "def write(scale):",
        "    path.write_text(text.format(scale=scale))",
        "    later = time.time() + 10 * scale  # files of the same second look the same",
        "    os.utime(path, (later, later))",
        "",
    ]
    script.write_text(
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        f"cells = {[*split(CELLS), chr(10).join(writer), *(line for run in runs for line in run.splitlines())]!r}\n"
        "for cell in cells:\n"
        "    shell.run_cell(cell).raise_error()\n"
    )
    source = str(Path(__file__).parents[3] / "src")
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([source, str(tmp_path)]),
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    found = subprocess.run(
        [sys.executable, script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    lines = found.stdout.splitlines()
    wanted = ["before " + str([1.0] * 6), *(f"{n} {[float(n)] * 6}" for n in range(2, 2 + times))]
    assert [line for line in lines if "[" in line] == wanted


def split(lines: list[str]) -> list[str]:
    """Return cells: magics and imports one by one, then the rest."""
    return [*lines[:4], "\n".join(lines[4:])]
