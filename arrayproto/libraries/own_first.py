"""The library's own function first, and the core for the calls that it refuses.

A copy of NumPy has most of NumPy's functions under NumPy's names, and refuses some of NumPy's
calls: a list or an ndarray beside its arrays, an argument that it has not got. With a core (see
`arrayproto.derived.core`) such a library has an answer to these as well, and NumPy's own error
where NumPy has one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import UnsupportedArgumentError, UnsupportedFunctionError

Call = Callable[..., Any]

_OURS = (UnsupportedArgumentError, UnsupportedFunctionError)
#: Call functions of the user's, whose errors are nobody's refusal.
TAKE_FUNCTIONS = frozenset({"apply_along_axis", "apply_over_axes", "fromfunction", "piecewise"})


def own_first(own: Call, otherwise: Call, refusals: tuple[type[Exception], ...]) -> Call:
    """What calls a library's own function, and another one where that refuses.

    Parameters
    ----------
    own : callable
    otherwise : callable
        Is called with the same arguments. What it raises is raised; a refusal of ours with the
        library's as its cause.
    refusals : tuple of type
        The exceptions by which `own` refuses arguments.

    Returns
    -------
    callable
    """

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return own(*args, **kwargs)
        except refusals as error:
            refusal = error
        # Outside of the handler: NumPy's error is not raised "during the handling of another".
        try:
            return otherwise(*args, **kwargs)
        except _OURS as ours:
            raise ours from refusal
        finally:
            del refusal  # it holds the frame, and that the arrays

    call.__name__ = getattr(own, "__name__", "call")
    call.__wrapped__ = own  # type: ignore[attr-defined]
    by_position = getattr(own, "by_position", None)
    if by_position is not None:
        call.by_position = own_first(by_position, otherwise, refusals)  # type: ignore[attr-defined]
    return call


class OwnUfunc:
    """A ufunc of the library's own, with the core for what it refuses.

    Parameters
    ----------
    own : callable
        The library's ufunc.
    composed, ducks : callable
        What answers calls with arguments beside the inputs, and those that both refuse.
    refusals : tuple of type
    """

    __slots__ = ("__name__", "_into", "_whole", "by_position")

    def __init__(
        self, own: Call, composed: Call, ducks: Call, refusals: tuple[type[Exception], ...]
    ) -> None:
        self.__name__ = getattr(own, "__name__", "call")
        #: What is called with the inputs alone.
        self.by_position = own_first(own, ducks, refusals)
        self._into = own_first(_into(own), ducks, refusals)
        self._whole = own_first(composed, ducks, refusals)

    def __call__(self, *inputs: Any, **kwargs: Any) -> Any:
        if not kwargs:
            return self.by_position(*inputs)
        if len(kwargs) == 1 and "out" in kwargs:
            return self._into(*inputs, **kwargs)
        return self._whole(*inputs, **kwargs)


def _into(own: Call) -> Call:
    """A ufunc with ``out=`` in the form in which NumPy passes it on, a tuple."""

    def call(*inputs: Any, out: Any) -> Any:
        if type(out) is tuple and len(out) == 1:
            (out,) = out
        return own(*inputs, out=out)

    return call
