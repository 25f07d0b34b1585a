"""Derivatives at edges: where a short formula overflows, cancels digits, or is 0 times infinity."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import miniml as ml

special = pytest.importorskip("scipy.special")


def nth(function: Callable[..., Any], x: Any, order: int) -> Any:
    """Return the derivative of that order."""
    for _ in range(order):
        function = ml.grad(function)
    return function(x)


PINNED: dict[str, tuple[Callable[[Any], Any], float, int, float]] = {
    "logaddexp of equals, far": (lambda x: np.logaddexp(x, x), 1e16, 1, 1.0),
    "logaddexp2 of equals, far": (lambda x: np.logaddexp2(x, x), 1e16, 1, 1.0),
    "logaddexp of infinities": (lambda x: np.logaddexp(x, -np.inf), -np.inf, 1, 0.5),
    "logaddexp'', far left": (lambda x: np.logaddexp(1.0, x), -1000.0, 2, 0.0),
    "heaviside by h": (lambda h: np.heaviside(0.0, h), 0.3, 1, 1.0),
    "heaviside by h, elsewhere": (lambda h: np.heaviside(2.0, h), 0.3, 1, 0.0),
    "boxcox by l": (lambda p: special.boxcox(2.5, p), 0.0, 2, 0.25643578308985),
    "boxcox by small l": (lambda p: special.boxcox(2.5, p), 1e-12, 2, 0.25643578309006),
    "boxcox1p by l": (lambda p: special.boxcox1p(1.5, p), 0.0, 2, 0.25643578308985),
    "boxcox by l at x = 0": (lambda p: special.boxcox(0.0, p), 2.0, 2, -0.25),
    "ellipk near 0": (special.ellipk, 1e-8, 2, 0.4417864761149),
    "log_ndtr, far left": (special.log_ndtr, -1e4, 2, -1.0 + 1e-8),
    "expn(0, x)": (lambda x: special.expn(0, x), 0.5, 1, -3.6391839582758),
    "expn(1, x)": (lambda x: special.expn(1, x), 0.5, 2, 3.6391839582758),
    "spence at 1": (special.spence, 1.0, 1, -1.0),
    "spence'' at 1": (special.spence, 1.0, 2, 0.5),
    "gammainc(1, x) at 0": (lambda x: special.gammainc(1.0, x), 0.0, 1, 1.0),
    "gammainc(3, x)''' at 0": (lambda x: special.gammainc(3.0, x), 0.0, 3, 1.0),
    "betainc(1, 2, x) at 0": (lambda x: special.betainc(1.0, 2.0, x), 0.0, 2, -2.0),
    "betainc(2, 1, x) at 1": (lambda x: special.betainc(2.0, 1.0, x), 1.0, 2, 2.0),
    "rgamma at a pole": (special.rgamma, -2.0, 1, 2.0),
    "erfcx, far": (special.erfcx, 1e8, 1, -5.641895835477563e-17),
    "dawsn, far": (special.dawsn, 1e8, 1, -5e-17),
    "i0e, far": (special.i0e, 1e8, 1, -1.994711409487331e-13),
    "k0e, far": (special.k0e, 1e8, 1, -6.2665706421e-13),
    "arcsinh, far": (np.arcsinh, 1e200, 1, 1e-200),
    "arctan2, far": (lambda x: np.arctan2(x, 2e200), 1e200, 1, 4e-201),
    "arctan2 at (0, 0)": (lambda x: np.arctan2(x, 0.0), 0.0, 1, 0.0),
    "boxcox by huge l": (lambda p: special.boxcox(2.0, p), -1e300, 1, 0.0),
    "boxcox of infinity": (lambda p: special.boxcox(np.inf, p), -2.0, 1, 0.25),
    "i1e of a huge number": (special.i1e, 1e300, 1, 0.0),
    "arcsin'' at its end": (np.arcsin, 1.0, 2, np.inf),
    "arccosh'' at its end": (np.arccosh, 1.0, 2, -np.inf),
    "remainder by an infinite divisor": (lambda y: np.remainder(-1.0, y), np.inf, 1, 1.0),
    "logaddexp'' of equals": (lambda x: np.logaddexp(x, 2.0), 2.0, 2, 0.25),
    "logaddexp by both, of equals": (
        lambda x: ml.grad(lambda y: np.logaddexp(x, y))(2.0),
        2.0,
        1,
        -0.25,
    ),
    "arcsin'' near 0": (np.arcsin, 1e-100, 2, 1e-100),
    "beta near a pole": (lambda a: special.beta(a, 1e-10), 2.0, 1, -0.644934066763527),
    "hypot of tiny values": (lambda x: np.hypot(x, 4e-200), 3e-200, 1, 0.6),
    "hypot'', long": (lambda x: np.hypot(x, 1e-9), 1.0, 2, 1e-18),
    "x ** y at y = 0, by both": (lambda y: ml.grad(lambda x: x**y)(2.0), 0.0, 1, 0.5),
    "remainder by the divisor": (lambda y: np.remainder(1.0, y), 0.1, 1, -9.0),
    "rel_entr of far values": (lambda x: special.rel_entr(x, 1e200), 1e-200, 1, -920.034037),
    "xlog1py of a small value": (lambda x: special.xlog1py(x, 1e-20), 2.0, 1, 1e-20),
}


@pytest.mark.parametrize(("function", "at", "order", "slope"), PINNED.values(), ids=PINNED)
def test_pinned(function: Callable[[Any], Any], at: float, order: int, slope: float) -> None:
    """A derivative at an edge is what mpmath gives."""
    np.testing.assert_allclose(nth(function, at, order), slope, rtol=1e-8, atol=1e-300)


def test_float16_has_its_own_range() -> None:
    """Squares within a rule do not overflow in float16."""
    a, b = ml.grad(lambda p: np.arctan2(p[0], p[1]))((np.float16(300), np.float16(200)))
    assert (a, b) == (np.float16(200 / 130000), np.float16(-300 / 130000))
    assert ml.grad(np.tan)(np.float16(1.566)) == np.float16(np.cos(1.56640625) ** -2)


class TestProbabilitiesOfZero:
    @pytest.mark.parametrize("low", [-800.0, -np.inf])
    def test_relative_entropy_of_a_softmax(self, low: float) -> None:
        """A class of probability 0 adds nothing to the gradient, as in JAX."""
        q = ml.softmax(np.array([1.0, 2.0, -7.0]))
        found = ml.grad(lambda s: np.sum(special.rel_entr(ml.softmax(s), q)))(
            np.array([0.0, low, 3.0])
        )
        np.testing.assert_allclose(found, [-0.49694326, 0.0, 0.49694326], atol=1e-8)

    @pytest.mark.parametrize(
        "entropy",
        [
            special.entr,
            lambda p: special.xlogy(p, p),
            lambda p: special.rel_entr(p, 0.5),
            lambda p: special.kl_div(p, 0.5),
            lambda p: special.xlog1py(p, p - 1.0),
        ],
        ids=["entr", "xlogy", "rel_entr", "kl_div", "xlog1py"],
    )
    def test_entropies_of_a_masked_softmax(self, entropy: Callable[[Any], Any]) -> None:
        """The gradient by the scores that are not masked is that without the masked one."""

        def total(scores: Any) -> Any:
            return np.sum(entropy(ml.softmax(scores)))

        found = ml.grad(total)(np.array([0.0, -np.inf, 3.0]))
        np.testing.assert_allclose(found[[0, 2]], ml.grad(total)(np.array([0.0, 3.0])), rtol=1e-12)
        assert found[1] == 0.0

    def test_infinite_slopes_are_given_as_zero(self) -> None:
        """At probability 0 the slope of an entropy is infinite, and 0 (of kl_div: -1) is given."""
        assert nth(special.entr, 0.0, 1) == 0.0
        assert nth(lambda x: special.rel_entr(x, 0.3), 0.0, 1) == 0.0
        assert nth(lambda x: special.kl_div(x, 0.3), 0.0, 1) == -1.0
        assert nth(lambda x: special.xlogy(x, x), 0.0, 1) == 0.0


class TestLogsumexp:
    def test_nothing(self) -> None:
        """The gradient of -inf alone is 0, so that a finite loss has a finite gradient."""
        x = np.array([-np.inf, -np.inf])
        assert ml.logsumexp(x) == -np.inf
        found = ml.grad(lambda x: np.exp(ml.logsumexp(x)))(x)
        np.testing.assert_array_equal(found, [0.0, 0.0])

    def test_nothing_in_a_row(self) -> None:
        """A row of -inf has the gradient 0, and other rows their softmax."""
        x = np.array([[-np.inf, -np.inf], [0.0, -np.inf]])
        found = ml.grad(lambda x: np.sum(np.logaddexp(0.0, ml.logsumexp(x, axis=-1))))(x)
        np.testing.assert_array_equal(found, [[0.0, 0.0], [0.5, 0.0]])


AVERAGES: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "weights of nothing": (lambda x: np.average(x, weights=np.ones(0)), np.zeros(0)),
    "nothing of each": (lambda x: np.average(x, axis=0, weights=np.ones((0, 2))), np.ones((0, 2))),
    "no averages": (lambda x: np.average(x, axis=1), np.zeros((0, 2))),
    "no averages by weights": (lambda x: np.average(x, axis=1, weights=x), np.ones((0, 2))),
    "mean of nothing": (lambda x: np.average(x, axis=1), np.zeros((2, 0))),
    "sum of 0": (lambda x: np.average(x, axis=0, weights=[1.0, -1.0]), np.ones((2, 2))),
    "list of zeros": (lambda x: np.average(x, weights=[0, 0], returned=True), np.ones(2)),
    "one sum of 0": (lambda x: np.average(x, axis=0, weights=np.eye(2)[:, :1] * [1, 0]), np.eye(2)),
    "sums": (lambda x: np.average(x, axis=1, weights=np.array([2.0, -1.0])), np.eye(2)),
    "of traced weights": (lambda x: np.average(x, weights=[x[0], 2.0]), np.ones(2)),
}


PADDED: dict[str, tuple[Callable[[Any], Any], Any]] = {
    f"{fill} in {dtype.__name__}": (
        lambda x, fill=fill: np.pad(x, 1, constant_values=fill),  # type: ignore[misc]  # a default
        np.arange(3).astype(dtype),
    )
    for dtype in (np.int64, np.uint8, np.bool_, np.float32)
    for fill in (np.nan, np.inf, -1e30, 2.5, -1, 7, (np.nan, 1.0), True)
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("eager", [False, True])
@pytest.mark.parametrize("case", [*AVERAGES, *PADDED])
def test_nothing_and_nan_are_as_in_numpy(case: str, *, eager: bool) -> None:
    """What has no average, or no integer, is NumPy's error, or its value."""
    function, x = {**AVERAGES, **PADDED}[case]
    run = ml.jit(function, eager=eager)
    try:
        expected = function(x)
    except (ArithmeticError, ValueError) as error:
        with pytest.raises(type(error), match=re.escape(str(error))):
            run(x)
    else:
        np.testing.assert_array_equal(run(x), expected)


@pytest.mark.parametrize(("dtype", "small"), [(np.float32, 1e-20), (np.float64, 1e-200)])
def test_powers_of_small_numbers_have_second_derivatives(dtype: Any, small: float) -> None:
    """The power 0 in a basis of powers has no part in the second derivative, however small x is."""
    slope = ml.grad(lambda x: np.sum(x ** np.arange(4, dtype=dtype)))
    found = ml.grad(slope)(dtype(small))
    np.testing.assert_allclose(found, 2.0, rtol=1e-6)
