"""Warnings about a run, and their words."""

import sys
import warnings
from pathlib import Path

import numpy as np

from miniml.tree import named_leaves

_PACKAGE = str(Path(__file__).parents[1])


def warn(message: str) -> None:
    """Issue a RuntimeWarning at the line that called this library."""
    level, frame = 1, sys._getframe()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # the level is not fixed
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, RuntimeWarning, stacklevel=level)


def not_finite(params: object, data: object) -> str:
    """Describe which leaves are not finite, among those in memory."""
    faults: list[str] = []
    for kind, tree in (("parameters", params), ("data", data)):
        for name, leaf in named_leaves(tree).items():
            if isinstance(leaf, np.memmap) or np.asarray(leaf).dtype.kind != "f":
                continue
            if count := int(np.count_nonzero(~np.isfinite(leaf))):
                place = f"{name} of the {kind}" if name else f"the {kind}"
                faults.append(f"{count:,} of the {np.size(leaf):,} numbers in {place}")
    return f"; {' and '.join(faults)} are NaN or infinite" if faults else ""


def not_finite_at(step: int, params: object, data: object) -> str:
    """Describe the step whose loss is not finite, and a possible cause."""
    if step:
        return f"the loss is not finite at step {step}: the state of step {step - 1} is returned"
    return f"the loss is not finite for the parameters given{not_finite(params, data)}"
