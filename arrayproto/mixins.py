"""Mixins that give the array classes of libraries NumPy's protocols.

`SparseMixin`, `DaskMixin` and `CupyMixin` answer for the classes of a library from its table;
`arrayproto.activate` puts the same functions on the library's own classes. What people who write
array classes inherit from is in `arrayproto.authors`.
"""

from __future__ import annotations

import dis
import functools
import sys
import types as _types
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from . import dispatch
from .accelerator import speed
from .authors import ArrayFunctionMixin
from .authors.registry import F
from .errors import REFUSALS, Refusal
from .libraries import LIBRARIES, Library, public_name, refusing, ufuncs
from .locks import lock


def _no_stock(*_: Any) -> Any:
    return NotImplemented


def _stock_function(
    library: Library, self: Any, func: Any, types: Any, args: Any, kwargs: Any
) -> Any:
    """What the library does without us."""
    if library.guest:
        return numpys_own(func, args, kwargs)
    stock: Callable[..., Any] = library.stock.get("__array_function__", _no_stock)
    return stock(self, func, types, args, kwargs)


def _refused(
    library: Library,
    self: Any,
    func: Any,
    types: Any,
    args: Any,
    kwargs: Any,
    refusal: Refusal,
) -> Any:
    """Answer for a function that the library has not got, or not with these arguments."""
    from . import fallback  # only needed where something is refused

    stock = functools.partial(_stock_function, library, self, func, types, args, kwargs)
    return fallback.of_function(library, func, args, kwargs, stock, refusal)


