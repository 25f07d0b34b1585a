"""Checkpoints: trees in safetensors files, written atomically."""

from miniml.checkpoint.atomic import replacing
from miniml.checkpoint.errors import CheckpointError, DamageError
from miniml.checkpoint.files import Description, describe, load, save
from miniml.checkpoint.store import Checkpoints

__all__ = [
    "CheckpointError",
    "Checkpoints",
    "DamageError",
    "Description",
    "describe",
    "load",
    "replacing",
    "save",
]
