"""An array class of anybody's as a subject, described by words: ``mylib:MyArray``."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from .arrays import ARRAYS
from .calls import TAGS
from .judge import difference
from .subjects import Subject

#: What a call may ask of an array class; see `arrayproto.testing.calls`.
WORDS = TAGS | {"methods", "halves", "complexes"}

#: Never asked of a class unless it is said to hold them: what is no function of numbers.
_OUTSIDE = frozenset({"text", "dates", "objects", "records", "files", "memory", "methods"})

#: An array that shows whether a class holds what a word says.
_PROBES: dict[str, Callable[[], np.ndarray]] = {
    "complexes": ARRAYS["zv"],
    "halves": lambda: np.array([0.5, 2], np.float16),
}

#: What NumPy, and everybody else, asks an array for its values by.
_WAYS_OUT = ("__array__", "__array_interface__", "__buffer__", "__dlpack__")


class Target(NamedTuple):
    """What is to be tested, in words that another process understands.

    Attributes
    ----------
    name : str
        ``"module:Class"``.
    from_numpy, to_numpy : str
        ``"module:function"``; "" for the class's own ``from_numpy`` and ``to_numpy``.
    lacks, holds : tuple of str
        Words of `arrayproto.testing.calls` for what makes no sense for the class, and what does
        although it is not asked by default. The class may say it too: ``conformance_lacks`` and
        ``conformance_holds``, sets of words.
    activate : bool
        Whether `arrayproto.activate` gives the class the protocol first.
    label : str
        What it is called in reports; "" for its name.
    also : tuple of str
        Other classes of the same library that its functions may give: of lazy expressions, say.
    """

    name: str
    from_numpy: str = ""
    to_numpy: str = ""
    lacks: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    activate: bool = False
    label: str = ""
    also: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return self.label or self.name


def find(path: str) -> Any:
    """What ``"module:name.of.it"`` names.

    Raises
    ------
    ValueError
        If it is not of that form, or the module has not got it.
    ImportError
        If there is no such module.
    """
    module, colon, names = path.partition(":")
    if not (module and colon and names):
        raise ValueError(f"{path!r} names nothing; write module:name, as in mylib:MyArray")
    found: Any = importlib.import_module(module)
    for part in names.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            raise ValueError(f"{path!r}: {part!r} is not in {module}") from None
    return found


def described(target: Target) -> Subject:
    """The subject that a target describes; its module is imported.

    Parameters
    ----------
    target : Target

    Returns
    -------
    Subject
        Lacks what `target` and the class say; complex numbers or float16, if an array of these does
        not come back as it went in; writes, if the class has no ``__setitem__``; and, unless they
        are said to be held, text, dates, objects, records, files, and what is asked by methods or
        of memory.

    Raises
    ------
    ValueError
        If it names no class, no way to make its arrays or to read them, or an unknown word; or if
        an array of float64 does not come back as it went in.
    """
    cls = find(target.name)
    if not isinstance(cls, type):
        raise ValueError(f"{target.name!r} is no class, but {cls!r}")  # noqa: TRY004 - as below
    holds = {*target.holds, *getattr(cls, "conformance_holds", ())}
    lacks = {*target.lacks, *getattr(cls, "conformance_lacks", ())}
    unknown = (holds | lacks) - WORDS
    if unknown:
        raise ValueError(f"unknown words {sorted(unknown)}; there are {', '.join(sorted(WORDS))}")
    classes = (cls, *map(find, target.also))
    make = _hook(target, cls, "from_numpy", "an ndarray into an array of it")
    read = _hook(target, cls, "to_numpy", "an array of it into an ndarray")
    try:
        found = _comes_back(make, read, ARRAYS["m"]())
    except Exception as error:  # the hooks are the class's own, and may raise anything
        raise ValueError(
            f"{target.name}: an array of float64 could not be made and read again: "
            f"{type(error).__name__}: {error}"
        ) from error
    if found is not None:
        raise ValueError(
            f"{target.name}: an array of float64 does not come back as it was: {found}"
        )
    lacks |= _OUTSIDE - holds
    lacks |= {word for word, probe in _PROBES.items() if not _holds(make, read, probe())} - holds
    if not hasattr(cls, "__setitem__"):
        lacks |= {"writes"} - holds
    return Subject(
        target.title,
        cls.__module__.partition(".")[0],
        target.name.partition(":")[0],
        make,
        read,
        lambda: classes,
        frozenset(lacks),
        eager=True,
        by_class=True,
        ways=lambda: _ways_out(cls),
    )


def _hook(target: Target, cls: type, name: str, what: str) -> Callable[[Any], Any]:
    path = getattr(target, name)
    if path:
        return find(path)  # type: ignore[no-any-return]
    found = getattr(cls, name, None)
    if not callable(found):
        raise ValueError(  # noqa: TRY004 - the description is wrong
            f"nobody says how to make {what}: give {target.name} a {name}, or say "
            f"--{name.replace('_', '-')} module:function"
        )
    return found  # type: ignore[no-any-return]


def _comes_back(
    make: Callable[..., Any], read: Callable[..., Any], array: np.ndarray
) -> str | None:
    return difference(read(make(array.copy())), array)


def _holds(make: Callable[..., Any], read: Callable[..., Any], probe: np.ndarray) -> bool:
    try:
        return _comes_back(make, read, probe) is None
    except Exception:  # however it says so
        return False


def _ways_out(cls: type) -> Iterator[tuple[Any, str]]:
    """Where an array of the class is asked to become an ndarray, as far as it can be watched."""
    for name in _WAYS_OUT:
        holder = next((base for base in cls.__mro__ if name in vars(base)), None)
        if holder is None or holder in (object, np.ndarray):  # read by NumPy without asking
            continue
        if callable(vars(holder)[name]) and _can_be_watched(holder):
            yield holder, name


def _can_be_watched(holder: type) -> bool:
    """Whether the class takes attributes; those written in C do not."""
    with contextlib.suppress(TypeError):
        holder._arrayproto_probe = None  # type: ignore[attr-defined]
        del holder._arrayproto_probe  # type: ignore[attr-defined]
        return True
    return False
