"""Read pictures back: the colours of pixels at positions."""

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from miniml import plots
from miniml.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def pixels(ax: "Axes", places: Array) -> NDArray[np.int64]:
    """Draw the picture, and return the colours `(n, 3)` at positions `(n, 2)` of its axes."""
    file = BytesIO()
    plots.save(ax, file)
    with Image.open(file) as image:
        colours = np.asarray(image.convert("RGB"), np.int64)
    columns, rows = np.asarray(ax.transData.transform(places)).T
    chosen: NDArray[np.int64] = colours[len(colours) - 1 - rows.astype(int), columns.astype(int)]
    return chosen


def rgb(colour: str) -> NDArray[np.int64]:
    """Return the three numbers of a colour such as `#D55E00`."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
