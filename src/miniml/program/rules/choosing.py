"""Choosing among values: clip, select, choose, piecewise."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from collections.abc import Callable, Sequence
from typing import Any

import attrs
import numpy as np

from miniml.program.ir.graph import Op
from miniml.program.rules.define import Primitive
from miniml.program.rules.elementwise import zero_or_nan
from miniml.program.rules.values import astype, promote, refuse_out, traced
from miniml.program.trace.registry import UFUNCS, implements
from miniml.program.trace.tracer import stopped


def _bounded(name: str, within: Callable[[Any, Any], Any]) -> Primitive:
    """Define a maximum or minimum that keeps the gradient of a value at its bound, as in PyTorch.

    Args:
        name: The ufunc.
        within: Whether a value is not beyond the bound.
    """
    ufunc: Op = UFUNCS[name]

    def vjp(position: int, g: Any, y: Any, x: Any, bound: Any) -> Any:
        inside = within(x, bound)
        if position == 0:
            return np.where(inside, g, zero_or_nan(stopped(y), bound))
        return np.where(inside, 0.0, g)

    return Primitive(attrs.evolve(ufunc, vjp=vjp, rewrite=None))


at_least_p: Primitive = _bounded("maximum", lambda x, bound: x >= bound)
at_most_p: Primitive = _bounded("minimum", lambda x, bound: x <= bound)


@implements(np.clip, derivative="exact; 1 at the bounds")
def clip(a: Any, a_min: Any = None, a_max: Any = None, out: None = None, **options: Any) -> Any:
    refuse_out(out)
    low = options.get("min", a_min)
    high = options.get("max", a_max)
    y = traced(a, low, high)
    if low is not None:
        y = at_least_p(*promote(y, low))
    if high is not None:
        y = at_most_p(*promote(y, high))
    return y


@implements(np.select)
def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    traced(default, *condlist, *choicelist)
    y, *choices = promote(default, *choicelist)
    for condition, choice in reversed(list(zip(condlist, choices, strict=True))):
        y = np.where(condition, choice, y)
    return y


@implements(np.choose)
def choose(a: Any, choices: Any, out: None = None, mode: str = "raise") -> Any:
    refuse_out(out)
    index = traced(a, *choices)
    cases = promote(*choices)
    if mode == "wrap":
        index = np.remainder(index, len(cases))
    elif mode == "raise":  # by an index out of bounds, when the program runs
        index = traced(np.arange(len(cases)), index)[np.where(index < 0, len(cases), index)]
    elif mode != "clip":
        raise ValueError(f"mode is {mode!r}: it must be 'clip', 'raise' or 'wrap'")
    y = traced(cases[-1], index)
    for number in range(len(cases) - 2, -1, -1):
        y = np.where(index <= number, cases[number], y)
    return y


@implements(np.piecewise)
def piecewise(x: Any, condlist: Any, funclist: Sequence[Any], *args: Any, **kw: Any) -> Any:
    x = traced(x)
    conditions = list(condlist) if isinstance(condlist, list | tuple) else [condlist]
    cases = [f(x, *args, **kw) if callable(f) else f for f in funclist]
    if len(cases) not in {len(conditions), len(conditions) + 1}:
        raise ValueError("with n conditions, either n or n + 1 functions are expected")
    y = cases[len(conditions)] if len(cases) > len(conditions) else 0.0
    y = np.broadcast_to(astype(traced(y, x), x.dtype), x.shape)
    for condition, case in zip(conditions, cases, strict=False):  # the last that holds wins
        y = np.where(condition, astype(traced(case, x), x.dtype), y)
    return y
