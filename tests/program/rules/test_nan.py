"""A NaN that reaches the value reaches the gradient: it is not hidden by one step of training."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml.nn.point_losses import POINT_LOSSES
from miniml.program.trace.registry import COMPOSED, DERIVATIVES, OPTIONAL_UFUNCS, UFUNCS, ZERO

LINEAR = {
    *("add", "subtract", "multiply", "divide", "negative", "positive", "conjugate", "remainder"),
    *("fmod", "degrees", "rad2deg", "deg2rad", "radians", "nextafter", "xlogy", "xlog1py"),
    *("heaviside", "ldexp"),
}
"""Ufuncs whose derivative by some input does not depend on this input."""

PRODUCTS = {"matmul", "matvec", "vecmat", "vecdot"}


def ufuncs() -> list[Any]:
    """Every ufunc that can be traced and has a derivative that varies."""
    from scipy import special  # an optional dependency

    names = sorted({*UFUNCS, *COMPOSED, *OPTIONAL_UFUNCS} - LINEAR - PRODUCTS)
    found = [getattr(np, name, None) or getattr(special, name, None) for name in names]
    return [
        ufunc
        for ufunc in found
        if isinstance(ufunc, np.ufunc)
        and ufunc.nout == 1
        and DERIVATIVES.get(ufunc.__name__) != ZERO
    ]


@pytest.mark.parametrize("ufunc", ufuncs(), ids=lambda ufunc: ufunc.__name__)
def test_ufuncs(ufunc: Any) -> None:
    """The derivative at NaN is NaN, by the input that is NaN, beside constants and beside parameters."""
    for position in range(ufunc.nin):
        arguments: list[Any] = [0.6] * ufunc.nin
        arguments[position] = np.nan
        with np.errstate(all="ignore"):
            try:
                if not np.isnan(ufunc(*arguments)):
                    continue
            except (TypeError, RuntimeWarning):  # an order is an integer
                continue

        def of_one(x: Any, position: int = position) -> Any:
            return ufunc(*[x if i == position else 0.6 for i in range(ufunc.nin)])

        try:
            beside_constants = ml.grad(of_one)(np.nan)
            beside_parameters = ml.grad(lambda a: ufunc(*a))(tuple(arguments))[position]
        except TypeError as error:
            assert "has no derivative by its" in str(error)  # noqa: PT017  # of some inputs only
            continue
        assert np.isnan([beside_constants, beside_parameters]).all()


ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "relu": ml.relu,
    "sigmoid": ml.sigmoid,
    "log_sigmoid": ml.log_sigmoid,
    "softmax": ml.softmax,
    "log_softmax": ml.log_softmax,
    "clip": lambda z: np.clip(z, -1.0, 1.0),
    "largest": lambda z: np.max(z) + 0.0 * z,
}
REGRESSION = [ml.squared_error, ml.absolute_error, ml.huber_loss, ml.log_cosh]
ALL: dict[str, Callable[[Any], Any]] = ACTIVATIONS | {
    loss.__name__: lambda z, loss=loss: loss(z, np.ones(z.shape))
    for loss in (*POINT_LOSSES.values(), *REGRESSION)
}


@pytest.mark.parametrize("size", [3, 5000])
@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("name", ALL)
def test_activations_and_losses(name: str, kind: Any, size: int) -> None:
    """Where an activation or a loss is NaN, its gradient is; elsewhere both are what they were."""
    z = np.linspace(-2.0, 3.0, size).astype(kind)
    with_nan = z.copy()
    with_nan[1] = np.nan
    each = name not in {"softmax", "log_softmax", "largest"}

    def loss(z: Any) -> Any:
        return np.sum(ALL[name](z))

    value, gradient = ml.value_and_grad(loss)(with_nan)
    assert np.isnan(value)
    assert np.isnan(gradient[1])
    if each:
        others = np.arange(size) != 1
        np.testing.assert_array_equal(gradient[others], ml.grad(loss)(z)[others])


@pytest.mark.parametrize("size", [3, 5000])
def test_a_bound_hides_infinite_slopes(size: int) -> None:
    """Below its bound relu has the derivative 0, whatever follows it."""
    z = np.where(np.arange(size) % 2 == 0, -1.0, 4.0)
    gradient = ml.grad(lambda z: np.sum(np.sqrt(ml.relu(z))))(z)
    np.testing.assert_array_equal(gradient, np.where(z < 0, 0.0, 0.25))


def test_infinity_is_no_nan() -> None:
    """At infinity the derivative of relu and of a maximum is 1, and that of a minimum 0."""
    for size in (2, 5000):
        z = np.full(size, np.inf)
        assert (ml.grad(lambda z: np.sum(np.maximum(z, 0.0)))(z) == 1.0).all()
        assert (ml.grad(lambda z: np.sum(np.maximum(z, 1.0)))(z) == 1.0).all()
        assert (ml.grad(lambda z: np.sum(np.minimum(z, 1.0)))(z) == 0.0).all()
        assert (ml.grad(lambda z: np.sum(np.maximum(z, z[::-1])))(z) == 1.0).all()
