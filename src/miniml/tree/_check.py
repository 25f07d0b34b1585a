"""Run the converters and validators of the classes in a tree."""

from typing import Any, TypeVar

import attrs

from miniml.tree.depth import explained
from miniml.tree.flatten import TreeError
from miniml.tree.node import NodeType, node_at
from miniml.tree.path import Path
from miniml.tree.static import static_fault

T = TypeVar("T")


def check(tree: T) -> T:
    """Run the converters and validators of all attrs classes in a tree.

    Maps and replacements do not run them, so that leaves may have any type in between.

    Args:
        tree: Any tree.

    Returns:
        The tree with its values converted.

    Raises:
        TypeError: If a converter or validator raises it, or a static value is not hashable; the
            message names the path.
        ValueError: If they raise any other error; the message names the path.

    Example:
        >>> import attrs
        >>> from miniml import at, model
        >>> @model
        ... class Scale:
        ...     factor: float = attrs.field(validator=attrs.validators.gt(0.0))
        >>> wrong = at([Scale(1.0)], lambda m: m[0].factor).set(-1.0)
        >>> check(wrong)
        Traceback (most recent call last):
        ...
        ValueError: at 0.factor: 'factor' must be > 0.0: -1.0
    """
    try:
        checked: T = explained(_checked)(tree, ())
    except TreeError as fault:
        raise fault.public() from fault.__cause__
    return checked


def _checked(tree: Any, path: Path) -> Any:
    node = node_at(tree)
    if node is None:
        return tree
    children, aux = node.explode(tree)
    keys = node.keys(aux, len(children))
    parts = [_checked(part, (*path, key)) for key, part in zip(keys, children, strict=True)]
    built = node.build(parts, aux)
    return _validated(node, built, path) if node.kind == "attrs" else built


def _validated(node: NodeType, instance: Any, path: Path) -> Any:
    """Convert the fields, build an instance of the results, and validate it."""
    values: dict[str, Any] = {}
    fields = attrs.fields(node.type)
    for field in fields:
        value = getattr(instance, field.name)
        try:
            values[field.name] = _converted(instance, field, value)
        except Exception as error:
            raise _at_field(path, field, error) from error
    instance = node.build(
        [values[name] for name in node.child_names], tuple(values[n] for n in node.static_names)
    )
    for field in fields:
        value = values[field.name]
        if field.name in node.static_names and (words := static_fault(value)):
            raise _at_field(path, field, TypeError(words))
        try:
            if field.validator is not None:
                field.validator(instance, field, value)
        except Exception as error:
            raise _at_field(path, field, error) from error
    return instance


def _converted(instance: Any, field: Any, value: Any) -> Any:
    convert = field.converter
    if convert is None:
        return value
    takes_all = issubclass(type(convert), attrs.Converter)  # it may take the instance and the field
    return convert(value, instance, field) if takes_all else convert(value)


def _at_field(path: Path, field: "attrs.Attribute[Any]", error: Exception) -> TreeError:
    # attrs' validators add the field and the value to the arguments of the error.
    kind = TypeError if isinstance(error, TypeError) else ValueError
    words = error.args[0] if error.args and isinstance(error.args[0], str) else error
    fault = TreeError(kind, str(words) or type(error).__name__)
    fault.path = (*path, field.name)
    return fault
