"""The public functions of the NumPy that is installed, and their relevant arguments.

Nothing here is kept by hand but the names of NumPy's public modules: functions, signatures and
relevant arguments are read from NumPy itself, so that a new NumPy release needs no edit.

- The relevant arguments of a function that NumPy dispatches are found by calling it with probes:
  objects that implement ``__array_function__`` and note for which arguments they were asked. Where
  none counts, NumPy's implementation gets objects that it can make nothing of, and raises.
- Those of the other functions are read from their numpydoc docstrings ("array_like"). Under
  ``python -OO`` there are none, and these functions then count as having no relevant arguments.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import re
import sys
import types
from collections.abc import Callable, Iterator
from keyword import iskeyword
from typing import Any, Literal

import numpy as np

from .accelerator import original
from .private import ArrayFunctionDispatcher

#: NumPy's public modules whose functions take arrays, the canonical one of each name first.
#: `numpy.ma` has an array class and a dispatch of its own; the others hold no array functions.
MODULES = (
    "numpy",
    "numpy.linalg",
    "numpy.fft",
    "numpy.lib.scimath",
    "numpy.lib.stride_tricks",
    "numpy.lib.array_utils",
    "numpy.lib",
    "numpy.lib.recfunctions",
    "numpy.strings",
    "numpy.char",
    "numpy.rec",
    "numpy.polynomial",
    "numpy.polynomial.polynomial",
    "numpy.polynomial.chebyshev",
    "numpy.polynomial.legendre",
    "numpy.polynomial.laguerre",
    "numpy.polynomial.hermite",
    "numpy.polynomial.hermite_e",
    "numpy.polynomial.polyutils",
    "numpy.random",
)

#: `numpy.emath` is an attribute, not a module that can be imported under that name.
ALIASES = {"numpy.emath": "numpy.lib.scimath"}

Depth = Literal["itself", "items", "leaves"]


class PublicFunction:
    """One public function of NumPy.

    Attributes
    ----------
    name : str
        Where it lives below ``numpy``, for example ``"linalg.norm"``.
    function : callable
        NumPy's own object.
    places : tuple of (module, str)
        Every public place that holds it.
    dispatched : bool
        Whether NumPy itself dispatches it with ``__array_function__`` (on its relevant arguments
        or, for creation functions, on ``like=``).
    """

    def __init__(
        self,
        name: str,
        function: Callable[..., Any],
        places: tuple[tuple[types.ModuleType, str], ...],
        dispatched: bool,
    ) -> None:
        self.name, self.function, self.places, self.dispatched = name, function, places, dispatched

    def __repr__(self) -> str:
        return f"<numpy.{self.name}>"

    @functools.cached_property
    def signature(self) -> inspect.Signature | None:
        """Its signature, or None where a function written in C does not tell."""
        try:
            signature = inspect.signature(self.function)
        except (TypeError, ValueError):
            return None
        if isinstance(self.function, ArrayFunctionDispatcher) and len(signature.parameters) == 1:
            return _as_dispatched(self.function, signature)
        return signature

    @functools.cached_property
    def relevant(self) -> dict[str, Depth]:
        """Relevant arguments by name, and where in each to look for arrays.

        ``"itself"``: the argument; ``"items"``: the items of the list or tuple; ``"leaves"``: of
        nested lists, as in `numpy.block`.
        """
        if self.signature is None:
            return {}
        read = _probe if isinstance(self.function, ArrayFunctionDispatcher) else _documented
        return read(self.function, self.signature)

    @property
    def overridable(self) -> bool:
        """Whether there can be an argument to dispatch on.

        A dispatched function whose signature NumPy does not tell (those written in C, before
        NumPy 2.4) counts as one: then every argument is looked at.
        """
        unknown = self.signature is None and isinstance(self.function, ArrayFunctionDispatcher)
        return bool(self.relevant) or unknown


@functools.cache
def catalog() -> dict[str, PublicFunction]:
    """All public functions of NumPy by name, module by module.

    Ufuncs and classes are not functions in this sense: ufuncs have a protocol of their own.

    Returns
    -------
    dict of str to PublicFunction
    """
    places: dict[int, list[tuple[types.ModuleType, str]]] = {}
    functions: dict[int, Callable[..., Any]] = {}
    for module, attribute, value in _public_callables():
        places.setdefault(id(value), []).append((module, attribute))
        functions[id(value)] = value
    overridable = {id(f) for f in _overridable()}
    entries = {}
    for key, found in places.items():
        own = functions[key].__name__
        home = sys.modules.get(getattr(functions[key], "__module__", None) or "")
        module, attribute = (home, own) if home and (home, own) in found else found[0]
        # An alias (numpy.concat) goes under the name that the function itself bears.
        attribute = own if (module, own) in found else attribute
        name = f"{module.__name__}.{attribute}".removeprefix("numpy.")
        entries[name] = PublicFunction(name, functions[key], tuple(found), key in overridable)
    return entries


@functools.cache
def by_function() -> dict[Callable[..., Any], PublicFunction]:
    """The same by function."""
    return {entry.function: entry for entry in catalog().values()}


def find_public(function: Any) -> PublicFunction | None:
    """The entry of one function, without reading all the others.

    Parameters
    ----------
    function : object

    Returns
    -------
    PublicFunction or None
        None if it is not a function of one of NumPy's public modules.
    """
    if not callable(function) or isinstance(function, (type, np.ufunc)):
        return None
    home = getattr(function, "__module__", None) or ""
    name = getattr(function, "__name__", "")
    module = sys.modules.get(home)
    if home in MODULES and module and original(vars(module).get(name)) is function:
        qualified = f"{home}.{name}".removeprefix("numpy.")
        dispatched = isinstance(function, ArrayFunctionDispatcher)
        return PublicFunction(qualified, function, ((module, name),), dispatched)
    # It does not say where it lives: look through everything.
    return by_function().get(function) if home.partition(".")[0] in ("numpy", "") else None


def ufuncs() -> dict[str, np.ufunc]:
    """The public ufuncs of ``numpy`` by name, aliases left out."""
    found: dict[int, np.ufunc] = {}
    for name in sorted(vars(np)):
        value = getattr(np, name)
        if isinstance(value, np.ufunc) and not name.startswith("_"):
            found.setdefault(id(value), value)
    return {u.__name__: u for u in found.values()}


def ufuncs_of_text() -> dict[str, np.ufunc]:
    """The public ufuncs that ``numpy`` itself does not show: those of `numpy.strings`."""
    strings = getattr(np, "strings", None) or np.char
    own = set(map(id, ufuncs().values()))
    return {
        f"strings.{name}": value
        for name, value in sorted(vars(strings).items())
        if isinstance(value, np.ufunc) and name[0] != "_" and id(value) not in own
    }


def generators() -> dict[str, Callable[..., Any]]:
    """The public functions of ``numpy.random`` by name; none of them is ever dispatched.

    They are bound methods of one generator, and no functions of arrays: `catalog` leaves them out.
    """
    module = np.random
    return {
        f"random.{name}": getattr(module, name)
        for name in sorted(module.__all__)
        if not isinstance(getattr(module, name), type)
    }


def _public_callables() -> Iterator[tuple[types.ModuleType, str, Any]]:
    for module_name in MODULES:
        try:
            module = importlib.import_module(module_name)
        except ImportError:  # a NumPy that has not got this module (yet, or any more)
            continue
        for name in sorted(getattr(module, "__all__", None) or dir(module)):
            value = original(getattr(module, name, None))
            if name.startswith("_") or not callable(value):
                continue
            # Methods of the global RandomState are bound methods, not functions of arrays.
            if isinstance(value, (type, np.ufunc)) or module_name == "numpy.random":
                continue
            if not hasattr(value, "__name__"):  # an object that can be called: numpy.test
                continue
            if getattr(value, "__module__", "").partition(".")[0] == "numpy":
                yield module, name, value


def _overridable() -> set[Callable[..., Any]]:
    from numpy.testing.overrides import get_overridable_numpy_array_functions

    return set(get_overridable_numpy_array_functions())


# Reading relevant arguments --------------------------------------------------------------------


def _as_dispatched(function: Callable[..., Any], signature: inspect.Signature) -> inspect.Signature:
    """The signature of a function of one argument, which its dispatcher may take by position only.

    So it is with `numpy.unique_values` and its kin; NumPy shows the implementation's signature.
    """
    (parameter,) = signature.parameters.values()
    probe = type("Probe", (), {"__array_function__": lambda *_: None})()
    try:
        function(**{parameter.name: probe})
    except TypeError as error:
        if "positional-only" in str(error):
            return signature.replace(parameters=[parameter.replace(kind=parameter.POSITIONAL_ONLY)])
    return signature


def _probe(function: Callable[..., Any], signature: inspect.Signature) -> dict[str, Depth]:
    """Call a dispatched function with probes; its dispatcher shows them which arguments count."""
    asked: dict[type, None] = {}  # in the order in which they were asked about

    def note(self: Any, func: Any, types: Any, args: Any, kwargs: Any) -> None:
        # Where no probe counted, NumPy's implementation runs, and other functions ask.
        if func is function:
            asked.update(dict.fromkeys(types))

    classes: dict[str, dict[str, type]] = {}
    for name in signature.parameters:
        item = type(f"Item_{name}", (), {"__array_function__": note})
        members = {
            "__array_function__": note,
            "__iter__": lambda self, item=item: iter([item()]),
            "__getitem__": lambda self, index, item=item: item(),  # np.stack wants a sequence
        }
        classes[name] = {"itself": type(f"Probe_{name}", (), members), "item": item}
        classes[name]["leaf"] = type(f"Leaf_{name}", (), {"__array_function__": note})
    styles: tuple[Callable[[dict[str, type]], Any], ...] = (
        lambda made: made["itself"](),
        lambda made: [made["item"]()],
        lambda made: (made["item"](),),
        lambda made: [made["item"](), made["item"]()],  # the bins of np.histogram2d
        lambda made: [[made["leaf"]()]],
    )
    for style in styles:
        args, kwargs = [], {}
        for name, parameter in signature.parameters.items():
            if parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_KEYWORD):
                kwargs[name] = style(classes[name])
            else:
                args.append(style(classes[name]))
        try:
            function(*args, **kwargs)
        except Exception:  # noqa: S112 - a dispatcher that cannot read this style of probe
            continue
    found: dict[str, Depth] = {}
    order = {cls: place for place, cls in enumerate(asked)}
    places = {
        name: min(order[cls] for cls in made.values() if cls in order)
        for name, made in classes.items()
        if not order.keys().isdisjoint(made.values())
    }
    for name in sorted(places, key=places.__getitem__):
        made = classes[name]
        if made["leaf"] in asked:
            found[name] = "leaves"
        elif made["item"] in asked:
            found[name] = "items"
        elif made["itself"] in asked:
            found[name] = "itself"
    return found


# Of numpydoc: the line under a title. (One expression for a section takes many times as long.)
_UNDERLINE = re.compile(r"\n[ ]*-{3,}[ ]*\n")
_ARRAYS = re.compile(r"\b(?:array[_-]like|ndarray)\b")  # NumPy 2.0 has hyphens too


def documented_arguments(function: Callable[..., Any]) -> list[str]:
    """Arguments of a function whose numpydoc type says that they are arrays.

    Parameters
    ----------
    function : callable

    Returns
    -------
    list of str
        Empty if the docstring, or its list of parameters, is missing.
    """
    before, title, after = (function.__doc__ or "").partition("Parameters\n")
    own = _UNDERLINE.match("\n" + after) if title else None
    if own is None:
        return []
    indent = before[before.rfind("\n") + 1 :]
    following = _UNDERLINE.search(after, own.end() - 1)
    body = after[own.end() - 1 : following.start() if following else None]
    found: list[str] = []
    for line in body.splitlines():
        # `activate` reads hundreds of these: most lines are told apart by what is cheap.
        if "array" in line and " : " in line:
            names, _, kind = line.removeprefix(indent).partition(" : ")
            if names[:1].strip() and _ARRAYS.search(kind):
                found += [name.strip() for name in names.split(",")]
    return found


#: What the docstrings do not tell of functions that NumPy does not dispatch.
_UNDOCUMENTED: dict[str, dict[str, Depth]] = {
    "numpy.iterable": {"y": "itself"},
    "numpy.mintypecode": {"typechars": "items"},
    "numpy.bmat": {"obj": "leaves"},
    "numpy.polynomial.polyutils.as_series": {"alist": "items"},
    "numpy.polynomial.polyutils.trimseq": {"seq": "itself"},
    "numpy.rec.fromarrays": {"arrayList": "items"},
}


def is_undispatched(function: Any) -> bool:
    """Whether a function of NumPy's takes arrays, and NumPy asks none of them.

    Parameters
    ----------
    function : object
    """
    return (
        isinstance(function, types.FunctionType)
        and "like" not in function.__code__.co_varnames
        and function.__module__.startswith("numpy")
        and (
            f"{function.__module__}.{function.__name__}" in _UNDOCUMENTED
            or bool(documented_arguments(function))
        )
    )


def _documented(function: Callable[..., Any], signature: inspect.Signature) -> dict[str, Depth]:
    if "like" in signature.parameters or isinstance(function, types.BuiltinFunctionType):
        return {}  # creation functions: NumPy dispatches them on like=
    known = _UNDOCUMENTED.get(f"{function.__module__}.{function.__name__}")
    if known is not None:
        return known
    return {n: "itself" for n in documented_arguments(function) if n in signature.parameters}


# A dispatcher, in NEP-18's sense, made of what was read ----------------------------------------


def _items(value: Any) -> tuple[Any, ...]:
    return tuple(value) if type(value) in (list, tuple) else (value,)


def _leaves(value: Any) -> tuple[Any, ...]:
    if type(value) is not list:  # np.block nests lists; a tuple is an error of the caller
        return (value,)
    return tuple(leaf for item in value for leaf in _leaves(item))


def _every_argument(*args: Any, **kwargs: Any) -> tuple[Any, ...]:
    values = [*args, *kwargs.values()]
    return tuple(leaf for value in values for item in _items(value) for leaf in _items(item))


def dispatcher_of(entry: PublicFunction) -> Callable[..., tuple[Any, ...]]:
    """A dispatcher with the function's own signature that returns its relevant arguments.

    Parameters
    ----------
    entry : PublicFunction

    Returns
    -------
    function
        Every default is None, as NEP-18 wants it. Lists and tuples are looked into where NumPy
        does; other iterables are not, since looking would use them up. Where NumPy does not tell
        a signature, every argument counts.
    """
    signature = entry.signature
    if signature is None:
        return _every_argument
    parameters, results = [], []
    for name, parameter in signature.parameters.items():
        if not name.isidentifier() or iskeyword(name):
            raise ValueError(f"cannot generate a dispatcher for {entry.name}{signature}")
        default = parameter.empty if parameter.default is parameter.empty else None
        parameters.append(parameter.replace(default=default, annotation=parameter.empty))
    for name, depth in entry.relevant.items():  # in NumPy's order: it says who is asked first
        parameter = signature.parameters[name]
        if parameter.kind is parameter.VAR_POSITIONAL:
            results.append(f"*{name}")
        elif parameter.kind is parameter.VAR_KEYWORD:
            results.append(f"*{name}.values()")
        else:
            results.append(
                {"itself": name, "items": f"*_items({name})", "leaves": f"*_leaves({name})"}[depth]
            )
    bare = str(inspect.Signature(parameters)).strip("()").removesuffix(")")
    source = f"lambda {bare}: ({''.join(r + ', ' for r in results)})"
    dispatcher = eval(
        compile(source, "<arrayproto dispatcher>", "eval"), {"_items": _items, "_leaves": _leaves}
    )
    dispatcher.__name__ = dispatcher.__qualname__ = entry.function.__name__
    return dispatcher  # type: ignore[no-any-return]
