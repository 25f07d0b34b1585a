"""Functions of squares by which hypot, arctan2 and the arcus functions are differentiated.

The first two are the direction of a point (a, b) in the plane, and its turn.

Their derivatives are products of themselves, so that no order cancels digits. Squares that would
overflow or underflow are avoided: both coordinates are divided by the larger one.
"""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false

from typing import Any

import numpy as np

from miniml.program.ir.graph import DType, Node, Numpy, Shape, broadcast
from miniml.program.rules.axes import ELEMENTWISE
from miniml.program.rules.define import Primitive, emit_call, primitive, same
from miniml.program.rules.logistic import tiny


def _are_safe(squares: Any) -> bool:
    """Return whether no sum of squares overflows, or loses digits by underflow."""
    lowest = 1e16 * tiny(squares.dtype)
    return bool(np.size(squares) and np.min(squares) > lowest and np.max(squares) < np.inf)


def _scaled(xp: Any, a: Any, b: Any) -> tuple[Any, Any, Any]:
    """Return a / m, b / m and m = max(abs(a), abs(b)); an infinite coordinate outweighs a finite one."""
    m = xp.maximum(xp.abs(a), xp.abs(b))
    far = xp.isinf(m)
    safe = xp.where(far | (m == 0.0), 1.0, m).astype(m.dtype)
    p, q = (xp.where(far, xp.sign(x) * xp.isinf(x), x / safe).astype(m.dtype) for x in (a, b))
    return p, q, m


def _direction(xp: Any, a: Any, b: Any) -> Any:
    p, q, _ = _scaled(xp, a, b)
    squares = p * p + q * q
    return p / xp.sqrt(xp.where(squares == 0.0, 1.0, squares).astype(p.dtype))


def _turn(xp: Any, a: Any, b: Any) -> Any:
    p, q, m = _scaled(xp, a, b)
    squares = p * p + q * q
    none = squares == 0.0
    one = xp.ones_like(m)
    return q / xp.where(none, one, squares) / xp.where(none, one, m)


def _compute_direction(a: Any, b: Any, out: Any = None) -> Any:
    squares = np.add(np.square(a), np.square(b), out)
    if _are_safe(squares):
        return np.divide(a, np.sqrt(squares, out), out)
    found = _direction(np, a, b)
    return found if out is None else np.positive(found, out)


def _compute_turn(a: Any, b: Any, out: Any = None) -> Any:
    squares = np.add(np.square(a), np.square(b), out)
    if _are_safe(squares):
        return np.divide(b, squares, out)
    found = _turn(np, a, b)
    return found if out is None else np.positive(found, out)


def _infer(a: Node, b: Node) -> tuple[Shape, DType]:
    return broadcast(a.shape, b.shape), np.result_type(a.dtype, b.dtype)


direction_p: Primitive = primitive(
    "direction",  # a / hypot(a, b), and 0 at (0, 0)
    _compute_direction,
    infer=_infer,
    vjp=lambda i, g, y, a, b: (
        g * (turn_p(a, b) * direction_p(b, a))
        if i == 0
        else -g * (turn_p(b, a) * direction_p(b, a))
    ),
    axes=ELEMENTWISE,
    nanoseconds=3.0,
    numpy=Numpy(emit=emit_call("direction")),
    jax=_direction,
)

turn_p: Primitive = primitive(
    "turn",  # b / (a ** 2 + b ** 2), and 0 at (0, 0)
    _compute_turn,
    infer=_infer,
    vjp=lambda i, g, y, a, b: (
        g * (-2.0 * y * turn_p(b, a)) if i == 0 else g * ((turn_p(b, a) - y) * (turn_p(b, a) + y))
    ),
    axes=ELEMENTWISE,
    nanoseconds=3.0,
    numpy=Numpy(emit=emit_call("turn")),
    jax=_turn,
)

one_minus_square_p: Primitive = primitive(
    "one_minus_square",  # as a product, which keeps its digits near 1; its derivative keeps them near 0
    lambda x: (1.0 - x) * (1.0 + x),
    infer=same,
    vjp=lambda i, g, y, x: g * (-2.0 * x),
    axes=ELEMENTWISE,
    nanoseconds=0.75,
    jax=lambda jnp, x: (1.0 - x) * (1.0 + x),
)
