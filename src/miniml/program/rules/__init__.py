"""The rules: for each operation its shape, its NumPy source, and its derivative in one line.

A rule is written in plain NumPy on stand-ins, so that it is itself recorded, and a derivative can
be derived again. There are four ways to cover a function, from the shortest up:

1. A ufunc: `unary(np.exp, lambda g, y, x: g * y)`, where `g` is the gradient of the loss by the
   result, `y` the result, and `x` the input; `binary(...)` takes one such line for each input.
   Broadcasting and dtypes are undone for you.
2. A function that NumPy code can express by functions already covered:

       @implements(np.ptp)
       def ptp(a, axis=None, keepdims=False):
           return np.max(a, axis, keepdims=keepdims) - np.min(a, axis, keepdims=keepdims)

3. A new primitive, where NumPy has a routine worth calling:

       cumsum = primitive(
           "cumsum",
           lambda x, axis: np.cumsum(x, axis),                      # arrays by position, then options
           infer=lambda x, axis: (x.shape, x.dtype),                # the inputs' nodes, the options
           vjp=lambda i, g, y, x, axis: flip(cumsum(flip(g, axis), axis=axis), axis),
       )

       @implements(np.cumsum)
       def _cumsum(a, axis=None): ...                               # normalise; then cumsum(a, axis=axis)

   `vjp` gives the gradient by input number `i`; None says that there is none. Options are
   keywords and must be hashable (axes as ints or tuples of ints, dtypes as `dtype.str`).
4. A primitive with `emit`: source that writes into a buffer, where that is faster (see
   `reductions.py`).

`composed` covers a ufunc by way 2, `late` one of SciPy's by its name alone; `method("name")` a method
that differs from the function of the same name; `refuse` says why a function is not covered, and the
way out. `derivative=` is what `docs/operations.md` says of it, where that is not "exact"; the page is
written by `python -m miniml.program.coverage`.

Every rule has a row in `tests/program/rows_*.py`: its value is compared with NumPy's, its first and
second derivatives with central differences, and both with JAX's where JAX has the function.
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
