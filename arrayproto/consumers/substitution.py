"""What is replaced in one module of an adopted package."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..catalog import original
from . import compiled, flavour
from .consumer import Row, holder_of
from .registry import find_consumers

#: Names by which modules hold NumPy's modules and functions that are replaced in any case.
Place = tuple[Any, str, Any]


def substituted(module: types.ModuleType, chosen: flavour.Flavour) -> list[Place]:
    """Attributes of a module, of its classes and closures, with what takes their places.

    Parameters
    ----------
    module : module
        Loaded.
    chosen : Flavour

    Returns
    -------
    list of (holder, name, replacement)
        The holder is the module, one of its classes, or a cell.
    """
    name = module.__name__
    consumers = find_consumers(name)
    if any(name in consumer.keeps for consumer in consumers):
        return []
    special: dict[tuple[int, str], Place] = {}
    namespace = flavour.namespace("numpy", chosen)
    for consumer in consumers:
        anywhere = (Row(n, make) for n, make in consumer.names.items() if n in vars(module))
        for row in (*anywhere, *consumer.rows.get(name, ())):
            try:
                holder, attribute = holder_of(name, row.path)
            except AttributeError:
                continue  # another version of the consumer
            before = _held(holder, attribute)
            if before is not _ABSENT:
                ours = row.make(before, namespace)
                special[id(holder), attribute] = holder, attribute, ours
    found = [place for place in _numpys(module, chosen) if (id(place[0]), place[1]) not in special]
    return [*found, *special.values()]


_ABSENT = object()


def _held(holder: Any, attribute: str) -> Any:
    if isinstance(holder, types.CellType):
        return holder.cell_contents
    return vars(holder).get(attribute, _ABSENT)


def _numpys(module: types.ModuleType, chosen: flavour.Flavour) -> Iterator[Place]:
    """What is NumPy's in a module, or compiled."""
    places, name = flavour.places(), module.__name__
    root = name.partition(".")[0]
    has_numpy = False
    for attribute, value in list(vars(module).items()):
        # Most values are told by one look-up.
        place = places.get(id(value))
        if place is not None:
            has_numpy = True
            yield module, attribute, flavour.of_place(place, chosen)
        elif value is np.ndarray:
            has_numpy = True
        elif attribute.startswith("__"):
            continue
        elif isinstance(value, types.FunctionType):
            # A decorator of another module of the package may have made it.
            if value.__closure__ and (value.__module__ or "").partition(".")[0] == root:
                yield from _in_closure(value, chosen)
        elif isinstance(value, type):
            if value.__module__ == name:
                yield from _in_class(value, chosen)
        else:
            value = original(value) if type(value).__module__ == "arrayproto.rebinding" else value
            guarded = compiled.guard(value, root, chosen.fallback)
            if guarded is not None:
                yield module, attribute, guarded
    if has_numpy and "isinstance" not in vars(module):
        yield module, "isinstance", flavour.isinstance


def _in_closure(function: types.FunctionType, chosen: flavour.Flavour) -> Iterator[Place]:
    for cell in function.__closure__ or ():
        try:
            place = flavour.places().get(id(cell.cell_contents))
        except ValueError:  # empty
            continue
        if place is not None:
            yield cell, "cell_contents", flavour.of_place(place, chosen)


def _in_class(cls: type, chosen: flavour.Flavour) -> Iterator[Place]:
    places = flavour.places()
    for attribute, value in list(vars(cls).items()):
        static = isinstance(value, staticmethod)
        function = value.__func__ if static else value
        place = places.get(id(function))
        if isinstance(function, types.FunctionType) and function.__closure__:
            yield from _in_closure(function, chosen)
        if place is not None:
            ours = flavour.of_place(place, chosen)
            yield cls, attribute, staticmethod(ours) if static else ours
