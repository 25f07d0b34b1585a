"""Calling what draws a model for data of some shape: one convention for all that do so."""

import inspect
from collections.abc import Callable, Mapping

from numpy.random import Generator

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def arguments_by_name(
    make: Callable[..., object], rng: Generator, features: int, outputs: int | None
) -> Mapping[str, object] | None:
    """Give the arguments that a function asks for by name: `rng`, `features` and `outputs`.

    Args:
        make: What draws a model.
        rng: The source of randomness.
        features: The number of columns of the points.
        outputs: The number of scores a point; None is one score without an axis.

    Returns:
        Those that it has parameters for; None if it needs others, or has not all three and one of
        its first three parameters has another name: then they are known by their order.

    Example:
        >>> import numpy as np
        >>> from miniml import Linear
        >>> sorted(arguments_by_name(Linear.init, np.random.default_rng(0), 2, None))
        ['features', 'outputs', 'rng']
    """
    known = {"rng": rng, "features": features, "outputs": outputs}
    try:
        parameters = list(inspect.signature(make).parameters.values())
    except (TypeError, ValueError):  # a builtin tells nothing
        return None
    names = {parameter.name for parameter in parameters} & known.keys()
    first = [parameter for parameter in parameters if parameter.kind in _POSITIONAL][:3]
    needed = [parameter for parameter in parameters if parameter.default is parameter.empty]
    asked = needed if len(names) == len(known) else (*first, *needed)
    if not names or any(parameter.name not in known for parameter in asked):
        return None
    return {name: known[name] for name in names}
