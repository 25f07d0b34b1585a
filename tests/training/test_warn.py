"""Warnings about a run."""

from pathlib import Path

import numpy as np
import pytest

import miniml as ml
from tests.training.problem import DATA, NET, loss


def test_a_warning_points_at_the_callers_line(tmp_path: Path) -> None:
    """So do warnings from the end of a run, from its resumption and from a full-batch method."""

    def runs() -> None:
        ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=2, checkpoints=tmp_path)
        ml.fit(loss, NET, DATA, ml.sgd(0.2), steps=3, checkpoints=tmp_path, resume=True)
        ml.fit(lambda w, _: np.square(w), 1.0, None, ml.sgd(1e200), steps=9)
        ml.lbfgs(lambda w, _: np.nan * w, 1.0, None)

    with pytest.warns(RuntimeWarning) as issued:
        runs()
    lines = [one.lineno for one in issued if one.filename == __file__]
    first = runs.__code__.co_firstlineno
    assert lines == [first + 2, first + 3, first + 4]
