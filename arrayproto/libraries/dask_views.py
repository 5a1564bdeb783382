"""Dask: parts of an array that are views of it, as NumPy's are.

Dask's ``x[1:]`` is an array of its own. A program for NumPy writes into it, ``part = x[1:]`` and
``part += 1``, and finds that in `x`. So a part knows of what it is one, for as long as both are
there, and what is written to one is written to the other.
"""

from __future__ import annotations

import inspect
import math
import operator
import sys
import weakref
from typing import Any

#: In the dict of a part: the array, and the index.
_WHOLE = "_arrayproto_whole"
#: In the dict of an array: its parts, by their ids.
_PARTS = "_arrayproto_parts"


def remember(whole: Any, key: Any, part: Any) -> None:
    """Note that `part` is ``whole[key]``, if that is a view in NumPy."""
    key = key if isinstance(key, tuple) else (key,)
    if part is whole or not part.ndim or not all(map(_is_basic, key)):
        return
    if any(map(math.isnan, (*whole.shape, *part.shape))):
        return
    vars(part)[_WHOLE] = whole, key
    vars(whole).setdefault(_PARTS, weakref.WeakValueDictionary())[id(part)] = part


def _is_basic(index: Any) -> bool:
    if index is None or index is Ellipsis or isinstance(index, slice):
        return True
    return not isinstance(index, bool) and not hasattr(index, "shape") and _is_integer(index)


def _is_integer(index: Any) -> bool:
    try:
        operator.index(index)
    except TypeError:
        return False
    return True


def is_part(whole: Any, key: Any, value: Any) -> bool:
    """Whether ``whole[key] = value`` changes nothing: the end of ``whole[key] += other``."""
    found = vars(value).get(_WHOLE) if hasattr(value, "__dict__") else None
    key = key if isinstance(key, tuple) else (key,)
    return found is not None and found[0] is whole and all(map(_is_basic, key)) and found[1] == key


def wrote(array: Any) -> None:
    """An array was written to: so is what it is a part of, and so are the other parts."""
    if _WHOLE not in vars(array) and _PARTS not in vars(array):
        return
    done = {id(array)}
    write = inspect.unwrap(type(array).__setitem__)  # Dask's own, which tells nobody
    while _WHOLE in vars(array):
        whole, key = vars(array)[_WHOLE]
        # What NumPy has an axis for, the whole has none.
        inside = tuple(
            0 if k is None else k if k is Ellipsis else slice(None)
            for k in key
            if k is None or k is Ellipsis or isinstance(k, slice)
        )
        write(whole, tuple(k for k in key if k is not None), array[inside])
        array = whole
        done.add(id(array))
    _refresh(array, done)


def _refresh(array: Any, done: set[int]) -> None:
    for part in list(vars(array).get(_PARTS, {}).values()):
        if id(part) not in done:
            value = array[vars(part)[_WHOLE][1]]
            sys.modules["dask.array.core"].handle_out(part, value)
        _refresh(part, done)
