"""What is replaced in one module of an adopted package."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Set
from typing import Any

import numpy as np

from ..patching import ABSENT
from . import compiled, flavour
from .consumer import Row, holder_of
from .registry import find_consumers

#: A holder, the name of an attribute, and what takes its place.
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
            if before is not ABSENT:
                ours = row.make(before, namespace)
                if ours is before:
                    continue
                special[id(holder), attribute] = holder, attribute, ours
    if not all(consumer.calls_numpy for consumer in consumers):
        return list(special.values())
    found = [place for place in _numpys(module, chosen) if (id(place[0]), place[1]) not in special]
    return [*found, *special.values()]


def _held(holder: Any, attribute: str) -> Any:
    if isinstance(holder, types.CellType):
        return holder.cell_contents
    return vars(holder).get(attribute, ABSENT)


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


def restored(
    module: types.ModuleType, made: Mapping[int, tuple[Any, Any]], cells: Set[int]
) -> None:
    """Put NumPy's objects back that a module has copied from adopted ones while it was imported.

    Parameters
    ----------
    module : module
    made : mapping of int to (object, object)
        The ids of what took the place of something, to it and to what was there.
    cells : set of int
        The ids of variables in closures that belong to modules that are adopted.
    """
    for attribute, value in list(vars(module).items()):
        if id(value) in made:
            _put(module, attribute, made[id(value)][1])
        elif isinstance(value, types.FunctionType):
            _restore_closure(value, made, cells)
        elif isinstance(value, type) and value.__module__ == module.__name__:
            for name, member in list(vars(value).items()):
                static = isinstance(member, staticmethod)
                function = member.__func__ if static else member
                if id(function) in made:
                    before = made[id(function)][1]
                    _put(value, name, staticmethod(before) if static else before)
                elif isinstance(function, types.FunctionType):
                    _restore_closure(function, made, cells)


def _put(holder: Any, name: str, before: Any) -> None:
    if before is ABSENT:
        delattr(holder, name)
    else:
        setattr(holder, name, before)


def _restore_closure(
    function: types.FunctionType, made: Mapping[int, tuple[Any, Any]], cells: Set[int]
) -> None:
    for cell in function.__closure__ or ():
        try:
            held = made.get(id(cell.cell_contents))
        except ValueError:  # empty
            continue
        if held is not None and held[1] is not ABSENT and id(cell) not in cells:
            cell.cell_contents = held[1]
