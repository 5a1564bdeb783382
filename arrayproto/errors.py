"""The errors and warnings that arrayproto raises of its own."""

from __future__ import annotations

#: Where the message itself names no command that shows more.
MORE = (
    "What each library has: python -m arrayproto capabilities. "
    "Who answers a call: arrayproto.explain(function, *arguments)"
)


class _Refusal(TypeError):
    """Base of the errors for what a library has not got: each names what shows more."""

    #: What is not supported and why, without the next step; "" where the message says no more.
    reason = ""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        if "python -m arrayproto" not in str(self):
            self.add_note(MORE)


class UnsupportedFunctionError(_Refusal):
    """A NumPy function that an array library has not got.

    Raised instead of a conversion to `numpy.ndarray` that the user did not ask for.

    Attributes
    ----------
    reason : str
        What is not supported and why, without the next step; "" where the message says no more.
    """


class UnsupportedArgumentError(_Refusal):
    """An argument of a NumPy function that the array library's own function has not got.

    Attributes
    ----------
    reason : str
        As of `UnsupportedFunctionError`.
    """


#: What is raised where a library has not got a function, or an argument of it.
REFUSALS = (UnsupportedFunctionError, UnsupportedArgumentError)
Refusal = UnsupportedFunctionError | UnsupportedArgumentError


class ActivationError(TypeError):
    """A class or a library that cannot be given the protocol."""


class CopyError(RuntimeError):
    """An array was about to leave its library, where `arrayproto.no_copies` forbids it."""


class ArrayProtoWarning(UserWarning):
    """Something worth knowing that is no error: what was left alone, and why."""
