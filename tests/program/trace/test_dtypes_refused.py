"""Programs compute with bools, integers and floats; all else is refused, whichever way it enters."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml.program.ir.errors import TraceError

X = np.array([[1.0, 2.0], [3.0, 4.0]])

DTYPES = ["complex64", "complex128", "object", "U3", "S3", "M8[D]", "m8[s]", "V8"]

OF_DTYPE: dict[str, Callable[[Any, Any], Any]] = {
    "astype": lambda x, t: x.astype(t),
    "np.astype": np.astype,
    "sum": lambda x, t: np.sum(x, dtype=t),
    "prod": lambda x, t: np.prod(x, 0, dtype=t),
    "mean": lambda x, t: np.mean(x, dtype=t),
    "var": lambda x, t: np.var(x, dtype=t),
    "cumsum": lambda x, t: np.cumsum(x, dtype=t),
    "trace": lambda x, t: np.trace(x, dtype=t),
    "nansum": lambda x, t: np.nansum(x, dtype=t),
    "add": lambda x, t: np.add(x, x, dtype=t),
    "reduce": lambda x, t: np.add.reduce(x, dtype=t),
    "accumulate": lambda x, t: np.add.accumulate(x, dtype=t),
    "outer": lambda x, t: np.multiply.outer(x, x, dtype=t),
    "zeros": lambda x, t: np.zeros(2, dtype=t, like=x),
    "ones_like": lambda x, t: np.ones_like(x, dtype=t),
    "empty_like": lambda x, t: np.empty_like(x, dtype=t),
    "full_like": lambda x, t: np.full_like(x, 1, dtype=t),
    "array": lambda x, t: np.array([x[0], x[1]], dtype=t, like=x),
    "concatenate": lambda x, t: np.concatenate([x, x], dtype=t, casting="unsafe"),
    "stack": lambda x, t: np.stack([x, x], dtype=t, casting="unsafe"),
    "linspace": lambda x, t: np.linspace(x[0], x[1], 3, dtype=t),
    "constant": lambda x, t: np.where(x > 2.0, np.zeros(2, t), x),
    "argument of a ufunc": lambda x, t: x * np.zeros(2, t),
    "comparison": lambda x, t: x == np.zeros(2, t),
    "product": lambda x, t: x @ np.zeros(2, t),
}


@pytest.mark.parametrize("eager", [False, True])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("way", OF_DTYPE)
def test_no_other_dtype_enters(way: str, dtype: str, *, eager: bool) -> None:
    """Whatever makes a value of another dtype is refused, also in a derivative."""

    def function(x: Any) -> Any:
        return np.sum(np.abs(OF_DTYPE[way](x, dtype)))

    for transform in (ml.jit, ml.grad):
        with pytest.raises(TraceError, match="only with bools, integers and floats: "):
            transform(function, eager=eager)(X)


VALUES: dict[str, Callable[[Any], Any]] = {
    "number": lambda x: x * 1j,
    "reflected": lambda x: 1j - x,
    "in a list": lambda x: np.stack([x[0], [1j, 2]]),
    "of np.where": lambda x: np.where(x > 1, x, 1j),
    "start": lambda x: np.sum(x, initial=1j),
    "padding": lambda x: np.pad(x, 1, constant_values=1j),
    "filling": lambda x: np.full_like(x, 1j),
    "text": lambda x: x == "a",
    "None": lambda x: x == None,  # noqa: E711  # as written by mistake
    "list of text": lambda x: np.isin(x, ["a", "b"]),
}


@pytest.mark.parametrize("name", VALUES)
def test_no_other_value_enters(name: str) -> None:
    """A constant of another dtype is refused, with a way out."""
    with pytest.raises(TraceError, match="only with bools, integers and floats: "):
        ml.jit(VALUES[name])(X)


def test_the_sample_of_complex_roots() -> None:
    """The gradient through complex roots is refused; it was [0, 0]."""
    with pytest.raises(TraceError, match="the real and the imaginary part in two arrays"):
        ml.grad(lambda x: np.sum(np.abs(np.sqrt(x.astype(complex)))))(np.array([-1.0, 2.0]))


@pytest.mark.parametrize(
    ("values", "way_out"),
    [
        (np.array([1j]), "real and the imaginary part"),
        (np.array(["a"]), "np.unique"),
        (np.array(["2020-01-01"], "M8[D]"), "np.timedelta64"),
        (np.zeros(2, [("a", float)]), "its fields"),
    ],
)
def test_arguments_are_named(values: Any, way_out: str) -> None:
    """An argument of another dtype is named, with what to do."""
    with pytest.raises(TypeError, match=rf"at data\.x: cannot compute with dtype .*{way_out}"):
        ml.jit(lambda data: data["x"])({"x": values})


def test_results_of_calls_are_checked() -> None:
    """A function with `like` that returns complex numbers is refused, and loses no part of them."""
    with_rule = ml.custom_vjp(lambda x: (x, x), lambda _, g: g, like=lambda x: x)
    root: Any = with_rule(np.emath.sqrt)
    assert ml.jit(root)(np.array([4.0])) == 2.0
    with pytest.raises(TraceError, match="complex128"):
        ml.jit(root)(np.array([-4.0]))
