"""Errors of functions with a custom derivative."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import miniml as ml

X = np.random.default_rng(0).normal(size=(4, 3))


@pytest.mark.parametrize(
    ("function", "fwd", "bwd", "message"),
    [
        (
            lambda x: x,
            lambda x: (x, None),
            lambda _, g: g[0],
            r"argument 0 a gradient of shape \(3,\), .* \(4, 3\)",
        ),
        (
            lambda x: x,
            lambda x: (x, None),
            lambda _, g: (g,),
            "structure .*: they must be the same",
        ),
        (
            lambda x: x > 0,
            lambda x: (x, None),
            lambda _, g: g,
            "must return floats, and returned <traced bool",
        ),
        (
            lambda _: None,
            lambda x: (x, None),
            lambda _, g: g,
            "must return floats, .* returned None",
        ),
        (lambda x: x, lambda x: x, lambda _, g: g, "must return a pair, .* an array"),
        (lambda x: x, lambda x: (x, x, x), lambda _, g: g, "must return a pair, .* a tuple of 3"),
    ],
)
def test_what_is_no_rule(
    function: Callable[..., Any], fwd: Callable[..., Any], bwd: Callable[..., Any], message: str
) -> None:
    """The error about a wrong rule says for which argument, and what was expected."""
    with pytest.raises(ml.TraceError, match=message):
        ml.grad(lambda x: np.sum(ml.custom_vjp(fwd, bwd)(function)(x)))(X)


@pytest.mark.parametrize("like", [None, lambda x, _: x])
def test_a_residual_that_is_an_object_is_refused(like: Any) -> None:
    """A residual that may hide arrays is an error, which says where it is."""
    for hidden in (lambda x: lambda g: g * x, lambda x: iter([x]), lambda _: np.array([None])):
        called: Any = ml.custom_vjp(
            lambda x, _, hidden=hidden: (x, {"rule": hidden(x)}),
            lambda res, g: (res["rule"](g), None),
            like=like,
        )(lambda x, _: x)
        with pytest.raises(ml.TraceError, match=r"the residual .* at rule: .* must be an array"):
            ml.grad(called)(1.0, 2.0)


def test_a_gradient_for_each_argument_is_wanted() -> None:
    """`bwd` must return a gradient, or None, for each argument."""
    product: Any = ml.custom_vjp(lambda a, b: (a * b, b), lambda b, g: g * b)(lambda a, b: a * b)
    with pytest.raises(ml.TraceError, match="must return a tuple of 2"):
        ml.grad(lambda a: product(a, 2.0))(1.0)


def test_a_gradient_for_a_keyword_is_refused() -> None:
    """The error about the number of gradients says that keyword arguments get none."""
    power: Any = ml.custom_vjp(lambda x, n: (x**n, None), lambda _, g: (g, None))(lambda x, n: x**n)
    message = r"argument 0 .* \(arguments passed by keyword, here n, get no gradient\)"
    with pytest.raises(ml.TraceError, match=message):
        ml.grad(lambda x: power(x, n=3))(1.0)
    product: Any = ml.custom_vjp(lambda a, b, n: (a * b, n), lambda n, g: (g, g, n))(
        lambda a, b, **_: a * b
    )
    with pytest.raises(ml.TraceError, match=r"tuple of 2, .* here n, get no gradient"):
        ml.grad(lambda x: product(x, x, n=3))(1.0)


@pytest.mark.parametrize("name", ["fwd", "bwd", "like"])
def test_fwd_bwd_and_like_must_be_functions(name: str) -> None:
    """What is not a function is an error at once."""
    parts: dict[str, Any] = {"fwd": np.add, "bwd": np.multiply, name: 3}
    with pytest.raises(TypeError, match=f"{name} of custom_vjp must be a function, and is 3"):
        ml.custom_vjp(**parts)


def test_a_decorator_that_is_called_with_arrays_says_what_to_decorate() -> None:
    """A decorator that is called as the function would be is an error that shows the right call."""
    forgotten: Any = ml.custom_vjp(np.round, np.multiply)
    for call in (forgotten, lambda x: forgotten(x, x), lambda x: forgotten(x=x)):
        with pytest.raises(TypeError, match=r"call custom_vjp\(fwd, bwd\)\(function\)"):
            ml.jit(call)(X)
        with pytest.raises(TypeError, match=r"call custom_vjp\(fwd, bwd\)\(function\)"):
            call(X)


def test_a_traced_keyword_is_refused() -> None:
    """A traced keyword argument is an error."""
    scaled: Any = ml.custom_vjp(divmod, divmod)(lambda x, scale: x * scale)
    with pytest.raises(ml.TraceError, match=r"scale is traced: .* by position"):
        ml.grad(lambda x: scaled(x, scale=x))(1.0)
