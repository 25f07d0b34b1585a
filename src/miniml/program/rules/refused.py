"""Functions that cannot be traced, with the reason and the way out."""

from typing import Any

import numpy as np

from miniml.program.ir.errors import TraceError
from miniml.program.trace.registry import SCIPY_REFUSALS, method, named, refuse

refuse(
    "the result's shape would depend on the values: use np.where(condition, a, b), or a "
    "reduction's where=condition",
    *named("nonzero", "argwhere", "flatnonzero"),
)
refuse(
    "the result's shape would depend on the values: compute it before the trace, and pass it as data",
    *named("unique", "unique_all", "unique_counts", "unique_inverse", "unique_values"),
    *named("union1d", "intersect1d", "setdiff1d", "setxor1d", "trim_zeros"),
)
refuse(
    "its counts do not vary with the values: compute them before the trace; for sums of weights by bin "
    "use np.bincount(np.searchsorted(edges[1:-1], x, side='right'), weights, len(edges) - 1)",
    *named("histogram", "histogram2d", "histogramdd", "histogram_bin_edges"),
)
refuse(
    "it changes an array in place: assign to the elements (y = x.copy(); y[index] = values)",
    *named("put", "put_along_axis", "place", "putmask"),
)
refuse(
    "eigenvalues of a general matrix are complex: use np.linalg.eigh of a symmetric one",
    np.linalg.eig,
    np.linalg.eigvals,
)
refuse(
    "roots of polynomials are complex, and their number varies: compute them before the trace",
    *named("roots"),
)
refuse(
    "it is not written for traced values: use np.linalg.lstsq(np.vander(x, degree + 1), y)[0]",
    *named("polyfit"),
)
refuse(
    "its roots may be complex: multiply the factors with np.polymul",
    *named("poly"),
)
refuse(
    "the remainder's shape would depend on the values: compute it before the trace",
    *named("polydiv"),
)
refuse(
    "programs have no complex numbers: multiply by a matrix of sines and cosines",
    *(
        function
        for name in np.fft.__all__
        for function in named(f"fft.{name}")
        if name not in {"fftfreq", "rfftfreq", "fftshift", "ifftshift"}
    ),
)
refuse(
    "its results are complex outside of the real function's domain: use the real function, np.sqrt "
    "for np.emath.sqrt, of arguments that np.where or np.maximum keep in the domain",
    *named(*(f"emath.{name}" for name in np.emath.__all__)),
)
refuse("its result is complex: use np.sort", *named("sort_complex"))
refuse(
    "a function given as an argument cannot be followed: call NumPy's functions with axis=",
    *named("apply_along_axis", "apply_over_axes"),
)
refuse("its derivative is not in NumPy: use scipy.special.i0", *named("i0"))
refuse(
    "a traced array has no values to print or save: return it, and do so outside of the traced function",
    *named("array2string", "array_repr", "array_str", "savetxt", "save", "savez"),
)
refuse(
    "traced values have no memory, and so no order of it: leave the call out",
    *named("may_share_memory", "shares_memory", "asfortranarray"),
)

_ARRAY_API = "set SCIPY_ARRAY_API=1 in the environment, with which SciPy accepts it"

SCIPY_REFUSALS.update(
    logsumexp=f"use miniml.logsumexp(x, axis=axis), or {_ARRAY_API}",
    softmax=f"use miniml.softmax(x, axis=axis), or {_ARRAY_API}",
    log_softmax=f"use miniml.log_softmax(x, axis=axis), or {_ARRAY_API}",
    softplus="use np.logaddexp(0.0, x)",
    polygamma="use (-1) ** (n + 1) * math.factorial(n) * scipy.special.zeta(n + 1.0, x)",
)


def _in_place(name: str) -> None:
    @method(name)
    def refused(*_: Any, **__: Any) -> None:
        raise TraceError(
            f"x.{name}() changes an array in place: assign to the elements (y = x.copy(); "
            "y[index] = values)"
        )


for _name in ("partition", "put", "resize", "setfield"):
    _in_place(_name)


def _without_memory(name: str, way_out: str) -> None:
    @method(name)
    def refused(*_: Any, **__: Any) -> None:
        raise TraceError(f"x.{name}() needs the memory of an array, which is traced: {way_out}")


for _name in ("view", "getfield", "byteswap"):
    _without_memory(_name, "convert the values with x.astype(dtype)")
for _name in ("tobytes", "tofile", "dump", "dumps"):
    _without_memory(_name, "return it, and do so outside of the traced function")
