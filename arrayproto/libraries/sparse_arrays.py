"""sparse: its arrays as coordinates and stored values, for the rows that work on these."""

from __future__ import annotations

import functools
import math
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import UnsupportedArgumentError

normalize = np.lib.array_utils.normalize_axis_tuple


def module() -> Any:
    return sys.modules["sparse"]


def is_sparse(a: Any) -> bool:
    return isinstance(a, module().SparseArray)


def coo(a: Any) -> Any:
    """A COO of any array of sparse, or of what NumPy makes an ndarray of."""
    if type(a) is module().COO:  # which to ask for takes longer
        return a
    return a.asformat("coo") if is_sparse(a) else in_full(np.asarray(a))


#: Classes of sparse beside COO, and what they are called as formats.
FORMATS = {"GCXS": "gcxs", "DOK": "dok"}


def formatted(result: Any, *given: Any, formats: Sequence[str] = ("GCXS",)) -> Any:
    """A result in the format of the arrays that were given, if it is one and the same of these."""
    if type(result) is not module().COO or result.ndim == 0:
        return result
    classes = {type(a).__name__ for a in given if is_sparse(a)}
    if len(classes) != 1 or not classes <= set(formats):
        return result
    return result.asformat(FORMATS[classes.pop()])


def keeping_format(
    call: Callable[..., Any], formats: Sequence[str] = ("GCXS",)
) -> Callable[..., Any]:
    """A row whose result has the format of the arrays, which may be in a list, as sparse has it."""

    @functools.wraps(call)
    def kept(*args: Any, **kwargs: Any) -> Any:
        given = (*args, *kwargs.values())
        nested = next((a for a in given if isinstance(a, (list, tuple))), ())
        return formatted(call(*args, **kwargs), *given, *nested, formats=formats)

    return kept


def in_full(values: Any) -> Any:
    """A COO of a result that is dense by nature, so that the program goes on with one class."""
    return module().COO.from_numpy(np.asarray(values))


def made(coords: Any, data: Any, shape: Sequence[int], fill: Any = None) -> Any:
    """A COO of stored values in any order, each place at most once."""
    return module().COO(
        coords, data, shape=tuple(shape), has_duplicates=False, prune=True, fill_value=fill
    )


def moved(a: Any, coords: Any, shape: Sequence[int], kept: Any = None) -> Any:
    """A COO of the stored values, or of those that are kept, elsewhere in the same order."""
    data = a.data
    if kept is not None:
        coords, data = coords[:, kept], data[kept]
    return module().COO(
        coords,
        data,
        shape=tuple(shape),
        has_duplicates=False,
        sorted=True,
        fill_value=a.fill_value,
    )


def refuse(name: str, **given: Any) -> None:
    """Raise for an argument that the row has not got, unless it says nothing."""
    for argument, value in given.items():
        if value is None or value is np._NoValue:
            continue
        if argument == "out":
            raise UnsupportedArgumentError(
                f"numpy.{name}: out= is not supported for arrays of sparse, which cannot be "
                "written to; leave it out, and assign the result"
            )
        raise UnsupportedArgumentError(
            f"numpy.{name}: argument {argument}= is not supported for arrays of sparse; leave "
            f"{argument!r} out"
        )


