"""What is done in the place of a refusal, where the user has asked for it by name.

``activate(fallback="convert")`` copies to NumPy and back, ``fallback="warn"`` does as the library
does without arrayproto. Either says so at the user's line. It is the call that the user made that
is converted as a whole: a refusal inside a derived function, or in `arrayproto.numpy`, is raised.
"""

from __future__ import annotations

import inspect
import math
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, NoReturn

import numpy as np

from . import policy
from .errors import MORE, ArrayProtoWarning, CopyError, Refusal
from .libraries import Library, library_of, public_name
from .libraries.reasons import FAMILIES
from .wrapper import FILENAME as WRAPPER

_OURS = {__name__, "arrayproto.mixins"}
#: Told of the call, what was done ("refused", "converted" or "stock") and when that began.
listeners: tuple[Callable[[Call, str, float], None], ...] = ()
_IN_PLACE = frozenset(
    {
        *FAMILIES["writing in place"].names,
        "lib.recfunctions.assign_fields_by_name",
        "lib.recfunctions.recursive_fill_fields",
        "ufunc.at",
    }
)


class Call(NamedTuple):
    """A call that was refused.

    Attributes
    ----------
    library : Library
    name : str
        NumPy's name of the function, for messages.
    function : callable
        NumPy's own function, ufunc or method of a ufunc.
    args, kwargs : tuple, dict
    writes : bool
        Whether it changes its first argument.
    stock : callable
        Does as the library does without arrayproto.
    """

    library: Library
    name: str
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    writes: bool
    stock: Callable[[], Any]


def of_function(
    library: Library,
    function: Callable[..., Any],
    args: Any,
    kwargs: dict[str, Any],
    stock: Callable[[], Any],
    refusal: Refusal,
) -> Any:
    """The answer to a call of a function that the library refuses."""
    name = public_name(function) or function.__name__
    call = Call(library, f"numpy.{name}", function, args, kwargs, name in _IN_PLACE, stock)
    return answer(call, refusal)


def of_ufunc(
    library: Library,
    ufunc: np.ufunc,
    method: str,
    inputs: tuple[Any, ...],
    kwargs: dict[str, Any],
    stock: Callable[[], Any],
    refusal: Refusal,
) -> Any:
    """The answer to a call of a ufunc, or of a method of one, that the library refuses."""
    function = ufunc if method == "__call__" else getattr(ufunc, method)
    name = f"numpy.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
    writes = f"ufunc.{method}" in _IN_PLACE
    return answer(Call(library, name, function, inputs, kwargs, writes, stock), refusal)


def answer(call: Call, refusal: Refusal) -> Any:
    """Raise the refusal, or do what the user has chosen instead.

    Raises
    ------
    UnsupportedFunctionError, UnsupportedArgumentError
        The refusal, by default and wherever a conversion is not possible.

    Warns
    -----
    ArrayProtoWarning
        Whenever it does not raise, but for a library's own code, which sees its stock protocol.
    """
    caller = _caller()
    if call.library.owns(caller):
        return call.stock()
    chosen = policy.fallback()
    # What our own code calls is a part of a call of the user's, which is asked after this one.
    if caller == "arrayproto":
        raise refusal
    start = time.perf_counter()
    if chosen == "raise":
        _tell(call, "refused", start)
        _say_what_there_is(call, refusal)
        raise refusal
    if chosen == "convert":
        result = convert(call, refusal)
        _tell(call, "converted", start)
    else:
        result = _stock(call, refusal)
        _tell(call, "stock", start)
    return result


def _say_what_there_is(call: Call, refusal: Refusal) -> None:
    """What is recorded of the function, in the place of a note that is the same for all."""
    from .capabilities import about  # a file is read, and only here

    module: Any = sys.modules.get(call.library.root)
    version = str(getattr(module, "__version__", ""))
    told = about(call.library.name, call.name.removeprefix("numpy."), version)
    notes: list[str] = getattr(refusal, "__notes__", [])
    if told and told not in notes:
        refusal.__notes__ = [*(note for note in notes if note != MORE), told]


def _tell(call: Call, done: str, start: float) -> None:
    for listener in listeners:
        listener(call, done, start)


def _stock(call: Call, refusal: Refusal) -> Any:
    size = sum(_size(array) for array in _duck_arrays((call.args, call.kwargs)))
    _warn_user(
        f"{refusal} What follows is the library's own answer (fallback='warn'); as NumPy arrays "
        f"its arguments would be {size} bytes."
    )
    return call.stock()


# Where a call came from --------------------------------------------------------------------------


def _caller() -> str:
    """The module of the code that made the call; "arrayproto" for any of ours.

    NumPy's own code is passed over: what `numpy.full` calls is called by who calls `numpy.full`.
    """
    frame: Any = sys._getframe(1)
    while frame is not None and (
        frame.f_globals.get("__name__") in _OURS or _root(frame) == "numpy"
    ):
        frame = frame.f_back
    if frame is None or _root(frame) == "arrayproto":
        return "" if frame is None else "arrayproto"
    return frame.f_globals.get("__name__") or ""


