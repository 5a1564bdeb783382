"""What NEP-13 and NEP-18 ask of an array class beside right answers, as checks with names.

A check is given a `Subject` and raises `Broken` with what it saw, or `DoesNotApply` with why it
cannot ask. Checks ask by functions that the class has; which it has is not their business.
"""

from __future__ import annotations

import concurrent.futures
import copy
import operator
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from .asked import (
    ANSWER,
    LIKE,
    ONE,
    TWO,
    VALUES,
    BoomError,
    Broken,
    DoesNotApply,
    Outcome,
    Silent,
    Stranger,
    array_of,
    boom,
    declined,
    having,
    method_of,
    read,
    short,
    some,
)
from .judge import difference
from .subjects import Subject, WentThroughTheHostError, staying_on_the_library

# `except Exception` here: a class under test may raise anything, and whatever it raises where an
# answer is due is what the check reports.


def strangers_answer(subject: Subject) -> None:
    """Beside an array of an unknown library it returns NotImplemented, and that one is asked."""
    stranger = Stranger()
    for text, call in some(list(having(subject, TWO, 2)), "the functions of two arrays"):
        if "x > 2" in text:  # its own comparison first, which is no matter of types
            continue
        try:
            result = call(array_of(subject), stranger)
        except Exception as error:
            raise Broken(f"{text} with a stranger y: {short(error)}") from error
        if result is not ANSWER:
            raise Broken(f"{text} with a stranger y was answered by a {type(result).__name__}")


def nobody_answers(subject: Subject) -> None:
    """Where the other one does not answer either, the call is a TypeError and no answer."""
    silent = Silent()
    for text, call in some(list(having(subject, TWO, 2)), "the functions of two arrays"):
        for arrays in ((array_of(subject), silent), (silent, array_of(subject))):
            if "x > 2" in text:
                continue
            try:
                result = call(*arrays)
            except TypeError:
                continue
            except Exception as error:
                raise Broken(f"{text} with a stranger: {short(error)}") from error
            raise Broken(f"{text} with a stranger was answered by a {type(result).__name__}")


def unknown_functions(subject: Subject) -> None:
    """A function that it does not know is NotImplemented, or an error; never an answer."""
    method, x = method_of(subject), array_of(subject)

    def unknown(a: Any) -> Any:
        return "an answer"

    unknown.__module__ = "somebodys.library"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = method(x, unknown, (type(x),), (x,), {})
    except TypeError:
        return
    except Exception as error:
        raise Broken(f"a function of another library: {short(error)}") from error
    if result is not NotImplemented:
        raise Broken(f"a function of another library gave a {type(result).__name__}")


def types_are_honoured(subject: Subject) -> None:
    """``types`` with a stranger is NotImplemented, with a subclass of its own it is answered."""
    method, x = method_of(subject), array_of(subject)
    working = [text for text, _ in having(subject, {"np.sum(x)": np.sum}, 1)]
    if not working:
        raise DoesNotApply("it has no np.sum")
    try:
        result = method(x, np.sum, (type(x), Stranger), (x,), {})
    except TypeError:
        result = NotImplemented
    if result is not NotImplemented:
        raise Broken("np.sum with a stranger among the types was answered")
    try:
        sub = type("Sub", (type(x),), {})
    except TypeError as error:
        raise DoesNotApply(f"it cannot be subclassed: {short(error)}") from error
    if method(x, np.sum, (sub, type(x)), (x,), {}) is NotImplemented:
        raise Broken("np.sum with a subclass of its own among the types was NotImplemented")


def subclasses_are_asked_first(subject: Subject) -> None:
    """An array of a subclass on the right answers, by functions and by operators."""
    x = array_of(subject)
    working = some(list(having(subject, TWO, 2)), "the functions of two arrays")
    protocol = {name: getattr(Stranger, name) for name in ("__array_function__", "__array_ufunc__")}
    try:
        sub = copy.copy(x)
        sub.__class__ = type("Sub", (type(x),), {**protocol, "__slots__": ()})
    except (TypeError, AttributeError):
        try:
            sub = x.view(type("Sub", (type(x),), protocol))
        except Exception as error:
            raise DoesNotApply("an array of a subclass could not be made of one") from error
    for text, call in working:
        if "x > 2" in text:
            continue
        try:
            result = call(x, sub)
        except Exception as error:
            raise Broken(f"{text} with y of a subclass: {short(error)}") from error
        if result is not ANSWER:
            raise Broken(f"{text} with y of a subclass was answered by a {type(result).__name__}")


def exceptions_arrive(subject: Subject) -> None:
    """Errors of the caller's functions, and of wrong arguments, arrive as they are."""
    x, asked = array_of(subject), False
    calls: dict[str, Callable[[], Any]] = {
        "np.apply_along_axis(f, 0, x)": lambda: np.apply_along_axis(boom, 0, x),
        "np.apply_over_axes(f, x, 0)": lambda: np.apply_over_axes(boom, x, 0),
        "np.piecewise(x, [x > 2], [f])": lambda: np.piecewise(x, [x > 2], [boom]),
    }
    for text, call in calls.items():
        try:
            read(subject, call())
        except BoomError:
            asked = True
        except Exception as error:
            if not declined(error):
                raise Broken(f"{text}, where f raises an error: {short(error)}") from error
        else:
            raise Broken(f"{text}, where f raises an error, gave an answer")
    for text, call in (
        ("np.sum(x, axis=7)", lambda: np.sum(x, axis=7)),
        ("np.transpose(x, (0, 0))", lambda: np.transpose(x, (0, 0))),
        ("np.reshape(x, (3,))", lambda: np.reshape(x, (3,))),
    ):
        try:
            read(subject, call())
        except (ValueError, IndexError):
            asked = True
        except Exception as error:
            if not declined(error):
                raise Broken(f"{text}: {short(error)}; NumPy: ValueError") from error
        else:
            raise Broken(f"{text} gave an answer; NumPy: ValueError")
    if not asked:
        raise DoesNotApply("it has none of the functions that were asked")


