"""A transform that is made anew in a loop is reported once."""

import itertools
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import miniml as ml

X = np.ones(3)


class Model:
    def loss(self, w: Any) -> Any:
        return np.sum(w * w)


def messages(run: Callable[[], object]) -> list[warnings.WarningMessage]:
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        run()
    return found


def of_a_lambda() -> None:
    for _ in range(60):
        ml.grad(lambda w: np.sum(w * w))(X)


def of_a_bound_method() -> None:
    model = Model()
    for _ in range(60):
        ml.value_and_grad(model.loss)(X)


def of_values_around() -> None:
    for k in range(60):
        ml.jit(lambda w: w * k)(X)  # noqa: B023  # called at once


@pytest.mark.parametrize("loop", [of_a_lambda, of_a_bound_method, of_values_around])
def test_a_loop_is_reported_once(loop: Callable[[], object]) -> None:
    """After the twentieth time one warning names the line and the way out."""
    (warning,) = messages(loop)
    assert warning.category is RuntimeWarning
    assert "make it once, before the loop" in str(warning.message)
    assert warning.filename == __file__
    lines = range(loop.__code__.co_firstlineno, loop.__code__.co_firstlineno + 6)
    assert warning.lineno in lines


def kept() -> None:
    gradient = ml.grad(Model().loss)
    for _ in range(60):
        gradient(X)


def of_a_function() -> None:
    for _ in range(60):
        ml.grad(np.sum)(X)


def of_many_functions() -> None:
    for power in range(30):
        space: dict[str, Any] = {"np": np}
        exec(f"def loss_{power}(w): return np.sum(w ** {power})", space)
        ml.grad(space[f"loss_{power}"])(X)


def trained() -> None:
    model = Model()
    for _ in range(30):
        ml.fit(lambda w, _: model.loss(w), X, None, ml.sgd(0.1), steps=2)


@pytest.mark.parametrize("loop", [kept, of_a_function, of_many_functions, trained])
def test_other_loops_are_not_reported(loop: Callable[[], object]) -> None:
    """A transform that is kept, or found again, or of other functions, or made by `fit` is none."""
    assert not messages(loop)


def test_few_traces_are_not_reported() -> None:
    """A loop that does other work most of the time may make transforms."""
    clock = itertools.count()

    def loop() -> None:
        model = Model()
        for _ in range(25):
            gradient = ml.grad(model.loss)
            for _ in range(3_000):
                gradient(X)
            next(clock)

    assert not messages(loop)
