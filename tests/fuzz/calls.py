"""Random calls of NumPy's public functions and ufuncs, right and wrong ones.

Values come from small tables: by the name of the parameter in most calls, so that many calls are
right, and from all of them in the others.
"""

from __future__ import annotations

import inspect

import numpy as np
from hypothesis import strategies as st

from arrayproto import catalog
from tests.fuzz.outcomes import Converts, Refuses


def _arrays():
    shapes = [(3,), (2, 3), (3, 3), (), (0,), (1,), (4,), (2, 2, 2), (0, 3), (1, 3)]
    for dtype in ("f8", "i8", "c16", "f4", "u1", "?", "O", "U3", "S2", "M8[D]", "m8[s]"):
        for shape in shapes[: 10 if dtype in ("f8", "i8") else 4]:
            size = int(np.prod(shape))
            yield (
                (np.arange(size) * 7 % 5 - (1 if dtype[0] in "fc" else 0))
                .reshape(shape)
                .astype(dtype)
            )
    yield np.array([1.0, np.nan, np.inf])
    yield np.asfortranarray(np.arange(6.0).reshape(2, 3))
    yield np.arange(8)[::-2]
    yield np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")])
    yield np.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0])
    yield np.matrix([[1, 2], [3, 4]])
    frozen = np.arange(3.0)
    frozen.flags.writeable = False
    yield frozen


ARRAYS = tuple(_arrays())
NUMERIC = tuple(a for a in ARRAYS if a.dtype.kind in "fi" and type(a) is np.ndarray)
INTEGERS = (0, 1, 2, -1, 3, -4, 7, None, True, 1.5, np.int64(1), 10**20)
AXES = (None, 0, -1, 1, (0,), (0, 1), (), 2, -4, (0, 0), 1.0, "0", np.int32(0))
SEQUENCES = (
    [np.arange(3.0), np.ones(3)],
    (np.ones((2, 3)), np.zeros((2, 3))),
    [np.ones((2, 2)), np.ones(2)],
    [1, 2, 3],
    [[1, 2], [3, 4]],
    [[1, 2], [3]],
    (),
    [],
    [np.ones((3, 3), "i4")],
    [np.arange(3), "text"],
    (np.arange(2), [5, 6], 7),
    ["a", "bc"],
    [None],
)
SCALARS = (0, 1, 2.5, -1j, True, np.float64(3), np.int8(-2), "text", b"bytes", None, 10**30)
TEXTS = (
    *("C", "F", "K", "A", "edge", "reflect", "wrap", "constant", "raise", "clip", "full", "same"),
    *("valid", "linear", "lower", "midpoint", "median_unbiased", "quicksort", "stable", "left"),
    *("right", "ortho", "forward", "fro", "nuc", "safe", "unsafe", "same_kind", "auto", "reduced"),
    *("fd", "complete", "r", "bogus", ""),
)
DTYPES = (None, float, int, "f4", "complex", bool, object, "i1", np.dtype("M8[D]"), "U5", "bogus")
STRANGE = (Refuses(), Converts(), {}, {1: 2}, slice(1, None), ..., range(3), object, np.sum, len)
CALLABLES = (np.sum, np.sort, len, np.mean, abs, None, 3)
SHAPES = ((2, 3), (6,), 6, (-1,), (3, 2), (0,), (), -1, (1, 1, 3), (2, -2), [3, 1], "shape")

#: The name of a parameter to what it mostly gets.
BY_NAME = {
    **dict.fromkeys(("axis", "axes", "source", "destination", "axis1", "axis2"), AXES),
    **dict.fromkeys(("dtype", "type", "t", "dt"), DTYPES),
    **dict.fromkeys(
        ("mode", "order", "kind", "method", "norm", "casting", "side", "UPLO", "trim", "ord"), TEXTS
    ),
    **dict.fromkeys(
        ("n", "k", "N", "M", "decimals", "offset", "num", "ddof", "deg", "m", "shift", "ndmin"),
        INTEGERS,
    ),
    **dict.fromkeys(("arrays", "tup", "arys", "seq", "xi", "ix", "args", "choicelist"), SEQUENCES),
    **dict.fromkeys(("shape", "newshape", "reps", "new_shape", "shapes", "s"), SHAPES),
    **dict.fromkeys(("func", "func1d", "function", "pyfunc"), CALLABLES),
    **dict.fromkeys(
        ("indices", "indices_or_sections", "ind", "obj", "repeats"), (*INTEGERS, *SEQUENCES)
    ),
    **dict.fromkeys(("keepdims", "endpoint", "copy", "subok", "density", "full"), (False, True, 1)),
    "bins": (3, [0, 1, 2], "auto", "bogus", 0, np.array([0.0, 2.0]), 10),
    "q": (50, 0.5, [0.1, 0.9], 2.0, -1),
    "where": (True, False, np.array([True, False, True]), None),
    "out": (None, np.zeros(3), np.zeros((2, 3)), np.zeros(()), np.zeros(3, "i4"), [0], ()),
    "subscripts": ("ij,jk", "i->", "ii", "i,i->i", "ij", "...", "bogus["),
}
ANY = (*ARRAYS, *SCALARS, *SEQUENCES, *INTEGERS, *AXES, *TEXTS[:8], *DTYPES, *STRANGE, *SHAPES)

