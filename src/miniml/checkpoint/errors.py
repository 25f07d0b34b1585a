"""The errors of checkpoints."""


class CheckpointError(ValueError):
    """A checkpoint cannot be written, is damaged, or does not match the template.

    Example:
        >>> raise CheckpointError("run.safetensors is damaged: the leaf 'w' has changed")
        Traceback (most recent call last):
        miniml.checkpoint.errors.CheckpointError: run.safetensors is damaged: the leaf 'w' has changed
    """


class DamageError(CheckpointError):
    """A checkpoint has changed since it was written.

    Example:
        >>> raise DamageError("run.safetensors is damaged: the leaf 'w' has changed")
        Traceback (most recent call last):
        miniml.checkpoint.errors.DamageError: run.safetensors is damaged: the leaf 'w' has changed
    """
