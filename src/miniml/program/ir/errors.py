"""The error of tracing."""

from miniml.program.ir.origin import Origin, user_line


class TraceError(TypeError):
    """An error of code that cannot be traced; the message names the user's line and the way out."""

    def __init__(self, message: str, origin: Origin | None = None) -> None:
        self.origin: Origin = user_line() if origin is None else origin
        super().__init__(f"{message}\n  at {self.origin}")