def _unresolved(library: Library, self: Any, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
    """Answer for a function that is not in the library's table."""
    if public_name(func) is None:
        return _stock_function(library, self, func, types, args, kwargs)
    refusing.check(library, func, args, kwargs)
    refusal = refusing.unsupported(library, func, types)
    return _refused(library, self, func, types, args, kwargs, refusal)


def _strangers(types: Any) -> list[Library]:
    """Libraries of ours, of which none takes all of these types; empty if somebody may answer.

    That nobody answers is certain where all who are asked are ndarrays, which decline beside
    others, and libraries of ours that do not take the arrays of each other.
    """
    libraries: list[Library] = []
    for cls in types:
        ours = answering.get(getattr(cls, "__array_function__", None))
        if ours is None:
            if cls is not np.ndarray:
                return []
        elif ours.accepts(types):
            return []
        elif ours not in libraries:
            libraries.append(ours)
    return libraries if len(libraries) > 1 else []


def _reason(libraries: list[Library]) -> str:
    """Why nobody answers, and the next step; NumPy's own error names the types and no more."""
    return (
        f"{' and '.join(one.name for one in libraries)} do not take the arrays of each other; "
        "convert one of them. python -m arrayproto hierarchy shows which array types go together"
    )


def _defers(func: Any, types: Any) -> Any:
    """NotImplemented; or NumPy's error with the reason, where nobody is left who could answer."""
    libraries = _strangers(types)
    if not libraries:
        return NotImplemented
    error = dispatch.no_implementation(func, types)
    error.args = (f"{error.args[0]}: {_reason(libraries)}",)
    raise error


def _defers_of_ufunc(ufunc: Any, method: str, inputs: Any) -> Any:
    """`_defers` for a ufunc, which asks nobody about numbers and lists."""
    types = tuple([type(x) for x in inputs if hasattr(type(x), "__array_ufunc__")])
    libraries = _strangers(types)
    if not libraries:
        return NotImplemented
    names = ", ".join(repr(cls.__name__) for cls in types)
    raise TypeError(
        "operand type(s) all returned NotImplemented from "
        f"__array_ufunc__({ufunc!r}, {method!r}, ...): {names}: {_reason(libraries)}"
    )


def array_function(library: Library) -> Callable[..., Any]:
    """The ``__array_function__`` that answers from a library's table."""
    accepts = library.accepts
    called, by_position = library.table.called, library.table.by_position

    # Each line here costs every call. Plain dicts are faster than the table, which resolves.
    def __array_function__(self: Any, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if len(types) > 1 and not accepts(types):
            return _defers(func, types)
        try:
            if kwargs:
                try:
                    call = called[func]
                except KeyError:
                    pass
                else:
                    return call(*args, **kwargs)
            else:
                try:
                    call = by_position[func]
                except KeyError:
                    pass
                else:
                    return call(*args)
            found = library.table[func]
            if found is not None:
                made = found(*args, **kwargs)
                if library.alike is not None and func in library.table.with_like:
                    return library.alike(made, self)
                return made
        except REFUSALS as refusal:
            return _refused(library, self, func, types, args, kwargs, refusal)
        return _unresolved(library, self, func, types, args, kwargs)

    return _in_c(library, __array_function__)


def _in_c(
    library: Library, in_python: Callable[..., Any], *inside: dict[str, bool]
) -> Callable[..., Any]:
    """The same in C, where that was built; `inside` is what is known of the modules that call."""
    if speed is None:
        return in_python
    table = library.table
    refused = functools.partial(_refused, library)
    answer = speed.Adapter(
        in_python, library.accepts, table.called, table.by_position, REFUSALS, refused, *inside
    )
    return functools.update_wrapper(answer, in_python)


def _is_own(library: Library, frame: _types.FrameType, own: dict[str, bool]) -> bool:
    """Whether a module of the library is calling; kept in `own` by the name of the module."""
    name = frame.f_globals.get("__name__", "")
    found = own[name] = library.owns(name)
    return found


_nothing = np.empty(0)


class _Operator:
    """Whether a frame is at an operator, not at a call of the ufunc behind it.

    NumPy gives way to an array with ``__array_priority__`` on the right of an operator: the method
    of that array answers. It gives way no longer once the array has ``__array_ufunc__``, so that
    we have to.
    """

    #: Ufunc to the method that answers for the right operand.
    METHODS = {
        getattr(np, name): f"__{method}__"
        for name, method in (
            *((name, f"r{method}") for name, method in (
                ("add", "add"), ("subtract", "sub"), ("multiply", "mul"), ("divide", "truediv"),
                ("floor_divide", "floordiv"), ("remainder", "mod"), ("power", "pow"),
                ("matmul", "matmul"), ("bitwise_and", "and"), ("bitwise_or", "or"),
                ("bitwise_xor", "xor"), ("left_shift", "lshift"), ("right_shift", "rshift"),
            )),
            ("equal", "eq"), ("not_equal", "ne"), ("less", "gt"), ("greater", "lt"),
            ("less_equal", "ge"), ("greater_equal", "le"),
        )
    }  # fmt: skip
    _OPCODES = frozenset({dis.opmap["BINARY_OP"], dis.opmap["COMPARE_OP"]})

    @classmethod
    def method(
        cls, library: Library, ufunc: Any, inputs: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """The method of the right operand, if that is all there is to call."""
        if len(inputs) != 2 or not isinstance(inputs[0], library.reflects):
            return None
        if kwargs and not cls.is_in_place(inputs, kwargs):
            return None
        return getattr(inputs[1], cls.METHODS.get(ufunc, ""), None)

    @staticmethod
    def is_in_place(inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        return len(kwargs) == 1 and kwargs.get("out", (None,))[0] is inputs[0]

    @classmethod
    def is_at(cls, frame: _types.FrameType) -> bool:
        return frame.f_code.co_code[frame.f_lasti] in cls._OPCODES


def numpys_own(func: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """What NumPy does with arguments that override nothing: its implementation, coercing them."""
    return np.ndarray.__array_function__(_nothing, func, (), args, kwargs)


def guest_array_function(library: Library) -> Callable[..., Any]:
    """`array_function` for a library without a protocol, whose own code counts on stock NumPy."""
    accepts = library.accepts
    called, by_position = library.table.called, library.table.by_position
    own: dict[str, bool] = dict.fromkeys(library.callers, False)
    frame = sys._getframe

    # Each line here costs every call.
    def __array_function__(self: Any, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        try:
            inside = own[frame(1).f_globals["__name__"]]
        except KeyError:
            inside = _is_own(library, frame(1), own)
        if inside:
            try:
                return numpys_own(func, args, kwargs)
            except TypeError:
                # A function of the user's that it calls on what has no values, as jax.vmap does.
                if _all_known(library, args):
                    raise
        if len(types) > 1 and not accepts(types):
            return _defers(func, types)
        try:
            call = called[func] if kwargs else by_position[func]
        except KeyError:
            found = library.table[func]
            if found is None:
                return _unresolved(library, self, func, types, args, kwargs)
            library.meet(self)  # what is given as like= is not among the arguments
            call = found
        try:
            if kwargs:
                return call(*args, **kwargs)
            return call(*args)
        except REFUSALS as refusal:
            return _refused(library, self, func, types, args, kwargs, refusal)

    return _in_c(library, __array_function__, own)


def _array_ufunc(library: Library) -> Callable[..., Any]:
    """The ``__array_ufunc__`` that answers from a library's table."""
    accepts, table = library.accepts, library.ufuncs
    plain = table.plain

    def __array_ufunc__(
        self: Any, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any
    ) -> Any:
        if kwargs or method != "__call__":
            return _with_arguments(library, self, ufunc, method, inputs, kwargs)
        if not accepts(tuple(map(type, inputs))):
            return _defers_of_ufunc(ufunc, method, inputs)
        try:
            call = plain[ufunc]
        except KeyError:
            call = table.find_plain(ufunc) if isinstance(ufunc, np.ufunc) else None
        try:
            if call is not None:
                result = call(*inputs)
            else:
                result = library.stock["__array_ufunc__"](self, ufunc, method, *inputs)
        except REFUSALS as refusal:
            return _refused_ufunc(library, self, ufunc, method, inputs, kwargs, refusal)
        if result is NotImplemented and isinstance(ufunc, np.ufunc):
            ufuncs.raise_numpys_error(ufunc, inputs)
        return result

    return __array_ufunc__


def guest_array_ufunc(library: Library) -> Callable[..., Any]:
    """`_array_ufunc` for a library without a protocol, whose own code counts on stock NumPy."""
    answer = _array_ufunc(library)
    own: dict[str, bool] = dict.fromkeys(library.callers, False)
    frame = sys._getframe

    def __array_ufunc__(
        self: Any, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any
    ) -> Any:
        caller = frame(1)
        try:
            inside = own[caller.f_globals["__name__"]]
        except KeyError:
            inside = _is_own(library, caller, own)
        # Others' ufuncs, such as those of scipy.special, coerced its arrays, and still do.
        inside = inside or ufunc not in ufuncs.public_ufuncs()
        if not inside and self is inputs[0]:
            return answer(self, ufunc, method, *inputs, **kwargs)
        if method == "__call__" and hasattr(self, "__array_priority__"):
            reflected = _Operator.method(library, ufunc, inputs, kwargs)
            # operator.iadd has no frame; an ndarray as its own out= is hardly ever anything else.
            if reflected is not None and (inside or kwargs or _Operator.is_at(caller)):
                result = reflected(inputs[0])
                if result is not NotImplemented:
                    return result
        if inside and "__array_ufunc__" in library.stock:
            return library.stock["__array_ufunc__"](self, ufunc, method, *inputs, **kwargs)
        if inside and all(map(library.known, inputs)):
            return _numpys_own_ufunc(library, ufunc, method, inputs, kwargs)
        return answer(self, ufunc, method, *inputs, **kwargs)

    return __array_ufunc__


def _all_known(library: Library, args: Any) -> bool:
    """Whether there are values in all arguments, and in the items of lists."""
    return all(
        _all_known(library, a) if isinstance(a, (list, tuple)) else library.known(a) for a in args
    )


def _numpys_own_ufunc(
    library: Library, ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """`numpys_own` for a ufunc, or for a method of one."""
    if any(isinstance(out, library.classes) for out in kwargs.get("out", ())):
        raise TypeError("return arrays must be of ArrayType")  # NumPy's own, without us
    return getattr(ufunc, method)(*[_coerced(library, x) for x in inputs], **kwargs)


def _coerced(library: Library, x: Any) -> Any:
    """What NumPy takes a guest's array for without us: what converts, and may wrap results."""
    if not isinstance(x, library.classes):
        return x
    if not hasattr(x, "__array_wrap__"):
        return np.asarray(x)
    names = ("__array__", "__array_wrap__", "__array_priority__")
    return _types.SimpleNamespace(**{name: getattr(x, name) for name in names if hasattr(x, name)})


def _refused_ufunc(
    library: Library,
    self: Any,
    ufunc: np.ufunc,
    method: str,
    inputs: tuple[Any, ...],
    kwargs: dict[str, Any],
    refusal: Refusal,
) -> Any:
    """Answer for a ufunc, or a method of one, that the library has not got."""
    from . import fallback

    stock = functools.partial(
        library.stock.get("__array_ufunc__", _no_stock), self, ufunc, method, *inputs, **kwargs
    )
    if library.guest:
        stock = functools.partial(_numpys_own_ufunc, library, ufunc, method, inputs, kwargs)
    return fallback.of_ufunc(library, ufunc, method, inputs, kwargs, stock, refusal)


def _with_arguments(
    library: Library,
    self: Any,
    ufunc: np.ufunc,
    method: str,
    inputs: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    """A method of a ufunc, or a call of one with keyword arguments."""
    # sparse calls this itself with out=None (SparseArray.clip); NumPy passes a tuple.
    types = (*map(type, inputs), *map(type, kwargs.get("out") or ()))
    where = kwargs.get("where")
    if where is not None:
        types = (*types, type(where))
    if not library.accepts(types):
        return NotImplemented
    stock: Callable[..., Any] = library.stock.get("__array_ufunc__", _no_stock)
    # sparse does astype and the like in this way.
    if not isinstance(ufunc, np.ufunc) or _is_calling(library):
        return stock(self, ufunc, method, *inputs, **kwargs)
    call = library.ufuncs.find(ufunc, method)
    try:
        if call is None:
            raise ufuncs.refusal(library, ufunc, method, types)
        return call(*inputs, **kwargs)
    except REFUSALS as refusal:
        return _refused_ufunc(library, self, ufunc, method, inputs, kwargs, refusal)


def _is_calling(library: Library) -> bool:
    """Whether the function that made the call is the library's own; its protocol is stock."""
    frame: Any = sys._getframe(1)
    while frame is not None and frame.f_globals is globals():
        frame = frame.f_back
    name: str = "" if frame is None else frame.f_globals.get("__name__", "")
    return library.owns(name)


#: The mixin of each library.
_mixins: dict[Library, type[LibraryMixin]] = {}
_making = lock("mixins")  # one of each, although several threads ask first
#: What the mixins put on classes, to the library that it answers for.
answering: dict[Any, Library] = {}


class LibraryMixin(ArrayFunctionMixin):
    """Base of the mixins that answer from a library's table.

    What a subclass implements itself comes first.
    """

    _library: ClassVar[Library]
    _gets_repr = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "_library" in vars(cls):
            guest = cls._library.guest
            function = guest_array_function if guest else array_function
            cls.__array_function__ = function(cls._library)  # type: ignore[method-assign]
            ufunc = guest_array_ufunc if guest else _array_ufunc
            cls.__array_ufunc__ = ufunc(cls._library)  # type: ignore[method-assign]
            _mixins[cls._library] = cls
            answering[cls.__array_function__] = cls._library
        elif cls._own_implementations:  # type: ignore[attr-defined]
            _let_own_answer(cls)

    @classmethod
    def implements(cls, *functions: Callable[..., Any]) -> Callable[[F], F]:
        if "_library" in vars(cls):
            raise TypeError(
                f"{cls.__name__} answers for all arrays of {cls._library.name}; call implements() "
                "of a subclass of it"
            )
        decorator = super().implements(*functions)
        _let_own_answer(cls)
        return decorator


def _let_own_answer(cls: type[LibraryMixin]) -> None:
    """Ask what the class itself implements before the library's table."""
    if "_own_answer" in vars(cls):
        return
    cls._own_answer = True  # type: ignore[attr-defined]
    from_table, from_library = cls.__array_function__, cls.__array_ufunc__

    def __array_function__(self: Any, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        implementation = self._implementations[func]
        if implementation is not None and self._library.accepts(types):
            return implementation(*args, **kwargs)
        return from_table(self, func, types, args, kwargs)

    def __array_ufunc__(
        self: Any, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any
    ) -> Any:
        implementation = self._implementations[ufunc] if method == "__call__" else None
        arrays = (*inputs, *(kwargs.get("out") or ()))
        if implementation is not None and self._library.accepts(tuple(map(type, arrays))):
            return implementation(*inputs, **kwargs)
        return from_library(self, ufunc, method, *inputs, **kwargs)

    cls.__array_function__ = __array_function__  # type: ignore[method-assign]
    cls.__array_ufunc__ = __array_ufunc__  # type: ignore[method-assign]


class CupyMixin(LibraryMixin):
    """The protocol for CuPy's arrays: ``class Mine(CupyMixin, cupy.ndarray)``."""

    _library = LIBRARIES["cupy"]


class SparseMixin(LibraryMixin):
    """The protocol for sparse's arrays: ``class Mine(SparseMixin, sparse.COO)``."""

    _library = LIBRARIES["sparse"]


class DaskMixin(LibraryMixin):
    """The protocol for Dask's arrays: ``class Mine(DaskMixin, dask.array.Array)``."""

    _library = LIBRARIES["dask"]


def mixin_of(library: Library) -> type[LibraryMixin]:
    """What `arrayproto.activate` puts on a library's class."""
    found = _mixins.get(library)
    if found is None:
        with _making:
            found = _mixins.get(library)
            if found is None:  # nobody subclasses the classes of these; they enter themselves
                name = f"{library.name.capitalize()}Mixin"
                found = type(name, (LibraryMixin,), {"_library": library})
    return found
