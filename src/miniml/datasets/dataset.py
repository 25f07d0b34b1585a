"""Points and their labels, as a tree."""

import attrs

from miniml.tree import model
from miniml.types import Array


def _one_label_per_point(data: "Dataset", _: "attrs.Attribute[Array]", y: Array) -> None:
    shapes: dict[str, tuple[int, ...]] = {}
    for name, value in (("x", data.x), ("y", y)):
        shape = getattr(value, "shape", None)
        if not shape:
            raise TypeError(
                f"Dataset.{name} must be an array with one row per point, "
                f"not {type(value).__name__}: wrap it in np.array(...)"
            )
        shapes[name] = shape
    if shapes["x"][0] != shapes["y"][0]:
        raise ValueError(
            f"Dataset.x holds {shapes['x'][0]} points and Dataset.y {shapes['y'][0]} labels "
            f"(shapes {shapes['x']} and {shapes['y']}): each point needs one label"
        )


@model
class Dataset:
    """Labelled points: a tree of two leaves, which a loss takes as an argument.

    Attributes:
        x: The points, of shape `(n, d)`.
        y: Their labels, of shape `(n,)`: -1.0 or +1.0 for two classes.

    Raises:
        TypeError: If `x` or `y` is not an array.
        ValueError: If their numbers of points differ.

    Example:
        >>> import numpy as np
        >>> data = Dataset(np.array([[0.5, 0.2], [0.9, 0.7]]), np.array([-1.0, 1.0]))
        >>> len(data)
        2
    """

    x: Array
    y: Array = attrs.field(validator=_one_label_per_point)

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.x)
