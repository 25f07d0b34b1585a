"""Einsum by transposing, reshaping and multiplying matrices, which all have derivatives."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

import math
import string
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np

from miniml.program.rules.strides import strides
from miniml.program.rules.values import astype, promote_arrays, refuse_cast, refuse_out
from miniml.program.trace.registry import implements


@attrs.frozen(eq=False)
class Term:
    """An operand with a letter for each axis."""

    value: Any
    letters: str

    @property
    def extents(self) -> dict[str, int]:
        """The extents of the axes."""
        return dict(zip(self.letters, self.value.shape, strict=True))

    @property
    def steps(self) -> dict[str, int]:
        """The strides, in elements."""
        return dict(zip(self.letters, strides(self.value.node), strict=True))


@implements(np.einsum)
def einsum(
    *operands: Any,
    out: None = None,
    optimize: Any = False,
    dtype: Any = None,
    order: str = "K",
    casting: str = "safe",
) -> Any:
    refuse_out(out)
    subscripts, values = _subscripts(operands)
    xs = promote_arrays(*values)
    for x in xs if dtype is not None else ():
        refuse_cast(x.dtype, dtype, casting)
    xs = xs if dtype is None else [astype(x, dtype) for x in xs]
    inputs, output = _explicit(subscripts, [x.ndim for x in xs])
    sizes: dict[str, int] = {}
    for x, letters in zip(xs, inputs, strict=True):
        if len(letters) != x.ndim:
            raise ValueError(
                f"einsum: {letters!r} names {len(letters)} axes, and the operand has {x.ndim}"
            )
        for letter, extent in zip(letters, x.shape, strict=True):
            if sizes.setdefault(letter, extent) == 1:
                sizes[letter] = extent
            if extent not in {1, sizes[letter]}:
                raise ValueError(
                    f"einsum: axis {letter!r} is {sizes[letter]} long in one operand and "
                    f"{extent} in another"
                )
    terms = [_plain(Term(x, letters), sizes) for x, letters in zip(xs, inputs, strict=True)]
    for chosen in _path(terms, output):
        picked = [terms[i] for i in chosen]
        terms = [t for i, t in enumerate(terms) if i not in chosen]
        kept = "".join(c for t in terms for c in t.letters if c not in output) + output
        terms.append(_contract([_summed(t, picked, kept) for t in picked], kept))
    return _arranged(terms[0], output, sizes)


def _subscripts(operands: Sequence[Any]) -> tuple[str, list[Any]]:
    """Return the subscripts as a string, even if they were given as lists of numbers."""
    first = operands[0]
    if isinstance(first, str):
        return first.replace(" ", ""), list(operands[1:])
    lists = operands[1::2]
    words = ["".join("..." if i is Ellipsis else string.ascii_letters[i] for i in s) for s in lists]
    if len(operands) % 2:
        last = operands[-1]
        words_out = "".join("..." if i is Ellipsis else string.ascii_letters[i] for i in last)
        return f"{','.join(words)}->{words_out}", list(operands[:-1:2])
    return ",".join(words), list(operands[::2])


def _explicit(subscripts: str, ndims: Sequence[int]) -> tuple[list[str], str]:
    """Return the letters of each operand and of the result, with ellipses and the arrow spelt out."""
    left, arrow, output = subscripts.partition("->")
    inputs = left.split(",")
    if len(inputs) != len(ndims):
        raise ValueError(f"einsum: {len(inputs)} subscripts for {len(ndims)} operands")
    spare = [c for c in string.ascii_letters if c not in subscripts]
    counts = [n - len(s.replace("...", "")) for s, n in zip(inputs, ndims, strict=True)]
    longest = max([n for s, n in zip(inputs, counts, strict=True) if "..." in s], default=0)
    dots = "".join(spare[:longest])
    inputs = [
        s.replace("...", dots[longest - n :] if n else "")
        for s, n in zip(inputs, counts, strict=True)
    ]
    if arrow:
        return inputs, output.replace("...", dots)
    whole = "".join(inputs)
    once = sorted(c for c in set(whole) if whole.count(c) == 1 and c not in dots)
    return inputs, dots + "".join(once)


def _plain(term: Term, sizes: dict[str, int]) -> Term:
    """Return the term without repeated letters and without axes that broadcast."""
    x, letters = term.value, term.letters
    for letter in sorted(set(letters)):
        while letters.count(letter) > 1:
            i = letters.index(letter)
            j = letters.index(letter, i + 1)
            x = np.diagonal(x, 0, i, j)
            letters = letters[:i] + letters[i + 1 : j] + letters[j + 1 :] + letter
    stretched = tuple(i for i, c in enumerate(letters) if x.shape[i] == 1 and sizes[c] != 1)
    rest = "".join(c for i, c in enumerate(letters) if i not in stretched)
    return Term(np.squeeze(x, stretched) if stretched else x, rest)


def _path(terms: Sequence[Term], output: str) -> list[tuple[int, ...]]:
    """Return the order in which to contract the operands, two at a time."""
    if len(terms) <= 2:
        return [tuple(range(len(terms)))]
    shapes = [np.broadcast_to(np.int8(0), t.value.shape) for t in terms]
    text = f"{','.join(t.letters for t in terms)}->{_known(output, terms)}"
    path = np.einsum_path(text, *shapes, optimize="greedy")[0]
    return [tuple(sorted(step)) for step in path[1:]]


def _known(output: str, terms: Sequence[Term]) -> str:
    whole = set().union(*(t.letters for t in terms))
    return "".join(c for c in output if c in whole)


def _summed(term: Term, picked: Sequence[Term], kept: str) -> Term:
    """Sum over the axes that no other term has."""
    others = kept + "".join(t.letters for t in picked if t is not term)
    unshared = tuple(i for i, c in enumerate(term.letters) if c not in others)
    rest = "".join(c for c in term.letters if c in others)
    return Term(np.sum(term.value, unshared, term.value.dtype), rest) if unshared else term


def _contract(terms: Sequence[Term], kept: str) -> Term:
    """Return the sum of products of one or two terms, or of more if the path says so."""
    if len(terms) == 1:
        return terms[0]
    if len(terms) > 2:
        others = "".join(t.letters for t in terms[2:]) + kept
        return _contract([_contract(terms[:2], others), *terms[2:]], kept)
    a, b = terms
    batch = "".join(c for c in a.letters if c in b.letters and c in kept)
    inner = "".join(c for c in a.letters if c in b.letters and c not in kept)
    rows = "".join(c for c in a.letters if c not in b.letters)
    columns = "".join(c for c in b.letters if c not in a.letters)
    if rows and columns and max(map(kept.rindex, rows)) > max(map(kept.rindex, columns)):
        a, b, rows, columns = b, a, columns, rows  # the result's last axis stays last
    letters = batch + rows + columns
    if not inner:
        left, right = _transposed(a, batch + rows), _transposed(b, batch + columns)
        shape = (*left.shape, *(1,) * len(columns))
        spread = (*right.shape[: len(batch)], *(1,) * len(rows), *right.shape[len(batch) :])
        return Term(np.reshape(left, shape) * np.reshape(right, spread), letters)
    larger = max(a, b, key=lambda term: term.value.size).steps
    inner = "".join(sorted(inner, key=lambda c: -larger[c]))
    left, right = _matrices(a, batch, rows, inner), _matrices(b, batch, inner, columns)
    extents = {**a.extents, **b.extents}
    return Term(np.reshape(left @ right, tuple(extents[c] for c in letters)), letters)


def _matrices(term: Term, batch: str, rows: str, columns: str) -> Any:
    """Return a stack of matrices in the operand's memory order, transposed if need be.

    Without a stack, matrices without rows or columns are vectors.
    """
    quickest = min(rows + columns, key=lambda c: (term.steps[c], -term.extents[c]))
    turned = quickest in rows and columns != ""
    groups = [columns, rows] if turned else [rows, columns]
    shape = [math.prod(term.extents[c] for c in group) for group in groups if group or batch]
    heads = [term.extents[c] for c in batch]
    x = np.reshape(_transposed(term, "".join([batch, *groups])), (*heads, *shape))
    return np.swapaxes(x, -1, -2) if turned and rows else x


def _transposed(term: Term, letters: str) -> Any:
    return np.transpose(term.value, tuple(term.letters.index(c) for c in letters))


def _arranged(term: Term, output: str, sizes: dict[str, int]) -> Any:
    """Return the result with its axes in order, and with the axes that only it broadcasts."""
    unshared = tuple(i for i, c in enumerate(term.letters) if c not in output)
    rest = "".join(c for c in term.letters if c in output)
    term = Term(np.sum(term.value, unshared, term.value.dtype), rest) if unshared else term
    known = "".join(c for c in output if c in term.letters)
    y = _transposed(term, known)
    if known == output:
        return y
    shape = tuple(sizes[c] if c in known else 1 for c in output)
    return np.broadcast_to(np.reshape(y, shape), tuple(sizes[c] for c in output))
