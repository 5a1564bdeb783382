"""An adapter that arrayproto does not ship: Blosc2's compressed arrays (https://www.blosc.org).

The recipe is docs/adapters.md. A distribution that holds this file as ``blosc2_arrayproto.py``, and
says in its ``pyproject.toml``::

    [project.entry-points."arrayproto.libraries"]
    blosc2 = "blosc2_arrayproto:library"

makes ``arrayproto.activate("blosc2")`` work wherever it is installed. Run as a program, it shows
the same without an installation.
"""

from __future__ import annotations

import functools
import math
import sys

import numpy as np

from arrayproto.derived.core import CORE, EXTENSIONS
from arrayproto.libraries import Library, NumPyDtypes, with_writing

#: What Blosc2 computes as NumPy does, chunk by chunk, without decompressing all of an array.
CHUNKWISE = (
    *("add", "subtract", "multiply", "divide", "exp", "expm1", "log", "log1p", "log10", "sqrt"),
    *("sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh"),
)
#: Core functions that are given something else than NumPy's function takes by position.
OTHERWISE = {
    "argsort": lambda a, axis: np.argsort(a, axis, stable=True),
    "astype": lambda x, dtype: x.astype(dtype),
    "fft.fft": lambda a, axis: np.fft.fft(a, axis=axis),
}


def _array_classes():
    """Its arrays, and the expressions that its operators give, which compute when asked to."""
    blosc2 = sys.modules["blosc2"]
    return blosc2.NDArray, blosc2.LazyExpr


def _core(blosc2, dtypes):
    """The core functions: what they are called with, `arrayproto.derived.core` says."""

    def decompressed(value):
        if isinstance(value, list):
            return [decompressed(item) for item in value]
        return np.asarray(value[()]) if isinstance(value, library.classes) else value

    def compressed(result):
        if isinstance(result, tuple):
            return tuple(map(compressed, result))
        return blosc2.asarray(np.asarray(result))

    def on_chunks(name, on_numpy):
        function = getattr(blosc2, name)

        def call(*arrays):
            # It has no empty chunks.
            if not all(math.prod(a.shape) for a in arrays):
                return on_numpy(*arrays)
            return function(*arrays).compute()

        return call

    def on_numpy(function):
        return lambda *args: compressed(function(*map(decompressed, args)))

    core = {"getitem": lambda a, key: compressed(a[key])}
    for name in (*CORE, *EXTENSIONS):
        function = OTHERWISE.get(name) or functools.reduce(getattr, name.split("."), np)
        core[name] = on_numpy(function)
        if name in CHUNKWISE:
            core[name] = on_chunks(name, core[name])
    return with_writing(core, blosc2)


library = Library(
    name="blosc2",
    module="blosc2",
    array_class=_array_classes,
    guest=True,  # its own code counts on NumPy as it is without us
    dtypes=lambda blosc2: NumPyDtypes(),
    core=_core,
    to_host="numpy.asarray",
    from_host="asarray",
    advice="x[...] is the NumPy array, decompressed.",
)


if __name__ == "__main__":
    import blosc2

    import arrayproto

    arrayproto.activate(library)
    x = blosc2.asarray(np.arange(12.0).reshape(3, 4))
    for function in (np.flip, np.median, np.var, np.unique):
        result = function(x + 1)
        print(f"{function.__name__}: {type(result).__name__}, {result[...].tolist()}")
