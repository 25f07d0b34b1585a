"""The rules: one file for each family of NumPy functions, with all that is known of its operations.

A rule is written in plain NumPy on tracers, so it is recorded itself, and its derivative has a
derivative. There are four ways to cover a function, from the shortest up:

1. A ufunc: `unary(np.exp, lambda g, y, x: g * y, nanoseconds=0.6)`, where `g` is the gradient of the
   loss by the result, `y` the result, and `x` the input; `binary(...)` takes one such rule for each
   input. The caller sums the gradient over broadcast axes and casts it to the input's dtype.
2. A function composed of functions that are covered already:

       @implements(np.ptp)
       def ptp(a, axis=None, keepdims=False):
           return np.max(a, axis, keepdims=keepdims) - np.min(a, axis, keepdims=keepdims)

3. A new primitive, if NumPy has a routine worth calling. A family has its own maker: `along` an axis,
   `reduction`, `of_matrices`. A primitive's name ends in _p, as in JAX; a rule has NumPy's name:

       cumsum_p = along(
           "cumsum",
           np.add.accumulate,                                       # arrays by position, then options
           vjp=lambda i, g, y, x, axis: np.flip(cumsum_p(np.flip(g, axis), axis=axis), axis),
           nanoseconds=4.0,
       )

       @implements(np.cumsum)
       def cumsum(a, axis=None): ...                                # normalise; then cumsum_p(a, axis=axis)

   `vjp` returns the gradient by input number `i`, or None if there is none. Options are keywords and
   must be hashable (axes as ints or tuples of ints, dtypes as `dtype.str`). `Op` lists all that can be
   said of an operation; its cost, `nanoseconds`, must be.
4. A primitive with `Numpy(emit=...)`: source that writes into a buffer (see `joining.py`, `windows.py`).

`composed` covers a ufunc in way 2, `optional_ufunc` one of SciPy's by its name; `reducer` and
`accumulator` cover a ufunc's methods `reduce` and `accumulate`; `method("name")` covers a method that
differs from the function of the same name; `refuse` says why a function cannot be traced, and the way
out. `derivative=` is the text of `docs/operations.md`, if it is not "exact"; the page is written by
`python -m tools.operations`.

Every rule has a row in `tests/program/rows_*.py`, which compares its value with NumPy's, its first and
second derivatives with central differences, and both with JAX's if JAX has the function.
"""

from miniml.program.rules import (
    assigning,
    attributes,
    choosing,
    composed,
    creating,
    differing,
    einsum,
    elementwise,
    factoring,
    gathering,
    indexing,
    inverting,
    joining,
    log_sums,
    matmul,
    nans,
    norms,
    products,
    rearranging,
    reductions,
    refused,
    scans,
    shaping,
    sorting,
    special,
    statistics,
    taking,
    truth,
    windows,
)

__all__ = [
    "assigning",
    "attributes",
    "choosing",
    "composed",
    "creating",
    "differing",
    "einsum",
    "elementwise",
    "factoring",
    "gathering",
    "indexing",
    "inverting",
    "joining",
    "log_sums",
    "matmul",
    "nans",
    "norms",
    "products",
    "rearranging",
    "reductions",
    "refused",
    "scans",
    "shaping",
    "sorting",
    "special",
    "statistics",
    "taking",
    "truth",
    "windows",
]
