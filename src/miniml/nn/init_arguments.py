"""The convention for functions that draw a model for data of some shape."""

import inspect
from collections.abc import Callable, Mapping

from numpy.random import Generator

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def arguments_by_name(
    init: Callable[..., object], rng: Generator, features: int, outputs: int | None
) -> Mapping[str, object] | None:
    """Return the arguments that `init` takes by name, among `rng`, `features` and `outputs`.

    Args:
        init: The function that draws a model.
        rng: The random generator.
        features: The number of columns of the points.
        outputs: The number of scores per point; None is one score without an axis.

    Returns:
        The arguments that `init` has parameters for. None if it must be called by position: it
        requires other arguments, or it lacks one of the three names and one of its first three
        parameters has another name.

    Example:
        >>> import numpy as np
        >>> from miniml import Linear
        >>> sorted(arguments_by_name(Linear.init, np.random.default_rng(0), 2, None))
        ['features', 'outputs', 'rng']
    """
    known = {"rng": rng, "features": features, "outputs": outputs}
    try:
        parameters = list(inspect.signature(init).parameters.values())
    except (TypeError, ValueError):  # a builtin has no signature
        return None
    names = {parameter.name for parameter in parameters} & known.keys()
    first = [parameter for parameter in parameters if parameter.kind in _POSITIONAL][:3]
    needed = [parameter for parameter in parameters if parameter.default is parameter.empty]
    asked = needed if len(names) == len(known) else (*first, *needed)
    if not names or any(parameter.name not in known for parameter in asked):
        return None
    return {name: known[name] for name in names}
