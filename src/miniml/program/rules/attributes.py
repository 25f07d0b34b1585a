"""Functions of shapes and dtypes only, and of kinds of numbers."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from typing import Any

import numpy as np

from miniml.program.rules.values import astype, traced
from miniml.program.trace.registry import ZERO, implements, named
from miniml.program.trace.tracer import Tracer


def _example(value: Any) -> Any:
    """Return a value of the same dtype: a Python number for a traced one."""
    if not isinstance(value, Tracer):
        return value
    return value.weak(0) if value.weak else value.dtype


@implements(np.result_type, derivative=ZERO)
def result_type(*arrays_and_dtypes: Any) -> Any:
    return np.result_type(*(_example(value) for value in arrays_and_dtypes))


@implements(np.can_cast, derivative=ZERO)
def can_cast(from_: Any, to: Any, casting: Any = "safe") -> bool:
    return np.can_cast(traced(from_).dtype, to, casting)


@implements(*named("astype"))
def cast(x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Any:
    return astype(x, dtype)


implements(np.iscomplexobj, derivative=ZERO)(lambda x: False)
implements(np.isrealobj, derivative=ZERO)(lambda x: True)
implements(np.iscomplex, derivative=ZERO)(lambda x: np.zeros_like(x, dtype=np.bool_))
implements(np.isreal, derivative=ZERO)(lambda x: np.ones_like(x, dtype=np.bool_))
implements(np.isposinf, derivative=ZERO)(lambda x: x == np.inf)
implements(np.isneginf, derivative=ZERO)(lambda x: x == -np.inf)


@implements(np.isin, derivative=ZERO)
def isin(
    element: Any,
    test_elements: Any,
    assume_unique: bool = False,
    invert: bool = False,
    *,
    kind: Any = None,
) -> Any:
    x = traced(element, test_elements)
    found = np.any(x[..., None] == np.ravel(traced(test_elements, x)), -1)
    return ~found if invert else found


@implements(np.diag_indices_from, derivative=ZERO)
def diag_indices_from(arr: Any) -> Any:
    return np.diag_indices(arr.shape[0], arr.ndim)


@implements(np.tril_indices_from, derivative=ZERO)
def tril_indices_from(arr: Any, k: int = 0) -> Any:
    return np.tril_indices(arr.shape[-2], k, arr.shape[-1])


@implements(np.triu_indices_from, derivative=ZERO)
def triu_indices_from(arr: Any, k: int = 0) -> Any:
    return np.triu_indices(arr.shape[-2], k, arr.shape[-1])
