"""The functions with a derivative rule, in mpmath: the oracle of the tests of derivatives at edges."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import attrs
import mpmath as mp
import numpy as np


@attrs.frozen
class Truth:
    """A function in mpmath, and where it is asked.

    Attributes:
        function: From numbers of mpmath to a number.
        ranges: For each argument the lowest and the highest value, both included; at these the
            derivative is one-sided.
        by: The arguments that it is differentiated by.
        beside: Further arguments to ask at.
        avoid: Where not to ask.
        digits: The decimal digits that mpmath takes; more where the function itself cancels.
        loss: How many times more rounding errors than usual are allowed.
        scale: The size of the numbers that the rule subtracts, whose rounding errors are allowed.
        slow: Whether mpmath is slow, so that the default tests ask at few points.
    """

    function: Callable[..., Any]
    ranges: tuple[tuple[float, float], ...]
    by: tuple[int, ...]
    beside: tuple[tuple[float, ...], ...] = ()
    avoid: Callable[..., bool] = lambda *_: False
    digits: int = 40
    loss: float = 1.0
    scale: float = 0.0
    slow: bool = False

    def points(self, dtype: Any) -> list[tuple[float, ...]]:
        """Return the arguments to ask at, as `dtype` holds them."""
        grid: list[tuple[float, ...]] = list(self.beside)
        if len(self.ranges) == 1:
            grid += [(v,) for v in _values(np.finfo(dtype))]
        else:
            grid += itertools.product(
                (0.0, 1e-3, -0.5, 0.5, 1.0, 2.5, 8.0, -30.0, 30.0), repeat=len(self.ranges)
            )
            scales = np.finfo(dtype).max ** 0.625, np.finfo(dtype).tiny ** 0.625
            for scale in map(float, scales):  # whose squares overflow and underflow
                grid += [(s * scale, 2.0 * scale, scale)[: len(self.ranges)] for s in (1.0, -3.0)]
        with np.errstate(over="ignore"):
            held = {tuple(float(np.dtype(dtype).type(v)) for v in point) for point in grid}
        return sorted(p for p in held if self._contains(p) and not self.avoid(*p))

    def _contains(self, point: tuple[float, ...]) -> bool:
        pairs = zip(point, self.ranges, strict=True)
        return all(low <= v <= high for v, (low, high) in pairs)

    def derivative(self, point: tuple[float, ...], orders: tuple[int, ...]) -> Any:
        """Return the partial derivative of these orders by each argument."""

        def along(position: int, done: tuple[Any, ...]) -> Any:
            if position == len(point):
                return self.function(*done)
            x, order = mp.mpf(point[position]), orders[position]
            if not order:
                return along(position + 1, (*done, x))
            low, high = self.ranges[position]
            return mp.diff(
                lambda v: along(position + 1, (*done, v)),
                x,
                order,
                h=mp.ldexp(abs(x) if x else 1, -int(3.4 * self.digits)),
                direction=(x == low) - (x == high),
                addprec=10 + max(0, -mp.mag(x) if x else 0),
            )

        with mp.workdps(self.digits):
            return mp.re(along(0, ()))


def _values(limits: Any) -> list[float]:
    """Return the edges of a dtype and numbers between them."""
    small = [limits.smallest_subnormal, limits.tiny, limits.tiny**0.5, limits.eps, 1e-4, 0.03]
    large = [0.5, 0.9, 1.0, 2.5, 8.0, 30.0, 300.0, 4.0 * limits.max**0.5, limits.max / 4.0]
    sizes = [float(v) for v in (*small, *large)]
    return [0.0, *sizes, *(-v for v in sizes)]


EVERYWHERE = (-math.inf, math.inf)
POSITIVE = (1e-300, math.inf)
TRUTHS: dict[str, Truth] = {}


def unary(
    name: str,
    function: Callable[[Any], Any],
    low: float = -math.inf,
    high: float = math.inf,
    *beside: float,
    **more: Any,
) -> None:
    """Add a function of one argument."""
    points = tuple((v,) for v in beside)
    TRUTHS[name] = Truth(function, ((low, high),), (0,), points, **more)


def several(
    name: str, function: Callable[..., Any], *ranges: tuple[float, float], **more: Any
) -> None:
    """Add a function of several arguments, which has a derivative by each unless `by` says by which."""
    TRUTHS[name] = Truth(function, ranges, more.pop("by", tuple(range(len(ranges)))), **more)


def inverse(
    function: Callable[..., Any], start: Callable[..., float], slope: Callable[..., Any]
) -> Callable[..., Any]:
    """Return the inverse of a function in its last argument, by Newton's method from a float."""

    def inverted(*arguments: Any) -> Any:
        *given, x = arguments
        y = mp.mpf(start(*map(float, arguments)))
        for _ in range(10):
            y -= (function(*given, y) - x) / slope(*given, y)
        return y

    return inverted


