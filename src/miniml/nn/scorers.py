"""The check that a model can be called."""

from miniml.validation import describe


def check_scorer(name: str, value: object) -> None:
    """Refuse a model that cannot be called with points.

    Raises:
        TypeError: If it cannot; the message names a method that may be meant.
    """
    if callable(value):
        return
    hint = ": it must be a function from points to scores, such as a model with a method __call__"
    for method in ("forward", "predict", "apply"):
        if callable(getattr(value, method, None)):
            hint = f": name its method __call__ in place of {method}, or pass the method itself"
    raise TypeError(f"{name} is {describe(value)}, which cannot be called{hint}")
