"""The class that array classes inherit NumPy's protocols from."""

from __future__ import annotations

import types as _types
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..derived import derived_ufunc
from ..libraries import public_name
from .fallbacks import refusal
from .registry import F, Implementations, check_overridable, marked

if TYPE_CHECKING:
    _Operators = np.lib.mixins.NDArrayOperatorsMixin
else:
    _Operators = object


def family(cls: type) -> Iterator[type]:
    yield cls
    child: type
    for child in cls.__subclasses__():
        yield from family(child)


class ArrayFunctionMixin(_Operators):
    """Gives a class ``__array_function__``, ``__array_ufunc__`` and the operators.

    Subclasses say what they implement, with `implements` in the class body or with the class
    method `implements` afterwards. Subclasses of these inherit implementations and may override
    them. For everything else a class declares who answers, each in one attribute, and the first
    of these that can is called: `_elementwise` for ufuncs, `_fallback_module`,
    `_fallback_array_api`, `_derives`, `_refusal`. Without any the answer is NotImplemented, so
    that the other arguments are asked and, if nobody knows, NumPy raises TypeError.

    Parameters
    ----------
    derive : bool, optional
        In the head of a subclass, ``class Mine(ArrayFunctionMixin, derive=True)``: what the class
        does not implement is derived from what it implements, as far as `arrayproto.derived.core`
        says, whose core functions are called in one simple form. Subclasses inherit it; the
        default is False. It is kept as `_derives`.

    Attributes
    ----------
    _handled_types : tuple of type
        Whose arguments the implementations know what to do with, beside those of the class itself;
        by default plain `numpy.ndarray`. A call with any other array is answered with
        NotImplemented. ndarray subclasses with a protocol of their own (units!) count as others.
        A class that knows better overrides the method `_handles`.
    _elementwise : callable
        A class method or static method ``(ufunc, *inputs, **kwargs)`` for every ufunc that works
        element by element and has no implementation of its own. With ``derive=True`` it is given
        no keywords: ``out=``, ``where=`` and ``dtype=`` are done around it, and ``reduce`` and the
        like are derived.
    _fallback_module : module
        With functions of NumPy's names for arrays of the class. An argument may have another name
        than NumPy's position or keyword-only ones; functions that are NumPy's own do not count.
    _fallback_array_api : namespace
        With the functions of the Array API standard for arrays of the class; all of NumPy that can
        be composed of them follows.
    _refusal : str
        The next step for a user whose function is not there: instead of NotImplemented, where
        nobody else is left to be asked, `arrayproto.UnsupportedFunctionError` is raised with it.

    Notes
    -----
    An operator that the class, or a base of it, defines is left as it is; so is ``__repr__``.

    References
    ----------
    NEP 13 (``__array_ufunc__``) and NEP 18 (``__array_function__``).

    Examples
    --------
    >>> import numpy as np
    >>> from arrayproto import ArrayFunctionMixin
    >>> class Diagonal(ArrayFunctionMixin):
    ...     def __init__(self, n, value):
    ...         self.n, self.value = n, value
    >>> @Diagonal.implements(np.trace)
    ... def trace(a):
    ...     return a.n * a.value
    >>> @Diagonal.implements(np.add)
    ... def add(a, b):
    ...     return Diagonal(a.n, a.value + b.value)
    >>> np.trace(Diagonal(3, 2) + Diagonal(3, 5))
    21
    """

    # No ClassVar: a subclass that assigns them needs no annotation either.
    _handled_types: tuple[type, ...] = (np.ndarray,)
    _implementations: ClassVar[Implementations]
    _elementwise: Callable[..., Any] | None = None
    _fallback_module: ModuleType | None = None
    _fallback_array_api: Any = None
    _derives: bool = False
    _refusal: str = ""
    #: Whether a class without a repr gets ours; not so what stands before an array class's own.
    _gets_repr: bool = True
    #: Whether derived functions may return an array that they were given, to be written to or not.
    _may_alias: bool = False

    def __init_subclass__(cls, *, derive: bool | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if derive is not None:
            cls._derives = derive
        if isinstance(vars(cls).get("_elementwise"), _types.FunctionType):
            raise TypeError(
                f"{cls.__qualname__}._elementwise is a method of one array, and ufuncs have "
                "several; make it a class method or a static method: (ufunc, *inputs, **kwargs)"
            )
        cls._own_implementations = marked(cls)  # type: ignore[attr-defined]
        cls._implementations = Implementations(cls)
        _add_operators(cls)
        if cls._gets_repr and cls.__repr__ is object.__repr__:
            cls.__repr__ = _repr  # type: ignore[method-assign]

    @classmethod
    def implements(cls, *functions: Callable[..., Any]) -> Callable[[F], F]:
        """Register an implementation of `functions` for this class and its subclasses.

        Parameters
        ----------
        *functions : callable
            NumPy functions, ufuncs, or functions decorated with `array_function_dispatch`.

        Raises
        ------
        TypeError
            If NumPy never asks anybody about one of `functions`.
        """
        for function in functions:
            check_overridable(function)

        def decorator(implementation: F) -> F:
            cls._own_implementations.update(dict.fromkeys(functions, implementation))  # type: ignore[attr-defined]
            for member in family(cls):
                member._implementations.clear()  # type: ignore[attr-defined]
            return implementation

        return decorator

    def _handles(self, types: Any) -> bool:
        cls = type(self)
        for other in types:
            if issubclass(other, cls) or issubclass(cls, other):
                continue
            if not issubclass(other, self._handled_types) or _overrides_ndarray(other):
                return False
        return True

    def __array_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        if not self._handles(types):
            return NotImplemented
        implementation = self._implementations[func]
        if implementation is None:
            return self._declines(f"numpy.{public_name(func)}", types)
        return implementation(*args, **kwargs)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        arrays = (*inputs, *(kwargs.get("out") or ()))
        if not self._handles({type(a) for a in arrays if hasattr(type(a), "__array_ufunc__")}):
            return NotImplemented
        if self._derives:
            return self._derive_ufunc(ufunc, method, *inputs, **kwargs)
        if method == "__call__":
            implementation = self._implementations[ufunc]
            if implementation is not None:
                return implementation(*inputs, **kwargs)
        result = self._apply_ufunc(ufunc, method, *inputs, **kwargs)
        if result is not NotImplemented:
            return result
        fallback = self._implementations.fallbacks.of_array_api_ufunc(ufunc, method)
        if fallback is not None:
            return fallback(*inputs, **kwargs)
        called = "" if method == "__call__" else f".{method}"
        return self._declines(f"numpy.{ufunc.__name__}{called}", map(type, inputs))

    def _declines(self, name: str, types: Iterable[type]) -> Any:
        """NotImplemented; or the refusal that the class declares, if nobody else can answer."""
        if self._refusal and not any(_answers(cls, type(self)) for cls in types):
            raise refusal(type(self), name, self._refusal)
        return NotImplemented

    def _derive_ufunc(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        implementation = self._implementations[ufunc]
        if method != "__call__" or implementation is None:
            result = self._apply_ufunc(ufunc, method, *inputs, **kwargs)
            if result is not NotImplemented:
                return result
        return derived_ufunc(
            self._implementations.core, ufunc, method, implementation, inputs, kwargs
        )

    def _apply_ufunc(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """What to do with the ufuncs that no implementation is registered for; to be overridden."""
        return NotImplemented


def _answers(other: type, cls: type) -> bool:
    """Whether a class of an argument may answer a call that `cls` does not."""
    if issubclass(other, cls) or issubclass(cls, other) or other is np.ndarray:
        return False
    has_protocol = hasattr(other, "__array_function__") or hasattr(other, "__array_ufunc__")
    return has_protocol and not issubclass(other, np.generic)


def _repr(self: Any) -> str:
    """Shape and dtype, where the class has these; values might be expensive, or not there yet."""
    shape, dtype = getattr(self, "shape", None), getattr(self, "dtype", None)
    if shape is None or dtype is None:
        return object.__repr__(self)
    return f"<{type(self).__qualname__}: shape={shape}, dtype={dtype}>"


def _overrides_ndarray(cls: type) -> bool:
    """Whether an ndarray subclass has a protocol of its own."""
    ndarray = np.ndarray
    return issubclass(cls, ndarray) and (
        cls.__array_function__ is not ndarray.__array_function__
        or cls.__array_ufunc__ is not ndarray.__array_ufunc__
    )


def _add_operators(cls: type) -> None:
    """Give a class the operators that neither it nor a base of it has."""
    for name, operator in vars(np.lib.mixins.NDArrayOperatorsMixin).items():
        if isinstance(operator, _types.FunctionType) and (
            getattr(cls, name, None) is getattr(object, name, None)
            or not any(name in vars(base) for base in cls.__mro__)  # a class has | of its own
        ):
            setattr(cls, name, operator)
            if name == "__eq__" and getattr(cls, "__hash__", None) is object.__hash__:
                setattr(cls, "__hash__", None)  # noqa: B010 - as Python does where __eq__ is defined
