"""The name and version of the distribution; the import name is `miniml`."""

DISTRIBUTION = "miniml-attrs"  # `miniml` on the package index is another project
__version__ = "0.1.0"  # read by the build too


def install_hint(extra: str) -> str:
    """Return the command that installs an optional dependency.

    Example:
        >>> install_hint("plot")
        "pip install 'miniml-attrs[plot]'"
    """
    return f"pip install '{DISTRIBUTION}[{extra}]'"
