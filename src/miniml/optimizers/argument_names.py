"""Arguments of optimisers by other names: of earlier versions, of PyTorch and of Keras."""

import functools
import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_NAMES = {
    "lr": ("learning_rate",),
    "rate": ("learning_rate",),
    "alpha": ("decay",),
    "rho": ("decay",),
    "momentum": ("decay",),
    "decay": ("weight_decay",),
    "beta": ("decay",),
    "beta1": ("b1",),
    "beta_1": ("b1",),
    "beta2": ("b2",),
    "beta_2": ("b2",),
    "betas": ("b1", "b2"),
    "epsilon": ("eps",),
    "mask": ("where",),
    "start": ("initial_accumulator_value",),
    "limit": ("max_norm", "max_delta"),
}
"""What an argument may be called here."""

_ELSEWHERE = {
    "momentum": "use momentum(learning_rate, decay=...), or nesterov(...)",
    "nesterov": "use nesterov(learning_rate, decay=...)",
    "weight_decay": "use adamw(...), or chain(add_decayed_weights(...), ...)",
    "l2": "use chain(add_decayed_weights(...), ...)",
}
"""The way out where no argument has the meaning."""


def explain_arguments(make: Callable[P, R]) -> Callable[P, R]:
    """Decorate a function so that an argument of another name is refused by what it is called here."""
    known = tuple(inspect.signature(make).parameters)

    @functools.wraps(make)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        for name in kwargs:
            if name not in known:
                raise TypeError(
                    f"{make.__name__}() has no argument {name!r}: {_way_out(name, known)}"
                )
        return make(*args, **kwargs)

    return checked


def _way_out(name: str, known: tuple[str, ...]) -> str:
    here = [other for other in _NAMES.get(name, ()) if other in known]
    if here:
        return f"it is called {' and '.join(here)}"
    return _ELSEWHERE.get(name, f"it takes {', '.join(known)}")