class Lines:
    """The stored values of an array, line by line along some of its axes.

    Parameters
    ----------
    a : SparseArray
    axis : int, tuple of int or None
        What the lines run along; None is the whole array as one line.

    Attributes
    ----------
    line, place, data : ndarray
        Of each stored value the number of its line, its place there, and what it is; in this order.
    count, length : int
        How many lines there are, and how long each is.
    fill
        The value of every other element.
    touched, first, stored : ndarray
        The lines that have stored values, where these begin, and how many they are.
    """

    def __init__(self, a: Any, axis: Any) -> None:
        a = coo(a)
        rank = a.ndim
        axes = tuple(range(rank)) if axis is None else normalize(axis, rank)
        self.flat, self.axes, self.shape = axis is None, axes, a.shape
        self.others = tuple(i for i in range(rank) if i not in axes)
        self.fill = np.asarray(a.fill_value, dtype=a.dtype)[()]
        line, self.count = self._number(a, self.others)
        place, self.length = self._number(a, axes)
        if (*self.others, *axes) == tuple(range(rank)):  # coordinates come in this order
            self.line, self.place, self.data = line, place, a.data
        else:
            if self.count * self.length < 2**63:  # one key sorts faster, and no two are the same
                order = np.argsort(line * self.length + place)
            else:
                order = np.lexsort((place, line))
            self.line, self.place, self.data = line[order], place[order], a.data[order]
        self._find()

    @staticmethod
    def _number(a: Any, axes: tuple[int, ...]) -> tuple[Any, int]:
        number, total = np.zeros(a.nnz, dtype=np.intp), 1
        for i in axes:
            number = number * a.shape[i] + a.coords[i]
            total *= a.shape[i]
        return number, total

    def _find(self) -> None:
        self.first = np.flatnonzero(np.diff(self.line, prepend=-1))
        self.touched = self.line[self.first]
        self.stored = np.diff(self.first, append=len(self.line))

    def only(self, kept: Any) -> Lines:
        """The same lines with some of the stored values taken out of them."""
        lines: Lines = object.__new__(Lines)
        vars(lines).update(vars(self))
        lines.line, lines.place, lines.data = self.line[kept], self.place[kept], self.data[kept]
        lines._find()
        return lines

    def by_line(self, values: Any) -> Any:
        """One value for each touched line, as one for each stored value."""
        return np.repeat(values, self.stored)

    def in_order(self) -> Any:
        """Where the stored values are, each line's from the least on."""
        by_value = np.argsort(self.data)
        row = self.by_line(np.arange(len(self.touched)))
        # Again by lines: that and the place so far as one key are sorted faster than by `lexsort`.
        return by_value[np.argsort(row[by_value] * len(row) + np.arange(len(row)))]

    def totals(self, values: Any) -> Any:
        """Of each touched line the sum of one value for each stored value."""
        return np.add.reduceat(values, self.first) if len(values) else values[:0]

    def blocks(self, function: Callable[[Any], Any]) -> tuple[Any, Any]:
        """A function of whole lines, on the touched ones; the numbers of the lines with it.

        For results that are dense along the line. With a fill value other than zero every line is
        taken, since the function makes something of it.
        """
        if self.fill == 0:
            numbers, row = self.touched, np.repeat(np.arange(len(self.touched)), self.stored)
        else:
            numbers, row = np.arange(self.count), self.line
        block = np.full((len(numbers), self.length), self.fill, dtype=self.data.dtype)
        block[row, self.place] = self.data
        return numbers, function(block)

    def array(self, line: Any, place: Any, data: Any, length: int, fill: Any = None) -> Any:
        """An array of lines of that length, on the axis where they lay before."""
        if self.flat:
            return made(place[None, :], data, (length,), fill)
        (axis,) = self.axes
        shape = [n for i, n in enumerate(self.shape) if i != axis]
        coords = [*np.unravel_index(line, shape)] if shape else []
        coords.insert(axis, place)
        shape.insert(axis, length)
        return made(np.stack(coords), data, shape, fill)

    def array_of_blocks(self, numbers: Any, block: Any, fill: Any = None) -> Any:
        """`blocks` as an array again; lines that are not among the numbers are `fill`, or zero."""
        length = block.shape[1]
        return self.array(
            np.repeat(numbers, length),
            np.tile(np.arange(length), len(numbers)),
            block.ravel(),
            length,
            fill,
        )

    def reduced(self, values: Any, untouched: Any, keepdims: bool) -> Any:
        """An array of one value for each line."""
        shape = tuple(self.shape[i] for i in self.others)
        untouched = np.asarray(untouched, dtype=values.dtype)[()]
        if not shape:
            result = in_full(values[0] if len(values) else untouched)
        else:
            coords = np.stack(np.unravel_index(self.touched, shape))
            result = made(coords, values, shape, untouched)
        if keepdims:
            kept = tuple(n if i in self.others else 1 for i, n in enumerate(self.shape))
            return result.reshape(kept)
        return result


def whole(a: Any) -> Any:
    """The elements as an ndarray, of something small, or of as many as the result has."""
    lines = Lines(a, None)
    values = np.full(lines.length, lines.fill)
    values[lines.place] = lines.data
    return values.reshape(a.shape)


def size(shape: Sequence[int]) -> int:
    return math.prod(shape)
