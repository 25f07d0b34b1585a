"""A module of settings, which tests change."""

L2 = 1.0


def penalty(w: float) -> float:
    """Return a penalty that depends on a global of this module."""
    return L2 * w * w
