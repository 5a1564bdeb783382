"""What NumPy makes: host memory, or, in a program that ``run`` runs, arrays of the library."""

from __future__ import annotations

import functools

from ...creation.endings import FUNCTIONS, METHODS
from ...creation.rebound import NAMES
from ...ways_out import WRITING_OUT

#: Makers of random numbers, to the class whose methods are called.
GENERATORS = {
    "random.default_rng": "numpy.random.Generator",
    "random.Generator": "numpy.random.Generator",
    "random.RandomState": "numpy.random.RandomState",
}
#: What is asked for items, not called.
INDEXERS = frozenset({"numpy.c_", "numpy.mgrid", "numpy.ogrid", "numpy.r_"})
#: Methods that ``run`` gives arrays whose library has none: to end with, and to go on with.
ENDINGS, GIVEN = frozenset(METHODS), frozenset(FUNCTIONS)
_NO_ARRAYS = frozenset({"random.seed", "random.set_state", "random.get_bit_generator"})
#: What writes into its argument.
SHUFFLING = frozenset({"random.shuffle", "random.Generator.shuffle", "random.RandomState.shuffle"})


@functools.cache
def _names() -> frozenset[str]:
    return frozenset(
        f"{module}.{name}".removeprefix("numpy.")
        for module, names in NAMES.items()
        for name in names
    )


def makes(name: str) -> bool:
    """Whether ``run`` has a function of NumPy's make arrays of the library.

    Parameters
    ----------
    name : str
        Without ``numpy.``; a method of a generator of random numbers too.
    """
    if name.startswith(("random.Generator.", "random.RandomState.")):
        return True
    return name in _names() - WRITING_OUT - _NO_ARRAYS


def is_ending(name: str) -> bool:
    """Whether ``run`` does it, with any library's arrays: text and files.

    Parameters
    ----------
    name : str
    """
    return name in WRITING_OUT