#: What reads memory that nobody has written, files, or the machine; and what waits for a person.
LEFT_OUT = {
    *(
        "lib.stride_tricks.as_strided",
        "lib.array_utils.byte_bounds",
        "show_config",
        "show_runtime",
        "info",
        "get_include",
    ),
    *("load", "save", "savez", "savez_compressed", "savetxt", "loadtxt", "genfromtxt", "fromfile"),
    *("fromregex", "setbufsize", "seterr", "seterrcall", "set_printoptions", "printoptions"),
    *("rec.fromfile", "lib.recfunctions.recursive_fill_fields", "may_share_memory", "geterr"),
}


def names():
    """Functions by their names below ``numpy``, and ufuncs with their methods."""
    functions = [name for name in catalog.catalog() if name not in LEFT_OUT]
    methods = ("", "", "", ".reduce", ".outer", ".accumulate", ".at", ".reduceat")
    ufuncs = [f"{name}{method}" for name in catalog.ufuncs() for method in dict.fromkeys(methods)]
    return functions, ufuncs


def _parameters(name):
    entry = catalog.catalog().get(name)
    signature = entry.signature if entry is not None else None
    if signature is not None:
        return tuple(signature.parameters.values()), entry.relevant
    kinds = inspect.Parameter
    ufunc, _, method = name.partition(".")
    wanted = ("array",) if method in ("reduce", "accumulate") else ("array", "b", "indices")
    if not method:
        wanted = ("array", "b", "c")[: getattr(getattr(np, ufunc, None), "nin", 2)]
    positional = [kinds(n, kinds.POSITIONAL_ONLY) for n in wanted]
    optional = [
        kinds(n, kinds.KEYWORD_ONLY, default=None) for n in ("out", "dtype", "where", "axis")
    ]
    return (*positional, *optional), dict.fromkeys(wanted, "itself")


def _choice(table):
    # By index: hypothesis then shrinks to the first entry, and copies nothing.
    return st.integers(0, len(table) - 1).map(table.__getitem__)


@st.composite
def calls(draw, functions, ufuncs):
    """The name, the positional and the keyword arguments of one call."""
    name = draw(st.sampled_from(ufuncs if ufuncs and not draw(st.integers(0, 4)) else functions))
    parameters, relevant = _parameters(name)
    args, kwargs, by_position = [], {}, True
    for parameter in parameters:
        required = parameter.default is parameter.empty
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            if parameter.kind is parameter.VAR_POSITIONAL and by_position:
                args += draw(st.lists(_choice(ARRAYS), max_size=3))
            continue
        # A mistake now and then: an argument is missing.
        if draw(st.integers(0, 19)) == 0 if required else draw(st.integers(0, 3)):
            by_position = by_position and parameter.kind is parameter.POSITIONAL_ONLY
            continue
        value = draw(_value(parameter.name, relevant))
        positional = parameter.kind is not parameter.KEYWORD_ONLY and by_position
        if positional and (parameter.kind is parameter.POSITIONAL_ONLY or draw(st.integers(0, 3))):
            args.append(value)
        else:
            by_position = False
            kwargs[parameter.name] = value
    mistake = draw(st.integers(0, 39))
    if mistake == 0:
        args.append(draw(_choice(ANY)))
    elif mistake == 1:
        kwargs[draw(st.sampled_from(("bogus", "a", "axis", "out", "like")))] = draw(_choice(ANY))
    return name, tuple(args), kwargs


def _value(name, relevant):
    if name in BY_NAME:
        usual = BY_NAME[name]
    elif relevant.get(name) in ("items", "leaves"):
        usual = SEQUENCES
    elif name in relevant:
        usual = NUMERIC
    else:
        usual = (*INTEGERS, *SCALARS)
    tables = [usual] * 6 + [ARRAYS if name in relevant else usual, ARRAYS, SCALARS, ANY]
    return st.sampled_from(range(len(tables))).flatmap(lambda place: _choice(tables[place]))
