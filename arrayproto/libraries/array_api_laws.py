"""Sentences of the Array API standard that namespaces were seen to break, and what keeps them.

A namespace is asked once about each; where it answers as the standard says, its function is called.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np


class Law(NamedTuple):
    """One sentence.

    Attributes
    ----------
    says : str
    inputs : tuple of ndarray
        What the function is asked about.
    answer : ndarray
        What it is by the standard.
    composed : callable
        Called with the namespace, its own function and the arguments; keeps to it.
    named : mapping
        What else the function is given.
    """

    says: str
    inputs: tuple[np.ndarray, ...]
    answer: np.ndarray
    composed: Callable[..., Any]
    named: Mapping[str, Any] = MappingProxyType({})

    def kept(self, xp: Any, function: Callable[..., Any]) -> bool:
        """Whether a function keeps to it; one that refuses does not."""
        try:
            found = function(*map(xp.asarray, self.inputs), **self.named)
            return bool(xp.all(xp.equal(found, xp.asarray(self.answer))))
        except (TypeError, ValueError, NotImplementedError):
            return False


def _number(xp: Any, value: Any, like: Any) -> Any:
    """As an array of no dimensions, with the dtype of another: not all take Python's numbers."""
    return xp.asarray(value, dtype=like.dtype, device=getattr(like, "device", None))


def _remainder(xp: Any, own: Callable[..., Any], x1: Any, x2: Any) -> Any:
    if xp.isdtype(x2.dtype, "unsigned integer"):
        return own(x1, x2)
    rest, zero = own(x1, x2), _number(xp, 0, x2)
    nothing, other = xp.equal(rest, zero), xp.not_equal(xp.less(rest, zero), xp.less(x2, zero))
    moved = xp.where(other, xp.add(rest, x2), rest)
    if xp.isdtype(x2.dtype, "real floating"):
        return xp.where(nothing, xp.copysign(rest, x2), moved)
    return xp.where(nothing, zero, moved)


def _round(xp: Any, own: Callable[..., Any], x: Any) -> Any:
    if xp.isdtype(x.dtype, "complex floating"):
        i = _number(xp, 1j, x)
        real, imag = (_round(xp, own, part(x)) for part in (xp.real, xp.imag))
        return xp.add(xp.astype(real, x.dtype), xp.multiply(xp.astype(imag, x.dtype), i))
    if not xp.isdtype(x.dtype, "real floating"):
        return x
    half = _number(xp, 0.5, x)
    middle = xp.equal(xp.abs(xp.subtract(x, xp.trunc(x))), half)
    even = xp.multiply(_number(xp, 2, x), own(xp.multiply(x, half)))
    return xp.copysign(xp.where(middle, even, own(x)), x)


def _cumulative_prod(xp: Any, own: Callable[..., Any], x: Any, *, axis: int) -> Any:
    """In as many steps as the length has binary digits."""
    before, step = (slice(None),) * (axis % x.ndim), 1

    def part(start: int | None, stop: int | None) -> Any:
        return x[(*before, slice(start, stop), Ellipsis)]

    while step < x.shape[axis]:
        tail = xp.multiply(part(step, None), part(0, x.shape[axis] - step))
        x = xp.concat([part(0, step), tail], axis=axis)
        step *= 2
    return x


def _in_signed(name: str) -> Callable[..., Any]:
    def composed(xp: Any, own: Callable[..., Any], *args: Any) -> Any:
        dtype = args[0].dtype
        if not xp.isdtype(dtype, "unsigned integer"):
            return own(*args)
        return xp.astype(own(*(xp.astype(x, xp.int64) for x in args)), dtype)

    composed.__name__ = name
    return composed


_UNSIGNED = np.array([5, 3], np.uint8), np.array([6, 3], np.uint8)


def _of_unsigned(name: str, arguments: int = 2) -> Law:
    answer = getattr(np, name)(*_UNSIGNED[:arguments])
    says = "integers are signed or unsigned"
    return Law(says, _UNSIGNED[:arguments], answer, _in_signed(name))


LAWS = MappingProxyType(
    {
        "remainder": Law(
            "the result has the sign of the divisor",
            (np.array([-1.0, 1.0]), np.array([3.0, -3.0])),
            np.array([2.0, -2.0]),
            _remainder,
        ),
        "round": Law(
            "what is halfway between two integers goes to the even one",
            (np.array([0.5, 1.5, -2.5]),),
            np.array([0.0, 2.0, -2.0]),
            _round,
        ),
        "cumulative_prod": Law(
            "it is the product of the elements up to each, whatever their signs",
            (np.array([2.0, -3.0, 5.0]),),
            np.array([2.0, -6.0, -30.0]),
            _cumulative_prod,
            MappingProxyType({"axis": 0}),
        ),
        **{name: _of_unsigned(name) for name in ("bitwise_and", "bitwise_or", "bitwise_xor")},
        "bitwise_invert": _of_unsigned("bitwise_invert", 1),
    }
)


class Keeping:
    """A namespace with functions of ours in the place of those that break a law.

    Parameters
    ----------
    xp : module
    broken : iterable of str
    """

    def __init__(self, xp: Any, broken: Iterable[str]) -> None:
        self._xp = xp
        for name in broken:
            setattr(self, name, functools.partial(LAWS[name].composed, self, getattr(xp, name)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._xp, name)


def keeping(xp: Any) -> Any:
    """A namespace that keeps the laws: itself, or one that has others of some functions."""
    broken = [n for n, law in LAWS.items() if hasattr(xp, n) and not law.kept(xp, getattr(xp, n))]
    return Keeping(xp, broken) if broken else xp
