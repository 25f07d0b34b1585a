"""How an operation's result relates to its inputs, and how NumPy stores it."""

import enum


class Kind(enum.Enum):
    """How the result of an operation relates to its inputs."""

    PLAIN = enum.auto()
    """New values, of any of the inputs' elements."""

    ELEMENTWISE = enum.auto()
    """Each element depends on the inputs' elements at its place: it may overwrite one of the same shape."""

    VIEW = enum.auto()
    """The memory of the first input."""

    OVERLAPPING_VIEW = enum.auto()
    """The memory of the first input, which several elements share: a broadcast, windows."""

    MARK = enum.auto()
    """The first input itself: it matters to differentiation alone, and is in no program."""

    CALLED = enum.auto()
    """The value of the user's function, called at each run even if it is given constants."""

    def __init__(self, _: int) -> None:
        # Passes ask these of every node, and `Kind.VIEW` takes six times as long as an attribute.
        self.is_elementwise: bool = self.name == "ELEMENTWISE"
        self.is_view: bool = self.name in {"VIEW", "OVERLAPPING_VIEW"}
        self.is_mark: bool = self.name == "MARK"
        self.is_called: bool = self.name == "CALLED"


class Storage(enum.Enum):
    """How a NumPy program makes the memory of a result."""

    RESULT = enum.auto()
    """NumPy's function returns an array, or writes into a buffer if it can."""

    EXPRESSION = enum.auto()
    """An expression makes the array: it is never written into a buffer."""

    ZEROED = enum.auto()
    """The same part of a buffer is written at each run; the rest stays zero, so no other result uses it."""

    PARTS = enum.auto()
    """All of an array is written part by part, in several lines."""
