"""NumPy's methods for arrays that lack them, in adopted packages.

``x.astype(float)`` is no function of NumPy's: the class of `x` has it or has not. While something
is adopted, the classes of active libraries are given what they lack of NumPy's methods and
attributes, where the name is free. The code of adopted packages alone sees them: to all others,
who may tell arrays apart by asking for such names, an array has none.
"""

from __future__ import annotations

from collections.abc import Container

from ..given import ATTRIBUTES, Given
from ..libraries import Library
from ..patching import Patch

#: What a class is given, with the meaning that it has in `asduck`. What changes an array in place
#: is left out, since many libraries' arrays cannot be changed.
METHODS = (
    "all", "any", "argmax", "argmin", "argpartition", "argsort", "astype", "clip", "compress",
    "conj", "conjugate", "copy", "cumprod", "cumsum", "diagonal", "dot", "flatten", "item", "max",
    "mean", "min", "nonzero", "prod", "ravel", "repeat", "reshape", "round", "searchsorted",
    "squeeze", "std", "sum", "swapaxes", "take", "tolist", "trace", "transpose", "var",
)  # fmt: skip
#: They would compute a lazy array, which has to be asked for by name.
_READING = frozenset({"item", "tolist"})


def give(library: Library, adopted: Container[str]) -> list[Patch]:
    """Give a library's classes what they lack; what was done.

    Parameters
    ----------
    library : Library
        Active.
    adopted : container of str
        As for `Given`.
    """
    patches: list[Patch] = []
    for name in (*METHODS, *ATTRIBUTES):
        if any(hasattr(cls, name) for cls in library.classes):
            continue
        if library.lazy and name in _READING:
            continue
        for cls in library.classes:
            patches.append(Patch.apply(cls, name, Given(name, adopted)))
    return patches
