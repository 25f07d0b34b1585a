"""The playground: a page on which user and optimiser turn the knobs of the same model.

The modules below need the extra `playground`, and are imported when they are used.
"""

from collections.abc import Callable
from typing import Protocol, TypeVar

from miniml._distribution import install_hint
from miniml.datasets import Dataset, Table
from miniml.nn.layers import Layer
from miniml.types import Scalar

M = TypeVar("M", bound=Layer)

__all__ = ["Widget", "playground", "widget"]


class Widget(Protocol):
    """The playground in a notebook, shown if it is the last line of a cell."""

    @property
    def model(self) -> Layer:
        """The present model of the page."""
        ...

    def close(self) -> None:
        """Close the page and end its thread."""
        ...


def playground(
    model: M | None = None,
    data: Dataset | Table | None = None,
    loss: Callable[[M, Dataset], Scalar] | None = None,
    *,
    port: int = 0,
    browser: bool = True,
) -> None:
    """Open a model in the browser: its parameters become knobs, its training is drawn live.

    The page is served to this machine only, until Ctrl-C. Its address, which is printed, contains
    a token; without the token the page shows nothing.

    Args:
        model: A frozen model that maps points `(n, d)` to scores `(n,)`; a linear model if None.
        data: Points `(n, d)` and labels `(n,)`, -1 or +1; points in two corners if None.
        loss: A pure function `loss(model, data) -> scalar`; the mean of a point loss
            that is chosen on the page if None.
        port: The port to listen on; 0 takes a free one.
        browser: Whether to open the page.

    Raises:
        ModuleNotFoundError: If the extra `playground` is not installed.
        ValueError: If the model does not fit the data.

    Example:
        >>> import miniml as ml
        >>> ml.playground(ml.Linear(np.array([1.0, 1.0]), -1.0))  # doctest: +SKIP
        The playground is at http://127.0.0.1:...
    """
    try:
        from miniml._playground.core.creation import new_session  # noqa: PLC0415 - an extra
        from miniml._playground.shell import server  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "the playground needs starlette, uvicorn, websockets and msgspec: "
            f"{install_hint('playground')}",
            name=error.name,
        ) from None
    server.serve(new_session(model, data, loss), port=port, browser=browser)


def widget(
    model: M | None = None,
    data: Dataset | Table | None = None,
    loss: Callable[[M, Dataset], Scalar] | None = None,
) -> Widget:
    """Show the playground in a notebook: JupyterLab, marimo, and others that support anywidget.

    Args:
        model: As for `playground`.
        data: As for `playground`.
        loss: As for `playground`.

    Returns:
        A widget. Its `model` is the present model of the page.

    Raises:
        ModuleNotFoundError: If the extra `notebook` is not installed.
        ValueError: If the model does not fit the data.

    Example:
        >>> import miniml as ml
        >>> ml.widget(ml.Linear(np.array([1.0, 1.0]), -1.0))  # doctest: +SKIP
    """
    try:
        from miniml._playground.core.creation import new_session  # noqa: PLC0415 - an extra
        from miniml._playground.shell import notebook  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"the widget needs anywidget and msgspec: {install_hint('notebook')}",
            name=error.name,
        ) from None
    return notebook.make_widget(new_session(model, data, loss))
