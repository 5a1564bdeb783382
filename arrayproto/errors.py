"""The errors and warnings that arrayproto raises of its own."""

from __future__ import annotations


class UnsupportedFunctionError(TypeError):
    """A NumPy function that an array library has not got.

    Raised instead of a conversion to `numpy.ndarray` that the user did not ask for.

    Attributes
    ----------
    reason : str
        What is not supported and why, without the next step; "" where the message says no more.
    """

    reason = ""


class UnsupportedArgumentError(TypeError):
    """An argument of a NumPy function that the array library's own function has not got.

    Attributes
    ----------
    reason : str
        As of `UnsupportedFunctionError`.
    """

    reason = ""


#: What is raised where a library has not got a function, or an argument of it.
REFUSALS = (UnsupportedFunctionError, UnsupportedArgumentError)
Refusal = UnsupportedFunctionError | UnsupportedArgumentError


class ActivationError(TypeError):
    """A class or a library that cannot be given the protocol."""


class CopyError(RuntimeError):
    """An array was about to leave its library, where `arrayproto.no_copies` forbids it."""


class ArrayProtoWarning(UserWarning):
    """Something worth knowing that is no error: what was left alone, and why."""
