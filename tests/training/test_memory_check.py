"""An optimiser whose memory is not finite stands still: runs report it."""

from itertools import islice
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml.optimizers import Optimizer
from miniml.types import Array

OPTIMIZERS: dict[str, Optimizer] = {
    "adam": ml.adam(0.1),
    "adamw": ml.adamw(0.1),
    "rmsprop": ml.rmsprop(0.1),
    "adagrad": ml.adagrad(0.1),
    "chain": ml.chain(ml.clip(1e30), ml.adam(0.1)),
    "groups": ml.multi_transform(("**", ml.chain(ml.adam(0.1)))),
}


def loss(params: dict[str, Array], scale: Array) -> ml.Scalar:
    """Return a loss whose gradient by `w` is the scale."""
    value: ml.Scalar = np.sum(params["w"] * scale) + np.sum(np.square(params["b"]))
    return value


def start(dtype: Any = np.float32) -> dict[str, Array]:
    return {"w": np.zeros(3, dtype), "b": np.ones(2, dtype)}


SQUARE_OVERFLOWS = np.array([2e19, 0.0, 0.0], np.float32)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("steps", [1, 3, 40])
def test_fit_ends_and_names_the_leaf(name: str, steps: int) -> None:
    """A finite gradient of 2e19 ends a run of float32: the warning names the moments."""
    with pytest.warns(
        RuntimeWarning, match=r"not finite after step 1: 1 of the 3 .*moments\.\d\.w "
    ):
        run = ml.fit(loss, start(), SQUARE_OVERFLOWS, OPTIMIZERS[name], steps=steps)
    assert run.stopped == "not finite"
    assert run.state.step == 0
    assert run.state.params["w"].tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("at", [1, 2, 5, 16, 17, 20])
def test_a_later_fault_is_found_too(at: int, tmp_path: Any) -> None:
    """Wherever the overflow is, the run ends before it returns, at a state that was finite."""

    def augment(_: Array, rng: np.random.Generator) -> Array:
        del rng
        steps.append(0)
        return SQUARE_OVERFLOWS if len(steps) == at else np.ones(3, np.float32)

    steps = list[int]()
    with pytest.warns(RuntimeWarning, match="the state of the optimiser is not finite after step"):
        run = ml.fit(
            loss,
            start(),
            np.ones(3, np.float32),
            ml.adam(),
            steps=20,
            augment=augment,
            checkpoints=ml.Checkpoints(tmp_path, every=3),
        )
    assert run.stopped == "not finite"
    assert run.state.step < at
    assert all(
        np.isfinite(leaf).all() for leaf in ml.tree_leaves(run.state.optimizer_state.moments)
    )
    saved = ml.Checkpoints(tmp_path).steps()
    assert all(step < at for step in saved)


def test_train_warns_once() -> None:
    """`train` yields the states, with one warning."""
    with pytest.warns(
        RuntimeWarning, match=r"numbers in moments\.1\.w are NaN or infinite"
    ) as told:
        states = list(islice(ml.train(loss, start(), SQUARE_OVERFLOWS, ml.adam()), 40))
    assert [state.step for state in states] == list(range(1, 41))
    assert len(told) == 1


def test_large_gradients_that_fit_are_no_fault() -> None:
    """Moments whose sum overflows, but whose elements do not, are finite."""
    near = np.full(3, 1.5e19, np.float32)
    run = ml.fit(loss, start(), near, ml.adagrad(0.1), steps=1)
    assert run.stopped == "steps"
