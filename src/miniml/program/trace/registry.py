"""The tables from NumPy's functions to the rules that trace them."""

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

OPTIONAL_UFUNCS: dict[str, Callable[[np.ufunc], Op]] = {}
"""Makers of the operations of ufuncs of optional packages, by name: used at the first call of the ufunc."""

COMPOSED: dict[str, Callable[..., Any]] = {}
"""Ufuncs expressed by other functions, by the ufunc's name."""

REDUCERS: dict[str, Callable[..., Any]] = {}
"""The rule of `ufunc.reduce`, by the ufunc's name."""

ACCUMULATORS: dict[str, Callable[..., Any]] = {}
"""The rule of `ufunc.accumulate`, by the ufunc's name."""

FUNCTIONS: dict[Callable[..., Any], Callable[..., Any]] = {}
"""The rule of a NumPy function: a function of tracers, of the same signature."""

METHODS: dict[str, Callable[..., Any]] = {}
"""The methods of tracers that differ from NumPy's function of the same name."""

REFUSALS: dict[Callable[..., Any], str] = {}
"""Why a NumPy function cannot be traced, and the way out."""

SCIPY_REFUSALS: dict[str, str] = {}
"""The way out for a function of SciPy, by its name, that needs an array."""

DERIVATIVES: dict[str | Callable[..., Any], str] = {}
"""The kind of derivative, if it is not exact everywhere: by function, or by a ufunc's name."""


def implements(*functions: Callable[..., Any], derivative: str = EXACT) -> Callable[[F], F]:
    """Register the decorated function as the rule of `functions`."""

    def register(rule: F) -> F:
        for function in functions:
            FUNCTIONS[function] = rule
            if derivative != EXACT:
                DERIVATIVES[function] = derivative
        return rule

    return register


def composed(*ufuncs: np.ufunc, derivative: str = EXACT) -> Callable[[F], F]:
    """Register the decorated function, composed of other functions, as the rule of `ufuncs`."""

    def register(rule: F) -> F:
        for ufunc in ufuncs:
            COMPOSED[ufunc.__name__] = rule
            if derivative != EXACT:
                DERIVATIVES[ufunc.__name__] = derivative
        return rule

    return register


def named(*names: str) -> list[Callable[..., Any]]:
    """Return the functions of these dotted names that the installed NumPy has."""
    found: list[Callable[..., Any]] = []
    for name in names:
        owner: Any = np
        for part in name.split("."):
            owner = getattr(owner, part, None)
        if owner is not None:
            found.append(owner)
    return found


def refuse(reason: str, *functions: Callable[..., Any]) -> None:
    """Register why functions cannot be traced, and the way out."""
    for function in functions:
        REFUSALS[function] = reason


def method(name: str) -> Callable[[F], F]:
    """Register the decorated function as the tracers' method `name`."""

    def register(rule: F) -> F:
        METHODS[name] = rule
        return rule

    return register


def reducer(ufunc: np.ufunc) -> Callable[[F], F]:
    """Register the decorated function as the rule of `ufunc.reduce`."""

    def register(rule: F) -> F:
        REDUCERS[ufunc.__name__] = rule
        return rule

    return register


def accumulator(ufunc: np.ufunc) -> Callable[[F], F]:
    """Register the decorated function as the rule of `ufunc.accumulate`."""

    def register(rule: F) -> F:
        ACCUMULATORS[ufunc.__name__] = rule
        return rule

    return register


def not_covered(function: Callable[..., Any]) -> str:
    """Return the message for a NumPy function that cannot be traced."""
    name = f"{function.__module__}.{function.__name__}".replace("numpy", "np")
    if function in REFUSALS:
        return f"{name} cannot be traced: {REFUSALS[function]}"
    known = [f"{f.__module__}.{f.__name__}".replace("numpy", "np") for f in FUNCTIONS]
    return f"{name} cannot be traced yet{nearest(name, known)}; ml.custom_vjp takes a rule for it"


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint at the most similar names that can be traced."""
    near = difflib.get_close_matches(name, known, n=3)
    return f" (nearest that can: {', '.join(near)})" if near else ""
