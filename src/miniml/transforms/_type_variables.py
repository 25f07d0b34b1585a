"""The type variables of the transforms' signatures."""

from typing import ParamSpec, TypeVar

T = TypeVar("T")
"""The parameters: the type of a function's first argument."""

S = TypeVar("S")
"""The part of them that `wrt` selects."""

P = ParamSpec("P")
"""The function's other arguments."""

R = TypeVar("R")
"""The result."""

A = TypeVar("A")
"""What a function returns beside its value, with `has_aux`."""
