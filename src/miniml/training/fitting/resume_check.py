"""What must be the same for a run to resume from its checkpoint."""

import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import attrs
from numpy.typing import NDArray

from miniml.checkpoint.outline import static_text
from miniml.optimizers import Optimizer
from miniml.program import Backend, get_threads
from miniml.tree import named_leaves

_FULL_CHECKSUM_BYTES = 1 << 26
"""The largest leaf whose checksum covers all rows; that of a larger one covers a sample."""

_SAMPLED_ROWS = 1024
"""The rows, at equal distances, of the sample."""

NOT_FACTS = frozenset({"score", "settings"})
"""Notes of a checkpoint that are not facts of the run."""


def _as_json(notes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return notes as JSON gives them back: a tuple as a list.

    Raises:
        TypeError: If JSON cannot represent them.
    """
    try:
        back: Mapping[str, Any] = json.loads(json.dumps(notes))
    except TypeError as error:
        raise TypeError(f"JSON cannot represent the notes: {error}") from error
    return back


@attrs.frozen
class Conditions:
    """What a run depends on, as its checkpoints note it.

    Attributes:
        facts: What must be the same for the run to resume.
        settings: What else must be the same for it to reach the same bits.
    """

    facts: Mapping[str, Any] = attrs.field(converter=_as_json)
    settings: Mapping[str, str]

    def notes(self) -> dict[str, Any]:
        """Return the notes of a checkpoint."""
        return {**self.facts, "settings": self.settings}

    def other_facts(self, notes: Mapping[str, Any]) -> list[str]:
        """Describe each fact that differs from a checkpoint's notes."""
        saved = {name: note for name, note in notes.items() if name not in NOT_FACTS}
        return [*dict.fromkeys(_differences(saved, self.facts))]  # each once

    def other_settings(self, notes: Mapping[str, Any]) -> list[str]:
        """Describe each setting that differs from a checkpoint's notes."""
        saved = notes.get("settings", self.settings)
        if not isinstance(saved, Mapping):  # another program wrote it
            return [f"the settings were {saved!r}"]
        return [*_differences(cast("Mapping[str, Any]", saved), self.settings)]


def _differences(saved: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[str]:
    """Describe what differs; of a note that is a mapping, the entries that differ."""
    for name in {**given, **saved}:
        old, value = saved.get(name), given.get(name)
        if isinstance(old, dict) and isinstance(value, Mapping):
            nested = cast("dict[str, Any]", old), cast("Mapping[str, Any]", value)
            yield from _differences(*nested)
        elif old != value and json.dumps(old) != json.dumps(value):  # NaN equals NaN here
            yield f"{name} was {old!r} and is {value!r}"


def settings(
    *,
    loss: Callable[..., Any],
    optimizer: Optimizer,
    trained: tuple[str, ...],
    data: object,
    validation: object,
    metric: Callable[..., Any] | None,
    backend: Backend,
    augment: Callable[..., Any] | None,
) -> dict[str, str]:
    """Describe what the bits of a run depend on: functions by name, data by their fingerprint."""
    return {
        "loss": static_text(loss),
        "optimizer": static_text(optimizer),
        "trained": ", ".join(trained),
        "data": fingerprint(data),
        "validation": "none" if validation is None else fingerprint(validation),
        "metric": "the loss" if metric is None else static_text(metric),
        "backend": backend,
        "threads": str(get_threads()),
        **({} if augment is None else {"augment": static_text(augment)}),
    }


def fingerprint(data: object) -> str:
    """Return a text that identifies data: names, dtypes, shapes and checksums of the leaves."""
    return "; ".join(_leaf_fingerprint(name, leaf) for name, leaf in named_leaves(data).items())


def _leaf_fingerprint(name: str, leaf: NDArray[Any]) -> str:
    rows = leaf if leaf.nbytes <= _FULL_CHECKSUM_BYTES else leaf[:: -(-len(leaf) // _SAMPLED_ROWS)]
    return f"{name} {leaf.dtype}{list(leaf.shape)} {zlib.crc32(rows.tobytes()):08x}".strip()
