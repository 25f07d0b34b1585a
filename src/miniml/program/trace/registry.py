"""The tables from NumPy's functions to what tracing does for them."""

import difflib
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import numpy as np

from miniml.program.ir.graph import Op

F = TypeVar("F", bound=Callable[..., Any])

EXACT, ZERO = "exact", "zero"
"""The usual kinds of derivative, in the words of the documentation."""

UFUNCS: dict[str, Op] = {}
"""The operation of a ufunc, by the ufunc's name."""

LATE: dict[str, Callable[[np.ufunc], Op]] = {}
"""Operations made when their ufunc is first met, so that SciPy's have rules without its import."""

COMPOSED: dict[str, Callable[..., Any]] = {}
"""Ufuncs expressed by other functions, by the ufunc's name."""

REDUCERS: dict[str, Callable[..., Any]] = {}
"""What `ufunc.reduce` does, by the ufunc's name."""

ACCUMULATORS: dict[str, Callable[..., Any]] = {}
"""What `ufunc.accumulate` does, by the ufunc's name."""

FUNCTIONS: dict[Callable[..., Any], Callable[..., Any]] = {}
"""What a NumPy function does to stand-ins: a function of the same signature."""

METHODS: dict[str, Callable[..., Any]] = {}
"""Methods of stand-ins that are no NumPy function of the same name."""

REFUSALS: dict[Callable[..., Any], str] = {}
"""Why a NumPy function cannot be traced, and the way out."""

SCIPY_REFUSALS: dict[str, str] = {}
"""The way out where a function of SciPy, by its name, asks for an array."""

DERIVATIVES: dict[str | Callable[..., Any], str] = {}
"""The kind of derivative, where it is not exact throughout: by function, or a ufunc's name."""


def implements(*functions: Callable[..., Any], derivative: str = EXACT) -> Callable[[F], F]:
    """Register the decorated function as what `functions` do to stand-ins."""

    def register(rule: F) -> F:
        for function in functions:
            FUNCTIONS[function] = rule
            if derivative != EXACT:
                DERIVATIVES[function] = derivative
        return rule

    return register


def composed(*ufuncs: np.ufunc, derivative: str = EXACT) -> Callable[[F], F]:
    """Register the decorated function, made of other functions, as what `ufuncs` do."""

    def register(rule: F) -> F:
        for ufunc in ufuncs:
            COMPOSED[ufunc.__name__] = rule
            if derivative != EXACT:
                DERIVATIVES[ufunc.__name__] = derivative
        return rule

    return register


def named(*names: str) -> list[Callable[..., Any]]:
    """The NumPy functions of these dotted names that the installed NumPy has."""
    found: list[Callable[..., Any]] = []
    for name in names:
        owner: Any = np
        for part in name.split("."):
            owner = getattr(owner, part, None)
        if owner is not None:
            found.append(owner)
    return found


def refuse(reason: str, *functions: Callable[..., Any]) -> None:
    """Say why functions cannot be traced, and the way out."""
    for function in functions:
        REFUSALS[function] = reason


def method(name: str) -> Callable[[F], F]:
    """Register the decorated function as the stand-ins' method `name`."""

    def register(rule: F) -> F:
        METHODS[name] = rule
        return rule

    return register


def reducer(ufunc: np.ufunc) -> Callable[[F], F]:
    """Register the decorated function as what `ufunc.reduce` does to stand-ins."""

    def register(rule: F) -> F:
        REDUCERS[ufunc.__name__] = rule
        return rule

    return register


def accumulator(ufunc: np.ufunc) -> Callable[[F], F]:
    """Register the decorated function as what `ufunc.accumulate` does to stand-ins."""

    def register(rule: F) -> F:
        ACCUMULATORS[ufunc.__name__] = rule
        return rule

    return register


def not_covered(function: Callable[..., Any]) -> str:
    """What to say of a NumPy function that cannot be traced."""
    name = f"{function.__module__}.{function.__name__}".replace("numpy", "np")
    if function in REFUSALS:
        return f"{name} cannot be traced: {REFUSALS[function]}"
    known = [f"{f.__module__}.{f.__name__}".replace("numpy", "np") for f in FUNCTIONS]
    return (
        f"{name} cannot be traced yet{nearest(name, known)}; ml.custom_vjp takes a rule of your own"
    )


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint at the most similar names that can be traced."""
    near = difflib.get_close_matches(name, known, n=3)
    return f" (nearest that can: {', '.join(near)})" if near else ""
