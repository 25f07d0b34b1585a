"""Values as Python expressions, with the imports that these need."""

import math
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from miniml._playground.core.errors import RequestError
from miniml._playground.shell.definitions import Definitions

WIDTH = 88
"""The columns of a line; a longer expression has one line for each item."""


class SourceWriter:
    """Writes expressions, and collects the definitions that they need."""

    def __init__(self) -> None:
        self.definitions: Definitions = Definitions(self.of)

    def of(self, value: Any, indent: int = 0) -> str:
        """Return the expression that makes a value, for a line with this indentation."""
        kind = _kind(value)
        if issubclass(kind, np.ndarray):
            return self._array(value, indent)
        if issubclass(kind, np.generic):
            return f"np.{kind.__name__}({self.of(value.item())})"
        if isinstance(value, Enum):  # first, since it may also be a number
            return self._member(value)
        if issubclass(kind, tuple | list | dict):
            return self._collection(value, indent)
        if issubclass(kind, np.ufunc):
            return self._ufunc(value)
        if attrs.has(kind):
            return self._instance(value, indent)
        if issubclass(kind, float) and not math.isfinite(value):
            return f"np.{value!r}".replace("np.-", "-np.")
        if value is None or issubclass(kind, bool | int | float | complex | str | bytes):
            return repr(value)
        if callable(value):
            return self.definitions.name(value)
        raise RequestError(f"The script cannot write a {kind.__name__}: {value!r}.")

    def _array(self, value: NDArray[Any], indent: int) -> str:
        # A matrix has one line for each row.
        rows = [self._numbers(row) for row in value] if value.ndim > 1 else None
        inside = _laid("[", rows, "]", indent) if rows else self._numbers(value)
        if not value.size:
            return f"np.zeros({value.shape}, np.{value.dtype})"
        # The default dtypes of NumPy are not written.
        kind = "" if value.dtype.name in {"float64", "int64", "bool"} else f", np.{value.dtype}"
        return f"np.array({inside}{kind})"

    def _numbers(self, value: NDArray[Any]) -> str:
        if value.ndim:
            return f"[{', '.join(map(self._numbers, value))}]"
        return self.of(value.item())

    def _collection(self, value: Any, indent: int) -> str:
        if issubclass(_kind(value), dict):
            return _laid("{", self._items(value, indent), "}", indent)
        inside = [self.of(item, indent + 4) for item in _row(value)]
        if hasattr(value, "_fields"):
            return _laid(f"{self.definitions.name(type(value))}(", inside, ")", indent)
        if isinstance(value, list):
            return _laid("[", inside, "]", indent)
        return f"({inside[0]},)" if len(inside) == 1 else _laid("(", inside, ")", indent)

    def _items(self, value: Mapping[Any, Any], indent: int) -> list[str]:
        return [f"{key!r}: {self.of(item, indent + 4)}" for key, item in value.items()]

    def _instance(self, value: Any, indent: int) -> str:
        kind = _kind(value)
        inside = [
            f"{field.alias}={self.of(getattr(value, field.name), indent + 4)}"
            for field in attrs.fields(kind)
            if field.init
        ]
        return _laid(f"{self.definitions.name(kind)}(", inside, ")", indent)

    def _member(self, value: Enum) -> str:
        name = self.definitions.name(type(value))
        plain = value.name in type(value).__members__
        return f"{name}.{value.name}" if plain else f"{name}({self.of(value.value)})"

    def _ufunc(self, value: np.ufunc) -> str:
        name = value.__name__
        if getattr(np, name, None) is value:
            return f"np.{name}"
        self.definitions.imports.add("import scipy.special")
        return f"scipy.special.{name}"


def _kind(value: object) -> type[Any]:
    return type(value)


def _row(value: Any) -> Sequence[Any]:
    return list(value)


def _laid(opened: str, items: Sequence[str], closed: str, indent: int) -> str:
    """Return items in brackets, on one line if they fit, else on one line each."""
    flat = f"{opened}{', '.join(items)}{closed}"
    if len(flat) + indent <= WIDTH and "\n" not in flat:
        return flat
    pad = " " * (indent + 4)
    inside = "".join(f"{pad}{item},\n" for item in items)
    return f"{opened}\n{inside}{' ' * indent}{closed}"
