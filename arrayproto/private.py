"""The one module that touches NumPy's private names, each with a way out.

Nothing else in the package may reach into ``numpy._core``: where a name below is gone from a
future NumPy, the public way beside it takes over and only speed is lost.
"""

from __future__ import annotations

from typing import Any

import numpy as np

#: Collects implementing arguments at C speed; "exposed for testing purposes" by NumPy.
get_implementing_args_c: Any
try:
    from numpy._core.overrides import _get_implementing_args  # type: ignore[attr-defined]

    get_implementing_args_c = _get_implementing_args
except ImportError:  # pragma: no cover - the way out, for a NumPy that renames it
    get_implementing_args_c = None


def bit_generator_of(state: Any) -> Any:
    """The bit generator of a `numpy.random.RandomState`, which does not tell it."""
    return state._bit_generator


def global_bit_generator() -> Any:
    """That of the functions of `numpy.random`, which are methods of one hidden object."""
    random: Any = np.random.random
    return bit_generator_of(getattr(random, "__wrapped__", random).__self__)


#: The class of the functions that NumPy itself dispatches; `numpy.concatenate` is one of them
#: in every NumPy that has the protocol.
ArrayFunctionDispatcher = type(np.concatenate)
