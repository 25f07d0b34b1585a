"""A Python script that rebuilds what is seen."""

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from miniml.playground.session import Session
from miniml.playground.settings import OWN


class Source:
    """Collects the imports that expressions need."""

    def __init__(self) -> None:
        self.imports: set[tuple[str, str]] = set()

    def of(self, value: Any) -> str:
        """Write a value as the expression that makes it."""
        kind = _kind(value)
        if issubclass(kind, np.ndarray):
            return self._array(value)
        if issubclass(kind, tuple | list):
            return self._row(value)
        if issubclass(kind, dict):
            return self._table(value)
        if issubclass(kind, np.ufunc):
            return f"np.{value.__name__}"
        if attrs.has(kind):
            return self._instance(value)
        if callable(value):
            return self._name(value)
        return repr(value.item() if issubclass(kind, np.generic) else value)

    def _array(self, value: NDArray[Any]) -> str:
        kind = "" if value.dtype == np.float64 else f", np.{value.dtype}"
        return f"np.array({value.tolist()!r}{kind})"

    def _row(self, values: Sequence[Any]) -> str:
        inside = ", ".join(map(self.of, values))
        if isinstance(values, list):
            return f"[{inside}]"
        return f"({inside},)" if len(values) == 1 else f"({inside})"

    def _table(self, values: Mapping[Any, Any]) -> str:
        return f"{{{', '.join(f'{key!r}: {self.of(value)}' for key, value in values.items())}}}"

    def _instance(self, value: Any) -> str:
        kind = _kind(value)
        inside = ", ".join(
            f"{field.alias}={self.of(getattr(value, field.name))}"
            for field in attrs.fields(kind)
            if field.init
        )
        return f"{self._name(kind)}({inside})"

    def _name(self, thing: Any) -> str:
        outer, _, _ = thing.__qualname__.partition(".")
        self.imports.add((thing.__module__, outer))
        return str(thing.__qualname__)


def _kind(value: object) -> type[Any]:
    return type(value)


def script(session: Session) -> str:
    """Write a script that rebuilds the present model, data and loss, and trains on.

    Args:
        session: The session; its model's classes and functions must be importable by name.

    Returns:
        Python source that runs by itself.
    """
    source, settings = Source(), session.settings
    model = source.of(session.params)
    x, y = source.of(session.points.train.x), source.of(session.points.train.y)
    if settings.loss == OWN:
        loss = source.of(session.origin.loss)
    else:
        source.imports.add(("miniml.losses", settings.loss))
        source.imports.add(("miniml.losses", "mean_loss"))
        loss = f"lambda params, data: mean_loss(params, data, {settings.loss})"
    batch = settings.batch or None
    imports = "\n".join(f"from {module} import {name}" for module, name in sorted(source.imports))
    return f'''"""A model as it stood at step {session.moment.step} in the playground."""

from itertools import islice

import miniml as ml
import numpy as np

{imports}

data = ml.Dataset(
    {x},
    {y},
)
model = {model}
loss = {loss}
optimizer = ml.{settings.optimizer}({settings.rate!r})

if __name__ == "__main__":
    print("loss:", float(loss(model, data)))
    steps = ml.train(loss, model, data, optimizer, batch_size={batch!r}, seed={settings.seed})
    for state in islice(steps, 0, 1000, 100):
        print("step", state.step, "loss", state.loss)
'''
