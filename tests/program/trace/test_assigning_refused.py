"""Assignments that are refused, and their messages."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml.program import TraceError

ROWS, COLUMNS = 4, 3
X = np.random.default_rng(0).normal(size=(ROWS, COLUMNS))


def refusal(function: Callable[..., Any], *args: Any) -> str:
    """Return the message of the error of tracing a function."""
    with pytest.raises(TraceError) as caught:
        ml.jit(function)(*args)
    message = str(caught.value)
    assert function.__code__.co_filename in message
    return message


class TestRefusals:
    def test_arguments(self) -> None:
        """The caller's arrays cannot be assigned to; a copy can."""
        assert "y = x.copy()" in refusal(lambda x: x.__setitem__(0, 1.0), X)
        assert "y = x.copy()" in refusal(lambda x: x.fill(1.0), X)

    def test_views(self) -> None:
        """An array cannot be assigned to while a view of it is in use."""

        def run(x: Any) -> Any:
            y = x * 2.0
            row = y[0]
            y[0] = 1.0
            return row

        assert "has views in use" in refusal(run, X)

    @pytest.mark.parametrize(
        ("dtype", "value"),
        [(np.uint8, 300), (np.uint8, [7, -1, 7]), (np.int64, np.nan), (np.int32, np.inf)],
    )
    def test_numbers_that_do_not_fit(self, dtype: Any, value: Any) -> None:
        """NumPy's error is raised if the value does not fit."""

        def run(n: Any) -> Any:
            y = n.copy()
            y[:3] = value
            return y

        given = np.arange(4, dtype=dtype)
        for function in (run, ml.jit(run)):
            with pytest.raises((OverflowError, ValueError), match=r"out of bounds|cannot convert"):
                function(given)

    @pytest.mark.parametrize("at", [1, slice(1, 2), slice(None)])
    def test_a_view_that_was_changed_and_goes_elsewhere(self, at: Any) -> None:
        """A view changed in place cannot be assigned elsewhere: its own part has changed too."""

        def run(x: Any) -> Any:
            y = x * 2.0
            row = y[0]
            row += 1.0
            y[at] = row
            return y

        def turned(x: Any) -> Any:
            y = x[:3] * 2.0
            row = y.T[0]
            row += 1.0
            y[0] = row
            return y

        for function in (run, turned):
            assert "has views in use" in refusal(function, X)

    @pytest.mark.parametrize(
        "write",
        [
            lambda y, out: np.clip(y, 0.0, 1.0, out=out),
            lambda y, out: y.clip(0.0, 1.0, out),
            lambda y, out: np.round(y, 1, out),
            lambda y, out: np.choose(y > 0, [y, 1.0], out),
            lambda y, out: np.concatenate([y[:1], y[1:]], out=out),
            lambda y, out: np.stack([*y], out=out),
            lambda y, out: np.exp(y, out=out),
            lambda y, out: np.cumsum(y, 0, out=out),
        ],
    )
    def test_results_into_another_array(self, write: Callable[[Any, Any], Any]) -> None:
        """The message says to use the function's result."""

        def run(x: Any) -> Any:
            y = x * 2.0
            write(x, y)
            return y

        assert "out= cannot be traced: use" in refusal(run, X)

    def test_an_array_is_given_back_after_a_view_of_it_changed(self) -> None:
        """The array and its other views would not change."""

        def array(x: Any) -> Any:
            y = x * 2.0
            row = y[0]
            row += 1.0
            return {"y": (y,)}

        def view(x: Any) -> Any:
            y = x * 2.0
            row, other = y[0], y[:2]
            row += 1.0
            return other

        for function in (array, view):
            assert "has views in use" in refusal(function, X)

    def test_a_diagonal(self) -> None:
        """NumPy's is a view that cannot be written to."""

        def run(x: Any) -> Any:
            diagonal = (x[:3] * 2.0).diagonal()
            diagonal[0] = 1.0
            return diagonal

        assert "y = x.copy()" in refusal(run, X)

    def test_arrays_made_outside_of_a_step(self) -> None:
        """Arrays from outside of a step are refused: a step is traced once, and would change them once."""

        def run(x: Any) -> Any:
            seen = np.zeros(COLUMNS, like=x)

            def step(total: Any, row: Any) -> Any:
                seen[0] += 1.0
                return total + row, total

            return ml.scan(step, x[0], x)[0] + seen

        assert "outside of it" in refusal(run, X)

    def test_arrays_of_numpy(self) -> None:
        """A tracer cannot be put into a NumPy array; the message names like=."""

        def run(x: Any) -> Any:
            y = np.zeros(3)
            y[:] = x[0]
            return y

        def copy(x: Any) -> Any:
            y = np.zeros(3)
            np.copyto(y, x[0])
            return y

        assert "like=x" in refusal(run, X)
        assert "like=x" in refusal(copy, X)

    def test_traced_masks_with_many_values(self) -> None:
        """How many there are is not known."""

        def run(x: Any) -> Any:
            y = x.copy()
            y[y > 0] = x[0]
            return y

        assert "np.where" in refusal(run, X)
