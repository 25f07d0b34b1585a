"""Calls and conversions that cannot be traced say what to write instead."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml import TraceError

VECTOR = np.ones(3)


class TestCalls:
    """Calls that no transform can take say what is missing."""

    @pytest.mark.parametrize(
        "transform",
        [ml.grad, ml.value_and_grad, ml.hvp, ml.jvp, ml.vjp, ml.hessian, ml.jacobian],
    )
    def test_parameters_by_keyword(self, transform: Any) -> None:
        """A parameter given by keyword, or none at all, is an error that shows the call."""
        name = transform.__name__
        program = transform(lambda a: a * a)
        for arguments in ({"a": 3.0}, {}):
            with pytest.raises(
                TypeError, match=rf"{name} diff.* position: write {name}\(f\)\(params"
            ):
                program(**arguments)
            with pytest.raises(
                TypeError, match=rf"{name} diff.* position: write {name}\(f\)\(params"
            ):
                ml.jit(lambda arguments=arguments: program(**arguments))()

    @pytest.mark.parametrize("transform", [ml.jit, ml.grad, ml.hvp, ml.jvp, ml.jacobian, ml.vmap])
    def test_no_function(self, transform: Any) -> None:
        """A number in place of a function is refused at once."""
        name = transform.__name__
        with pytest.raises(TypeError, match=rf"{name} takes a function, and was given 3: write"):
            transform(3)

    @pytest.mark.parametrize("transform", [ml.grad, ml.value_and_grad, ml.hessian])
    def test_nothing_selected(self, transform: Any) -> None:
        """A selection of no parameters is refused, where the gradient would be an empty tuple."""
        program = transform(lambda p: p["a"] ** 2, wrt=lambda _: ())
        with pytest.raises(ValueError, match=r"wrt selects \(\), in which there are no parameters"):
            program({"a": 3.0})

    def test_no_step(self) -> None:
        """Scan refuses a carry in place of its step."""
        wrong: Any = 1.0
        with pytest.raises(TypeError, match=r"scan takes a step, .* was given 1\.0: write scan"):
            ml.scan(wrong, np.ones(2), 1.0)


COUNTS: dict[str, Callable[[Any, Any], Any]] = {
    "zeros": lambda _, n: np.zeros(n),
    "zeros of a tuple": lambda _, n: np.zeros((n, 2)),
    "zeros like": lambda x, n: np.zeros(n, like=x),
    "reshape": lambda x, n: x.reshape(n, -1),
    "broadcast": lambda x, n: np.broadcast_to(x, (n, 2)),
    "arange": lambda _, n: np.arange(n),
    "range": lambda x, n: sum(x[0] for _ in range(n)),
    "axis": lambda x, n: np.sum(x, axis=n),
    "split": np.split,
    "slice": lambda x, n: x[:n],
    "length": lambda x, n: ml.scan(lambda c, _: (c, c), x, None, length=n),
    "seed": lambda _, n: np.random.default_rng(n).normal(),
}


@pytest.mark.parametrize("name", COUNTS)
def test_traced_counts(name: str) -> None:
    """A traced integer as a shape, a count, an axis or a seed is an error with the ways out."""
    with pytest.raises(
        TraceError, match=r"bind it with functools\.partial, close over it, .*Static"
    ):
        ml.jit(COUNTS[name])(VECTOR, 1)


TABLE = np.array([1.0, 2.0])
CONVERSIONS: dict[str, tuple[Callable[[Any, Any], Any], str]] = {
    "table": (lambda _, i: TABLE[i], "write np.asarray(TABLE, like=i)[i]"),
    "one hot": (lambda _, i: np.eye(2)[i], "write np.asarray(np.eye(2), like=i)[i]"),
    "list": (lambda _, i: [1.0, 2.0][i], "write np.asarray(table, like=index)[index]"),
    "number": (lambda x, _: np.float64(x), "write x.astype(np.float64)"),
    "norm": (lambda x, _: np.linalg.norm([x[0], x[1]]), "np.linalg.norm(np.stack([a, b]))"),
    "mean": (lambda x, _: np.mean([x[0], x[1]]), "np.mean(np.stack([a, b]))"),
    "full": (lambda x, _: np.full(3, x[0]), "np.full(shape, value, like=value)"),
}


@pytest.mark.parametrize("name", CONVERSIONS)
def test_conversions(name: str) -> None:
    """A conversion to NumPy's arrays and numbers is an error that shows what to write."""
    function, way_out = CONVERSIONS[name]
    with pytest.raises(TraceError, match=re.escape(way_out)):
        ml.jit(function)(VECTOR, 1)


LISTS: dict[str, Callable[[Any], Any]] = {
    "dot": lambda x: np.dot([x[0], 2.0 * x[1]], x),
    "maximum": lambda x: np.maximum(x, [x[1], 0.5]),
    "einsum": lambda x: np.einsum("i,i->", [x[1], x[0]], x),
    "solve": lambda x: np.linalg.solve([[x[0], 0.0], [0.0, x[1]]], x * x),
    "where": lambda x: np.where(x > 1.0, [x[1], x[0]], 0.0),
    "sum of operators": lambda x: x * [x[0], 3.0],
    "outer": lambda x: np.outer([x[0], 1.0], x),
    "array": lambda x: np.array([[x[0], 1.0], [x[1], x[0]]], like=x),
}


@pytest.mark.parametrize("name", LISTS)
def test_lists_beside_arrays(name: str) -> None:
    """A list with traced numbers, where NumPy hands it over, is the array of them."""
    x = np.array([0.7, 1.6])
    np.testing.assert_allclose(ml.jit(LISTS[name])(x), LISTS[name](x), rtol=1e-14)
    ml.check_grads(lambda x: np.sum(LISTS[name](x)), x)