def at_zero(x: Any) -> bool:
    """Return whether a function is not asked: at 0."""
    return bool(x == 0)


unary("square", lambda x: x * x)
unary("sqrt", mp.sqrt, 5e-324)
unary("cbrt", lambda x: mp.sign(x) * mp.cbrt(abs(x)), avoid=at_zero)
unary("reciprocal", lambda x: 1 / x, avoid=at_zero)
unary("exp", mp.exp, -1e4, 1e4, -700.0, 700.0)
unary("exp2", lambda x: mp.power(2, x), -1e4, 1e4)
unary("expm1", mp.expm1, -1e3, 1e4, -36.0, digits=300)
unary("log", mp.log, 5e-324)
unary("log2", lambda x: mp.log(x, 2), 5e-324)
unary("log10", mp.log10, 5e-324)
unary("log1p", mp.log1p, -0.9999, math.inf, -0.9999)
unary("sin", mp.sin, -1e4, 1e4)
unary("cos", mp.cos, -1e4, 1e4)
unary("tan", mp.tan, -1e4, 1e4, 1.5707963, 1.57)
unary("arcsin", mp.asin, -0.99999999999, 0.99999999999, 0.9999999999, -0.9999)
unary("arccos", mp.acos, -0.99999999999, 0.99999999999, 0.9999999999, -0.9999)
unary("arctan", mp.atan)
unary("sinh", mp.sinh, -1e4, 1e4)
unary("cosh", mp.cosh, -1e4, 1e4)
unary("tanh", mp.tanh, -1e3, 1e3, digits=300, scale=1.0)  # 1 - tanh ** 2, as in JAX and PyTorch
unary("arcsinh", mp.asinh)
unary("arccosh", mp.acosh, 1.0000000001, math.inf, 1.0000000001, 1.001)
unary("arctanh", mp.atanh, -0.99999999999, 0.99999999999, 0.9999999999, -0.9999)
several("power", mp.power, (1e-20, math.inf), (-300.0, 300.0))
several(
    "remainder",
    lambda a, b: a - b * mp.floor(a / b),
    (0.5, 300.0),
    (0.03, 300.0),
    avoid=lambda a, b: a % b == 0,
    beside=((1.0, 0.1),),
)
several(
    "fmod",
    lambda a, b: a - b * mp.floor(a / b),
    (0.5, 300.0),
    (0.03, 300.0),
    avoid=lambda a, b: a % b == 0,
    beside=((1.0, 0.1),),
)
several(
    "logaddexp",
    lambda a, b: mp.log(mp.exp(a) + mp.exp(b)),
    (-1e4, 1e4),
    (-1e4, 1e4),
    beside=((40.0, 0.5), (1e4, 1e4)),
    digits=300,
)
several(
    "logaddexp2",
    lambda a, b: mp.log(mp.power(2, a) + mp.power(2, b), 2),
    (-1e4, 1e4),
    (-1e4, 1e4),
    digits=300,
)
several("arctan2", mp.atan2, EVERYWHERE, POSITIVE)
several("hypot", mp.hypot, EVERYWHERE, POSITIVE)
