"""The tables from NumPy's functions to what tracing does for them."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from miniml.program.graph import Op

F = TypeVar("F", bound=Callable[..., Any])

UFUNCS: dict[str, Op] = {}
"""By the ufunc's name, so that SciPy's have rules without being imported."""

REDUCERS: dict[str, Callable[..., Any]] = {}
"""What `ufunc.reduce` does, by the ufunc's name."""

FUNCTIONS: dict[Callable[..., Any], Callable[..., Any]] = {}
"""What a NumPy function does to stand-ins: a function of the same signature."""

METHODS: dict[str, Callable[..., Any]] = {}
"""Methods of stand-ins that are no NumPy function of the same name."""


def implements(*functions: Callable[..., Any]) -> Callable[[F], F]:
    """Register the decorated function as what `functions` do to stand-ins."""

    def register(rule: F) -> F:
        for function in functions:
            FUNCTIONS[function] = rule
        return rule

    return register


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
