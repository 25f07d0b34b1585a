"""Programs as methods."""

import functools
from typing import Any

from miniml.program.run.explain import Explanation
from miniml.program.run.lowered import Lowered


class BoundProgram(functools.partial[Any]):
    """A program of a method, with its object: all that a program can do with arguments."""

    def lower(self, /, *args: Any, **kwargs: Any) -> Lowered:
        """Return what runs for arguments like these, without running it."""
        program: Any = self.func
        lowered: Lowered = program.lower(*self.args, *args, **kwargs)
        return lowered

    def source(self, /, *args: Any, **kwargs: Any) -> str:
        """Return the NumPy source that runs for arguments like these, with shapes as comments."""
        return self.lower(*args, **kwargs).source

    def explain(self, /, *args: Any, **kwargs: Any) -> Explanation:
        """Count what a run for arguments like these does: operations, flops, bytes, chunks."""
        return self.lower(*args, **kwargs).explain()

    def check(self, /, *args: Any, **kwargs: Any) -> None:
        """Raise what the function refuses in these values, such as labels 0 and 1."""
        program: Any = self.func
        program.check(*self.args, *args, **kwargs)

    def values_read(self) -> list[object]:
        """Return the program and its object."""
        return [self.func, *self.args]