def operators_with_numpy(subject: Subject) -> None:
    """Operators with an ndarray or a number on either side give its arrays, and NumPy's values."""
    host, x = np.array([[2.0, 1.0], [4.0, 8.0]]), array_of(subject)
    operators = {"+": operator.add, "*": operator.mul, "-": operator.sub, "/": operator.truediv}
    others = {"an ndarray": host, "a float": 2.0, "a NumPy scalar": np.float64(4)}
    asked = False
    for symbol, apply in operators.items():
        for what, other in others.items():
            for left, right in ((x, other), (other, x)):
                order = f"x {symbol} {what}" if left is x else f"{what} {symbol} x"
                try:
                    result = apply(left, right)
                    values = read(subject, result)
                except Exception as error:
                    if declined(error):
                        continue
                    raise Broken(f"{order}: {short(error)}") from error
                asked = True
                if not subject.is_array(result):
                    raise Broken(f"{order} is a {type(result).__name__}")
                wanted = apply(*(VALUES if a is x else a for a in (left, right)))
                found = difference(values, wanted)
                if found is not None:
                    raise Broken(f"{order}: {found}")
    if not asked:
        raise DoesNotApply("it has no operators")


def pickling(subject: Subject) -> None:
    """An array comes out of pickle as it went in."""
    x = array_of(subject)
    try:
        again = pickle.loads(pickle.dumps(x))  # noqa: S301 - of our own bytes
    except Exception as error:
        raise Broken(short(error)) from error
    _same(subject, again, "the unpickled array")


def copying(subject: Subject) -> None:
    """copy.copy and copy.deepcopy give equal arrays, and a deep copy does not share values."""
    x = array_of(subject)
    for name, function in (("copy.copy", copy.copy), ("copy.deepcopy", copy.deepcopy)):
        try:
            again = function(x)
        except Exception as error:
            raise Broken(f"{name}: {short(error)}") from error
        _same(subject, again, f"what {name} gives")
    if hasattr(type(x), "__setitem__"):
        again = copy.deepcopy(x)
        try:
            again[0, 0] = 7.0
        except Exception:
            return  # it cannot be written to after all
        _same(subject, x, "the array whose deep copy was written to")


def _same(subject: Subject, array: Any, what: str) -> None:
    if not subject.is_array(array):
        raise Broken(f"{what} is a {type(array).__name__}")
    found = difference(subject.to_numpy(array), VALUES)
    if found is not None:
        raise Broken(f"{what}: {found}")


def threads(subject: Subject) -> None:
    """Many calls from four threads at once give what they give one after the other."""
    calls = [call for _, call in some(list(having(subject, ONE, 1)), "the functions asked")]

    def everything(_: int) -> list[Any]:
        x = array_of(subject)
        return [read(subject, call(x)) for call in calls]

    wanted = everything(0)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        try:
            results = list(pool.map(everything, range(16)))
        except Exception as error:
            raise Broken(short(error)) from error
    for result in results:
        found = difference(result, wanted)
        if found is not None:
            raise Broken(found)


def like(subject: Subject) -> None:
    """``like=`` makes its arrays: at least of lists, and never an ndarray."""
    x, made, why = array_of(subject), 0, ""
    for text, call in LIKE.items():
        try:
            result = call(x)
        except Exception as error:
            why = why or f"{text}: {short(error)}"
            if not declined(error):
                raise Broken(f"{text}: {short(error)}") from error
            continue
        if not subject.is_array(result):
            raise Broken(f"{text} is a {type(result).__name__}")
        made += 1
    if not made:
        raise Broken(why)


def arguments_stay(subject: Subject) -> None:
    """Functions do not change the arrays that they are given."""
    for text, call in some(list(having(subject, ONE, 1)), "the functions asked"):
        x = array_of(subject)
        call(x)
        found = difference(subject.to_numpy(x), VALUES)
        if found is not None:
            raise Broken(f"after {text}: {found}")


def printing(subject: Subject) -> None:
    """repr and str work, and do not take its values through NumPy by stealth."""
    x = array_of(subject)
    try:
        with staying_on_the_library(subject):
            texts = repr(x), str(x), format(x)
    except WentThroughTheHostError as error:
        raise Broken(str(error)) from error
    except Exception as error:
        raise Broken(short(error)) from error
    if "object at 0x" in texts[0]:
        raise Broken("its repr is that of any object")


#: By name, in the order of reports.
CHECKS: dict[str, Callable[[Subject], None]] = {
    function.__name__.replace("_", " "): function
    for function in (
        strangers_answer,
        nobody_answers,
        unknown_functions,
        types_are_honoured,
        subclasses_are_asked_first,
        exceptions_arrive,
        operators_with_numpy,
        like,
        arguments_stay,
        pickling,
        copying,
        threads,
        printing,
    )
}


def run_check(name: str, subject: Subject) -> Outcome:
    """Run one check.

    Parameters
    ----------
    name : str
        Of `CHECKS`.
    subject : Subject

    Returns
    -------
    Outcome
    """
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            CHECKS[name](subject)
        except Broken as error:
            return Outcome(name, False, str(error))
        except DoesNotApply as error:
            return Outcome(name, None, str(error))
        except Exception as error:  # of the class: what it is asked in between fails too
            return Outcome(name, False, short(error))
    return Outcome(name, True)
