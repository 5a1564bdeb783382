"""What is measured: tables of calls, of peers and of goals.

A `Case` is one call in all the ways to dispatch it. Its peers are expressions over the names that
its `opened` context yields, and they differ only in how the function behind them is found: every
peer ends in the same function, which the case's `direct` peer calls without dispatch. Where a
library has a faster function for the call, in which we end, that one has a direct call of its own.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import cache, partial
from operator import attrgetter
from typing import Any, NamedTuple

import autoray
import numpy as np
from array_api_compat import array_namespace

import arrayproto
import arrayproto.numpy
from arrayproto.ducks import _duck_class
from arrayproto.libraries import LIBRARIES, Library, library_of_class
from arrayproto.testing import SUBJECTS

from . import peers, timing

Names = dict[str, Any]

DIRECT = "direct"
OTHER_DIRECT = "direct, of another function"
OURS = "arrayproto"
NUMPY = "NumPy's C dispatcher"
STOCK = "own __array_function__"
ACTIVE = "np., activated"
EXPLICIT = "arrayproto.numpy"
AUTORAY = "autoray"
NAMESPACE = "array_namespace"
PYTHON = "Python NEP-18 wrapper"
SINGLE = "singledispatch"
UARRAY = "uarray"


class Peer(NamedTuple):
    """One way to make the call.

    Attributes
    ----------
    call : str
        An expression over the names of the case.
    active : tuple of str
        Libraries that are activated for as long as this peer runs.
    direct : str
        Name of the peer that calls the function in which this one ends.
    """

    call: str
    active: tuple[str, ...] = ()
    direct: str = DIRECT


class Goal(NamedTuple):
    """What is to be reached.

    Attributes
    ----------
    peer, against : str
        Ratio of the overhead of the one to that of the other; `against` None stands for
        nanoseconds of overhead.
    at_most : float
    """

    peer: str
    against: str | None
    at_most: float


class Case(NamedTuple):
    """One call in all the ways to dispatch it.

    Attributes
    ----------
    section, title : str
    opened : callable
        Makes a context manager that yields the names which the peers' calls use.
    peers : mapping of str to Peer
        The one named ``"direct"`` is what overheads are counted from, where a peer names no other.
    goals : tuple of Goal
    right : callable
        Whether what a call returned shows that the right function was called.
    gpu : bool
        Whether it needs a GPU.
    unavailable : callable
        Why it cannot be measured here, or None.
    """

    section: str
    title: str
    opened: Callable[[], AbstractContextManager[Names]]
    peers: Mapping[str, Peer]
    goals: tuple[Goal, ...]
    right: Callable[[Any], bool]
    gpu: bool = False
    unavailable: Callable[[], str | None] = lambda: None

    def groups(self, names: Names) -> list[timing.Group]:
        """The calls of all peers, ready to be timed, the direct call with each set of libraries."""
        inside = names.get("inside")
        bare = {name: value for name, value in names.items() if name != "inside"}
        groups = []
        for active in dict.fromkeys(peer.active for peer in self.peers.values()):
            chosen = {
                name: peer
                for name, peer in self.peers.items()
                if name in (DIRECT, OTHER_DIRECT) or peer.active == active
            }
            calls = {n: timing.compiled(p.call, bare, inside) for n, p in chosen.items()}
            groups.append(timing.Group(_context(active), calls))
        return groups


def _context(active: tuple[str, ...]) -> timing.Context:
    if not active:
        return contextlib.nullcontext
    return partial(arrayproto.activated, *map(_named, active))


def _named(name: str) -> str | type:
    """What `arrayproto.activated` is given for a library."""
    for row in GUEST_ROWS:
        if row.name == name and row.by_class:
            return type(_array(row))
    return name


#: What every function that does nothing returns, unless it stands for a library's.
RESULT = "what the function returned"


def is_result(value: Any) -> bool:
    return isinstance(value, str) and value == RESULT


def function(
    name: str, signature: str, body: str = "pass", result: Any = RESULT, **names: Any
) -> Callable[..., Any]:
    """A Python function that does next to nothing, so that the cost of reaching it shows."""
    scratch: Names = {}
    names = {**names, "RESULT": result}
    exec(f"def {name}({signature}):\n    {body}\n    return RESULT", names, scratch)
    return scratch[name]  # type: ignore[no-any-return]


def lambda_(signature: str, relevant: str) -> Callable[..., Any]:
    """A NEP-18 dispatcher: all defaults None."""
    return eval(f"lambda {signature}: {relevant}")  # type: ignore[no-any-return]


# Plain ndarrays through a decorated function ------------------------------------------------------


class Duck:
    """An array class that takes every function over."""

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> str:
        return RESULT


def ducks(count: int) -> list[Any]:
    """Arrays of so many unrelated classes."""
    answer = Duck.__array_function__
    return [type(f"Duck{i}", (), {"__array_function__": answer})() for i in range(count)]


class Decorated(NamedTuple):
    """A row: a function and a call of it.

    Attributes
    ----------
    title : str
    relevant : str
        Its relevant arguments, which are its required ones too, by name.
    arguments : str
        Of the call, in which ``x`` is an ndarray.
    at_most : float or None
        Of the overhead of NumPy's C dispatcher.
    """

    title: str
    relevant: str
    arguments: str
    at_most: float | None = 0.75


def _rows_of_plain() -> Iterator[Decorated]:
    for count in range(1, 5):
        required = "abcd"[:count]
        relevant = ", ".join(required)
        by_position = ", ".join("x" * count)
        by_name = ", ".join(f"{name}=x" for name in required)
        mixed = ", ".join(["x", *(f"{name}=x" for name in required[1:])])
        plural = "s" if count > 1 else ""
        title = f"{count} relevant argument{plural}"
        yield Decorated(f"{title}, positional", relevant, by_position)
        yield Decorated(f"{title}, positional, option too", relevant, f"{by_position}, 3")
        yield Decorated(f"{title}, option by keyword", relevant, f"{by_position}, option=3")
        yield Decorated(f"{title}, keyword", relevant, by_name)
        if count > 1:
            yield Decorated(f"{title}, first positional, rest keyword", relevant, mixed)


PLAIN = tuple(_rows_of_plain())

#: Calls that leave the plain path, for information: no goal was set for them.
NOT_PLAIN = (
    Decorated("a Python scalar among 2", "a, b", "x, 2.0", None),
    Decorated("a list among 2", "a, b", "x, [1.0]", None),
    Decorated("an ndarray subclass among 2", "a, b", "x, matrix", None),
)


@contextlib.contextmanager
def _decorated(row: Decorated) -> Iterator[Names]:
    signature = f"{row.relevant}, option=2"
    dispatcher = lambda_(f"{row.relevant}, option=None", f"({row.relevant},)")
    implementation = function("implementation", signature)
    names: Names = {
        "implementation": implementation,
        "do": autoray.do,
        "name": peers.autoray_name(implementation),
        "namespaced": function(
            "namespaced",
            signature,
            f"array_namespace({row.relevant})",
            array_namespace=array_namespace,
        ),
        "x": np.ones(1),
        "matrix": np.ones((1, 1)).view(np.matrix),
    }
    for name, (maker, _) in peers.DECORATORS.items():
        names[_identifier(name)] = maker(implementation, dispatcher)
    yield names


def _identifier(name: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in name)


def _plain_case(section: str, row: Decorated) -> Case:
    by_position = row.arguments.startswith("x")
    calls = {DIRECT: Peer(f"implementation({row.arguments})")}
    for name, (_, needs_position) in peers.DECORATORS.items():
        if by_position or not needs_position:
            calls[name] = Peer(f"{_identifier(name)}({row.arguments})")
    if by_position:
        calls[AUTORAY] = Peer(f"do(name, {row.arguments})")
    if "[" not in row.arguments:  # no namespace has lists
        calls[NAMESPACE] = Peer(f"namespaced({row.arguments})")
    goals = () if row.at_most is None else (Goal(OURS, NUMPY, row.at_most),)
    return Case(section, row.title, partial(_decorated, row), calls, goals, is_result)


# Lists and many types ---------------------------------------------------------------------------


@contextlib.contextmanager
def _list_of(make: Callable[[], list[Any]]) -> Iterator[Names]:
    implementation = function("implementation", "arrays")
    dispatcher = lambda_("arrays", "arrays")
    names: Names = {"implementation": implementation, "arrays": make()}
    for name in (OURS, NUMPY, PYTHON):
        names[_identifier(name)] = peers.DECORATORS[name][0](implementation, dispatcher)
    names["namespaced"] = function(
        "namespaced", "arrays", "array_namespace(*arrays)", array_namespace=array_namespace
    )
    yield names


def _list_case(
    section: str, title: str, make: Callable[[], list[Any]], goals: tuple[Goal, ...], plain: bool
) -> Case:
    calls = {DIRECT: Peer("implementation(arrays)")}
    calls |= {name: Peer(f"{_identifier(name)}(arrays)") for name in (OURS, NUMPY, PYTHON)}
    if plain:
        calls[NAMESPACE] = Peer("namespaced(arrays)")
    return Case(section, title, partial(_list_of, make), calls, goals, is_result)


def _ndarrays() -> list[Any]:
    return [np.ones(1) for _ in range(1000)]


def _ducks_of_one_type() -> list[Any]:
    return [Duck() for _ in range(1000)]


@contextlib.contextmanager
def _concatenate() -> Iterator[Names]:
    yield {"np": np, "anp": arrayproto.numpy, "arrays": _ndarrays()}


LISTS = (
    _list_case("lists", "1000 ndarrays", _ndarrays, (Goal(OURS, NUMPY, 1.0),), True),
    _list_case("lists", "1000 duck arrays", _ducks_of_one_type, (Goal(OURS, NUMPY, 1.0),), False),
    Case(
        "lists",
        "concatenate 1000 ndarrays",
        _concatenate,
        # Whole calls: dispatch is a hundredth of them, and that of the two differs by less.
        {DIRECT: Peer("np.concatenate(arrays)"), EXPLICIT: Peer("anp.concatenate(arrays)")},
        (Goal(EXPLICIT, None, 0),),
        lambda result: result.shape == (1000,),
    ),
)

#: Cost against the number of types. The first one answers, so that what grows is the collecting.
TYPE_COUNTS = (1, 2, 8, 64)
#: One more type among many may cost this much of one more among few; a quadratic cost gives 8.
GROWTH_AT_MOST = 1.5
TYPES = tuple(
    _list_case("types", f"{n} type{'s' * (n > 1)}", partial(ducks, n), (), False)
    for n in TYPE_COUNTS
)


# The arrays of a library --------------------------------------------------------------------------


class LibraryRow(NamedTuple):
    """A library to measure.

    Attributes
    ----------
    name : str
        What arrayproto and autoray call it.
    module : str
    array : str
        Expression for the smallest array, over the module ``lib`` and ``np``.
    also : tuple of str
        Other modules that hold the library's functions: array_api_compat's.
    gpu : bool
    guest : bool
        Whether its classes have no protocol of their own.
    by_class : bool
        Whether arrayproto knows nothing of it but its class.
    ends : str
        The call of the function in its module that we end in, where the others end in the library's
        function of NumPy's name. It is replaced and timed in the same way.
    prepare : callable
        Sets it up.
    """

    name: str
    module: str
    array: str
    also: tuple[str, ...] = ()
    gpu: bool = False
    guest: bool = False
    by_class: bool = False
    ends: str = ""
    prepare: Callable[[], object] = lambda: None


LIBRARY_ROWS = (
    LibraryRow("sparse", "sparse", "lib.COO.from_numpy(np.ones((1, 1)))"),
    LibraryRow(
        "dask", "dask.array", "lib.ones((1, 1), chunks=1)", ("array_api_compat.dask.array",)
    ),
    LibraryRow("cupy", "cupy", "lib.ones((1, 1))", ("array_api_compat.cupy",), gpu=True),
)

GUEST_ROWS = (
    LibraryRow("jax", "jax.numpy", "lib.ones((1, 1))", guest=True, prepare=SUBJECTS["jax"].load),
    LibraryRow(
        "torch",
        "torch",
        "lib.ones((1, 1))",
        ("array_api_compat.torch",),
        guest=True,
        ends="matmul(x, x)",
    ),
    LibraryRow(
        "tensorflow", "tensorflow", "lib.ones((1, 1))", guest=True, ends="raw_ops.MatMul(a=x, b=x)"
    ),
    LibraryRow(
        "array_api_strict", "array_api_strict", "lib.ones((1, 1))", guest=True, by_class=True
    ),
)


class FunctionRow(NamedTuple):
    """A NumPy function and a call of it, in which ``x`` is an array of the library."""

    name: str
    arguments: str
    signature: str  # of the dispatcher
    relevant: str
    namespace_of: str
    goals: tuple[Goal, ...] = ()


FUNCTION_ROWS = (
    FunctionRow(
        "tensordot",
        "x, x",
        "a, b, axes=None",
        "(a, b)",
        "x, x",
        (
            Goal(ACTIVE, STOCK, 0.33),
            Goal(ACTIVE, AUTORAY, 0.5),
            Goal(ACTIVE, NAMESPACE, 0.5),
            Goal(EXPLICIT, STOCK, 0.2),
        ),
    ),
    FunctionRow("sum", "x, axis=0", "a, axis=None", "(a,)", "x"),
)

#: The axes are given where the library's own function wants them.
GUEST_FUNCTION_ROWS = {
    row.name: FunctionRow(
        "tensordot",
        "x, x, 1" if row.ends else "x, x",
        "a, b, axes=None",
        "(a, b)",
        # array_api_compat has no namespace for TensorFlow.
        "" if row.name == "tensorflow" else "x, x",
        (
            Goal(ACTIVE, AUTORAY, 0.5),
            *([] if row.name == "tensorflow" else [Goal(ACTIVE, NAMESPACE, 0.5)]),
        ),
    )
    for row in GUEST_ROWS
}


def gpu_missing() -> str | None:
    """Why CuPy cannot compute here, or None."""
    try:
        import cupy

        count = cupy.cuda.runtime.getDeviceCount()
    except ImportError as error:
        return f"CuPy cannot be imported: {error}"
    except Exception as error:  # cupy_backends' own errors
        return f"CuPy has no device: {error}"
    return None if count else "CuPy has no device"


def _missing(module: str) -> str | None:
    try:
        importlib.import_module(module)
    except ImportError as error:
        return f"{module} cannot be imported: {error}"
    return None


def nothing_like(real: Callable[..., Any], result: Any = RESULT) -> Callable[..., Any]:
    """A function with the same signature, if that is to be had, that does nothing."""
    try:
        signature = inspect.signature(real)
    except ValueError:  # of a function in C
        return function(real.__name__, "*args, **kwargs", result=result)
    parameters = signature.parameters.values()
    bare = [
        p.replace(annotation=p.empty, default=p.empty if p.default is p.empty else None)
        for p in parameters
    ]
    text = str(inspect.Signature(bare))
    made = function(real.__name__, text[1:-1], result=result)
    optional = [p for p in parameters if p.default is not p.empty]
    made.__defaults__ = tuple(p.default for p in optional if p.kind is not p.KEYWORD_ONLY)
    made.__kwdefaults__ = {p.name: p.default for p in optional if p.kind is p.KEYWORD_ONLY}
    made.__module__ = real.__module__
    return made


@contextlib.contextmanager
def _replaced(
    row: LibraryRow, name: str, stand_in_for: Callable[[Callable[..., Any]], Callable[..., Any]]
) -> Iterator[Callable[..., Any]]:
    """Put something in the place of a library's function, by whichever way it is reached.

    Yields
    ------
    callable
        What stands in for the function.
    """
    module, *also = (importlib.import_module(m) for m in (row.module, *row.also))
    real = getattr(module, name)
    stand_in = stand_in_for(real)
    with contextlib.ExitStack() as undone:
        for place in (module, *also):
            undone.callback(setattr, place, name, getattr(place, name))
            setattr(place, name, stand_in)
        if row.ends:
            path, _, end = row.ends.partition("(")[0].rpartition(".")
            place = attrgetter(path)(module) if path else module
            undone.callback(setattr, place, end, getattr(place, end))
            setattr(place, end, stand_in_for(getattr(place, end)))
        # What was resolved to the function already has to be forgotten.
        undone.callback(_forget, row)
        undone.callback(autoray.register_function, row.name, name, real)
        autoray.register_function(row.name, name, stand_in)
        _forget(row)
        yield stand_in


def _array(row: LibraryRow) -> Any:
    row.prepare()
    return eval(row.array, {"lib": importlib.import_module(row.module), "np": np})


@cache
def _answer(row: LibraryRow) -> Any:
    """What the functions of the library that do nothing return: as the real ones, an array of it."""
    return _array(row)


def _known(row: LibraryRow) -> Library:
    return library_of_class(type(_array(row))) if row.by_class else LIBRARIES[row.name]


def _forget(row: LibraryRow) -> None:
    library = _known(row)
    library.table.clear()
    for made in ("core", "shortcuts"):  # of the library's functions
        vars(library).pop(made, None)
    _duck_class.cache_clear()
    rows = f"arrayproto.libraries.{row.name}_"
    for module in [m for name, m in sys.modules.items() if name.startswith(rows)]:
        for value in vars(module).values():
            if hasattr(value, "cache_clear"):
                value.cache_clear()


#: What is timed of a call of a library's array: all of it, with the library's function replaced by
#: one that does nothing; what is spent outside that function; all of it.
DISPATCH_ONLY, REAL, WHOLE = "dispatch only", "real function", "whole call"


@contextlib.contextmanager
def _library(row: LibraryRow, called: FunctionRow, timed: str) -> Iterator[Names]:
    lib = importlib.import_module(row.module)
    x = _array(row)
    inside = timing.Inside() if timed == REAL else None
    stand_in_for = {
        DISPATCH_ONLY: lambda real: nothing_like(real, _answer(row)),
        REAL: inside and inside.timing,
        WHOLE: lambda real: real,
    }[timed]
    implementation = getattr(np, called.name)
    dispatcher = lambda_(called.signature, called.relevant)
    with _replaced(row, called.name, stand_in_for) as stand_in:
        yield {
            "inside": inside,
            "lib": lib,
            "np": np,
            "anp": arrayproto.numpy,
            "do": autoray.do,
            "array_namespace": array_namespace,
            "wrapper": peers.python_nep18(implementation, dispatcher),
            "single": peers.singledispatch(implementation, dispatcher, type(x), stand_in),
            "multimethod": peers.uarray_multimethod(implementation, dispatcher, type(x), stand_in),
            "x": x,
        }


def _library_case(row: LibraryRow, called: FunctionRow, timed: str) -> Case:
    call = f"{called.name}({called.arguments})"
    direct = OTHER_DIRECT if row.ends and timed != WHOLE else DIRECT
    calls = {
        DIRECT: Peer(f"lib.{call}"),
        OTHER_DIRECT: Peer(f"lib.{row.ends}"),
        STOCK: Peer(f"np.{call}"),
        ACTIVE: Peer(f"np.{call}", (row.name,), direct),
        EXPLICIT: Peer(f"anp.{call}", direct=direct),
        AUTORAY: Peer(f"do({called.name!r}, {called.arguments})"),
        NAMESPACE: Peer(f"array_namespace({called.namespace_of}).{call}"),
        PYTHON: Peer(f"wrapper({called.arguments})"),
        SINGLE: Peer(f"single({called.arguments})"),
        UARRAY: Peer(f"multimethod({called.arguments})"),
    }
    if direct == DIRECT:
        del calls[OTHER_DIRECT]
    if row.guest:  # without us NumPy coerces, and calls its own function
        del calls[STOCK], calls[PYTHON]
    if row.by_class:  # and registered it is not
        del calls[EXPLICIT]
    if not called.namespace_of:
        del calls[NAMESPACE]
    module = row.module

    def right(value: Any) -> bool:
        if timed == DISPATCH_ONLY:
            return value is _answer(row)
        return isinstance(value, _known(row).classes)

    return Case(
        f"{row.name}, {timed}",
        f"{module}: {call}",
        partial(_library, row, called, timed),
        calls,
        called.goals,
        right,
        row.gpu,
        gpu_missing if row.gpu else partial(_missing, module),
    )


LIBRARY_CASES = (
    *(
        _library_case(row, called, timed)
        for row in LIBRARY_ROWS
        for timed in (DISPATCH_ONLY, REAL)
        for called in FUNCTION_ROWS
    ),
    *(
        _library_case(row, GUEST_FUNCTION_ROWS[row.name], timed)
        for row in GUEST_ROWS
        for timed in (DISPATCH_ONLY, REAL)
    ),
    # Where we end in another function than the others do, what that takes counts too.
    *(
        _library_case(
            row,
            GUEST_FUNCTION_ROWS[row.name]._replace(
                arguments=arguments, goals=(Goal(ACTIVE, None, 0.0),)
            ),
            WHOLE,
        )
        for row in GUEST_ROWS
        if row.ends
        for arguments in ("x, x, 1", "x, x, 2", "x, x, ([-1], [0])")
    ),
)


# Plain ndarrays while something is active ---------------------------------------------------------


@contextlib.contextmanager
def _rebound(name: str) -> Iterator[Names]:
    import dask.array
    import sparse

    assert dask.array and sparse  # what is rebound is rebound for a library that is loaded
    # The original in a module of its own: found in the same way as np.isfortran is.
    original = types.ModuleType("original")
    setattr(original, name, getattr(np, name))
    yield {"np": np, "original": original, "x": np.ones((1, 1))}


ALL = tuple(row.name for row in LIBRARY_ROWS if not row.gpu)

#: Calls of functions that NumPy does not dispatch, and that are rebound where a library has them.
REBOUND = tuple(
    Case(
        "activated, ndarrays",
        f"np.{name}({arguments})",
        partial(_rebound, name),
        {
            DIRECT: Peer(f"original.{name}({arguments})"),
            ACTIVE: Peer(f"np.{name}({arguments})", ALL),
        },
        (Goal(ACTIVE, None, 80.0),),
        lambda result: result is False,
    )
    for name, arguments in (("isfortran", "x"), ("isfortran", "a=x"))
)

CASES: tuple[Case, ...] = (
    *(_plain_case("plain ndarrays", row) for row in PLAIN),
    *(_plain_case("not the plain path", row) for row in NOT_PLAIN),
    *LISTS,
    *TYPES,
    *REBOUND,
    *LIBRARY_CASES,
)
