"""The index of a tree in several files, as Hugging Face writes large models.

`model.safetensors.index.json` has a `weight_map` from the name of each leaf to the file with it, which
lies in the same folder, and may have `metadata`.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from miniml.checkpoint.errors import CheckpointError
from miniml.checkpoint.header import Contents, Entry, Header

INDEX = ".index.json"


def read_index(path: Path) -> tuple[Mapping[str, Path], Mapping[str, Any]]:
    """Return the file of each leaf, and the metadata.

    Raises:
        CheckpointError: If the file is not an index, or names a file in another folder.
        OSError: If it cannot be read.
    """
    try:
        fields: object = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path} is not an index: it is not JSON: {error}") from error
    named = _mapping(fields).get("weight_map")
    if not isinstance(named, dict):
        raise CheckpointError(f"{path} is not an index: it has no weight_map from leaves to files")
    files: dict[str, Path] = {}
    for name, file in cast("dict[str, object]", named).items():
        # An index from elsewhere must not make us read files of other folders.
        if not isinstance(file, str) or not file.isprintable() or not _is_local(file):
            raise CheckpointError(
                f"{path}: the file of {name!r} is {file!r}: it must be the name of a "
                ".safetensors file in the same folder"
            )
        files[name] = path.parent / file
    return files, _mapping(_mapping(fields).get("metadata"))


def _is_local(file: str) -> bool:
    return file == Path(file).name and file.endswith(".safetensors")


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def joined(
    path: Path, files: Mapping[str, Path], headers: Mapping[Path, Header], notes: Mapping[str, Any]
) -> Header:
    """Return one header with the leaves of several files.

    Raises:
        CheckpointError: If a file has no leaf of a name that the index says is in it.
    """
    entries: dict[str, Entry] = {}
    for name, file in files.items():
        if name not in headers[file].entries:
            raise CheckpointError(f"{path}: the leaf {name!r} is not in {file.name}, as it says")
        entries[name] = headers[file].entries[name]
    return Header(path, Contents({}, {}, {}, notes), entries)
