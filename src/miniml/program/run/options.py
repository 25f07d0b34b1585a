"""The options that all transforms share."""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, TypedDict, get_args

import attrs

Backend: TypeAlias = Literal["numpy", "jax"]

_BACKENDS: tuple[Backend, ...] = get_args(Backend)


class TransformOptions(TypedDict, total=False):
    """How the program of a transform is made and run; every transform takes these options.

    A transform called within a trace becomes part of it: the options of the outermost transform
    decide.

    Attributes:
        eager: Trace at every call, with values that the function may branch on; slower.
        debug_nans: Raise FloatingPointError if a result is not finite, naming the first operation
            and line that made it so.
        backend: What runs the program: `"numpy"`, the default, or `"jax"`, which has `jax.jit` run
            it on the device that JAX chooses. Arrays of JAX among the arguments give arrays of JAX.
    """

    eager: bool
    debug_nans: bool
    backend: Backend


@attrs.frozen(cache_hash=True)
class CompleteOptions:
    """All of the options that transforms share."""

    eager: bool = False
    debug_nans: bool = False
    backend: Backend = "numpy"


_DEFAULTS = CompleteOptions()

_OF_JAX = {
    "argnums": "; derivatives are by the first argument: pass a tuple or a dict of the parameters",
    "static_argnums": "; close over what is not traced, or bind it by functools.partial",
    "static_argnames": "; close over what is not traced, or bind it by functools.partial",
}
"""What replaces options of JAX's transforms."""


def complete_options(transform: str, given: Mapping[str, Any]) -> CompleteOptions:
    """Return the options given to a transform, and the defaults of the others.

    Raises:
        TypeError: If the transform has no option of that name.
        ValueError: If there is no such backend, or the options exclude each other.
    """
    if not given:
        return _DEFAULTS
    names = attrs.fields_dict(CompleteOptions)
    for name in given:
        if name not in names:
            raise TypeError(
                f"{transform} has no option {name!r}: every transform takes {', '.join(names)}, and "
                f"those that take derivatives also wrt and has_aux{_OF_JAX.get(name, '')}"
            )
    options = CompleteOptions(**given)
    if options.backend not in _BACKENDS:
        expected = " or ".join(map(repr, _BACKENDS))
        raise ValueError(f"backend is {options.backend!r}: it must be {expected}")
    if options.eager and options.backend != "numpy":
        raise ValueError(
            f"eager=True and backend={options.backend!r} exclude each other: "
            "eager tracing computes with NumPy"
        )
    return options
