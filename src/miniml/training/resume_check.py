"""What the results of a run depend on, in words that its checkpoints keep."""

import zlib
from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from miniml.checkpoint.outline import static_text
from miniml.optimizers import Optimizer
from miniml.program import Backend, get_threads
from miniml.tree import leaf_names, named_leaves

_WHOLE = 1 << 26
"""Bytes of a leaf up to which all of it is summed; of larger ones, some rows from end to end."""

_ROWS = 1024


def settings(
    *,
    loss: Callable[..., Any],
    optimizer: Optimizer,
    live: object,
    data: object,
    validation: object,
    metric: Callable[..., Any] | None,
    backend: Backend,
    augment: Callable[..., Any] | None,
) -> dict[str, str]:
    """Describe what a run is made of, so that one that goes on can be held to it.

    Args:
        loss: The loss, of which the name is told.
        optimizer: Told with all its numbers.
        live: The parameters that are trained.
        data: The points, of which dtypes, shapes and sums are told.
        validation: The points to measure on, or None.
        metric: What is measured on them, if it is not the loss.
        backend: What runs the program.
        augment: What takes the place of a batch, if anything does.

    Returns:
        A text of each.
    """
    return {
        "loss": static_text(loss),
        "optimizer": static_text(optimizer),
        "trained": ", ".join(leaf_names(live)),
        "data": told(data),
        "validation": "none" if validation is None else told(validation),
        "metric": "the loss" if metric is None else static_text(metric),
        "backend": backend,
        "threads": str(get_threads()),
        **({} if augment is None else {"augment": static_text(augment)}),
    }


def told(data: object) -> str:
    """Tell the leaves of data apart from others: dtypes, shapes, and sums of their bytes."""
    return "; ".join(_leaf_told(name, leaf) for name, leaf in named_leaves(data).items())


def _leaf_told(name: str, leaf: NDArray[Any]) -> str:
    some = leaf if leaf.nbytes <= _WHOLE else leaf[:: -(-len(leaf) // _ROWS)]
    return f"{name} {leaf.dtype}{list(leaf.shape)} {zlib.crc32(some.tobytes()):08x}".strip()