def _root(frame: Any) -> str:
    if frame.f_code.co_filename == WRAPPER:
        return "arrayproto"  # its globals have no name
    name: str = frame.f_globals.get("__name__") or ""
    return name.partition(".")[0]


def _warn_user(message: str) -> None:
    """Warn at the line of the user's program, whatever number of frames is in between."""
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and _root(frame) in ("arrayproto", "numpy"):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, ArrayProtoWarning, stacklevel=level)


# To the host and back ----------------------------------------------------------------------------


class _Copies:
    """Copies to the host and back, and how much was copied."""

    def __init__(self, call: Call, refusal: Refusal) -> None:
        self.call, self.refusal = call, refusal
        self.to_host = self.back = 0
        self.left: list[Any] = []  # results that the library cannot hold

    def host(self, value: Any) -> Any:
        """A value with NumPy arrays in the place of the library's, however deep."""
        if _is_duck(value):
            return self._host_array(value)
        if type(value) in (list, tuple):
            return type(value)(map(self.host, value))
        if type(value) is dict:
            return {key: self.host(item) for key, item in value.items()}
        return value

    def _host_array(self, array: Any) -> Any:
        while (library := library_of(type(array))) is not None and library.to_host:
            try:
                array = library.copied_to_host(array)
            except CopyError:
                raise
            except (RuntimeError, TypeError, ValueError, BufferError) as error:
                # It has a gradient, or no values yet, or is on a device that NumPy cannot read.
                self.refuse(f"{type(error).__name__}: {error}")
        if not isinstance(array, (np.ndarray, np.generic)):
            self.refuse(f"no way is known to copy a {type(array).__qualname__} to the host")
        # A write to the copy would be lost, so that none is let through. It may be another's array.
        copy = np.asarray(array).view()
        copy.flags.writeable = False
        self.to_host += copy.nbytes
        return copy

    def device(self, value: Any) -> Any:
        """A result with the library's arrays in the place of NumPy's."""
        if type(value) is np.ndarray:
            library = self.call.library
            make = (
                library.find(library.from_host)
                if library.from_host
                else library.core.get("asarray")
            )
            try:
                made = make(value) if make is not None else value
            except (TypeError, ValueError, NotImplementedError):  # text, records, objects
                made = value
            if made is value:
                self.left.append(value)
            else:
                self.back += value.nbytes
            return made
        if type(value) in (list, tuple):
            return type(value)(map(self.device, value))
        if isinstance(value, tuple) and hasattr(value, "_fields"):  # np.linalg.svd
            return type(value)(*map(self.device, value))
        return value

    def refuse(self, why: str) -> NoReturn:
        raise type(self.refusal)(
            f"{self.refusal} fallback='convert' does not help: {why}."
        ) from None


def convert(call: Call, refusal: Refusal) -> Any:
    """Copy the arrays of a call to NumPy, call, and copy the results back, with a warning."""
    copies = _Copies(call, refusal)
    first = next(iter((*call.args, *call.kwargs.values())), None)
    if (call.writes and _is_duck(first)) or _writes_to_duck(call):
        copies.refuse("what is written would go into a copy, and be lost")
    for array in _duck_arrays((call.args, call.kwargs)):
        call.library.meet(array)  # results go to the device of the first
        break
    result = call.function(*copies.host(call.args), **copies.host(call.kwargs))
    written = call.kwargs.get("out")
    outs = written if isinstance(written, tuple) else (written,)
    if not any(result is out for out in outs if out is not None):
        result = copies.device(result)
    left = " The result stays a NumPy array." if copies.left else ""
    _warn_user(
        f"{call.name} copied {copies.to_host} bytes from {call.library.name} to host memory and "
        f"{copies.back} bytes back (fallback='convert'): {refusal.reason or refusal}.{left}"
    )
    return result


def _writes_to_duck(call: Call) -> bool:
    """Whether ``out=``, by whatever way it is given, is an array of the library."""
    out = call.kwargs.get("out")
    if out is None:
        try:
            signature = inspect.signature(call.function)
            out = signature.bind_partial(*call.args, **call.kwargs).arguments.get("out")
        except (TypeError, ValueError):  # no signature, or arguments that NumPy will complain of
            return False
    return any(True for _ in _duck_arrays(out))


def _is_duck(value: Any) -> bool:
    return library_of(type(value)) is not None


def _duck_arrays(value: Any) -> Iterator[Any]:
    if type(value) in (list, tuple):
        for item in value:
            yield from _duck_arrays(item)
    elif type(value) is dict:
        yield from _duck_arrays(list(value.values()))
    elif _is_duck(value):
        yield value


def _size(array: Any) -> int | float:
    """Bytes of an array as a NumPy array; NaN where the library does not know its shape."""
    dtype = array.dtype
    size: int | float = getattr(dtype, "itemsize", getattr(dtype, "size", math.nan))
    for length in array.shape:
        size *= math.nan if length is None else length
    return size
