"""Our decorator and NumPy's, side by side on random classes, signatures and calls.

NumPy's own decorator is the oracle: the same dispatcher and implementation are decorated twice and
called alike. Outcome (value, or exception with its message) and the record of every override called
must be equal, but for the deviations in `KNOWN_DEVIATIONS`, each of which is undone in one place
and has a test in `test_deviations`. They are those of the generated Python: in C there are none.
"""

from __future__ import annotations

import abc
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy._core.overrides import _get_implementing_args
from numpy._core.overrides import array_function_dispatch as numpys_dispatch

from arrayproto import dispatch
from arrayproto.dispatch import array_function_dispatch, get_implementing_args

KNOWN_DEVIATIONS = {
    "shared": "with three or more relevant required parameters, one after the first that is given "
    "by keyword directly behind the positional ones is passed on by position",
    "count": "with two positional arguments too many, or one and a keyword, the numbers in "
    "Python's own message are the wrapper's, or it names a keyword that they have run into",
    "two mistakes": "of several mistakes in one call, the message may name another one",
}

quick = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


# Classes -----------------------------------------------------------------------------------------

FORMS = ["none", "inherit", "refuse", "answer", "raise", "static", "class"]
ROOTS = ["object", "ndarray"]


class AnswersForAll(type):
    """A metaclass that takes every object that has a ``mark`` for an instance."""

    def __instancecheck__(cls, instance):
        return hasattr(instance, "mark")


class Hides(type):
    """A metaclass that raises on every unknown attribute, as some lazy classes do."""

    def __getattr__(cls, name):
        raise RuntimeError(name)


METACLASSES = [type, type, type, abc.ABCMeta, AnswersForAll, Hides]


class Backwards(list):
    """A list that is not what its C structure says: what counts is how it iterates."""

    def __iter__(self):
        return reversed(self)


@dataclass
class World:
    """Classes and objects that both decorators see, and the record of what they did."""

    classes: list[type] = field(default_factory=list)
    record: list[Any] = field(default_factory=list)
    public: Any = None
    implementation: Any = None

    def name_of(self, func):
        if func is self.public:
            return "public"
        return "implementation" if func is self.implementation else func

    def method(self, form, number):
        answer, error = f"answer of {number}", LookupError(f"error of {number}")

        def __array_function__(self_or_cls, func, types, args, kwargs):
            ids = tuple(map(id, args)), {k: id(v) for k, v in kwargs.items()}
            self.record.append(
                ("override", number, id(self_or_cls), self.name_of(func), types, *ids)
            )
            if form == "raise":
                raise error
            return NotImplemented if form == "refuse" else answer

        if form == "static":
            return staticmethod(lambda func, types, args, kwargs: None)  # one argument too few
        return classmethod(lambda cls, *rest: answer) if form == "class" else __array_function__

    def add_class(self, form, metaclass, bases, pretends):
        namespace = {"mark": 1} if metaclass is AnswersForAll else {}
        if form not in ("none", "inherit"):
            namespace["__array_function__"] = self.method(form, len(self.classes))
        if pretends and self.classes:  # as proxies and mocks do
            other = self.classes[0]
            namespace["__class__"] = property(lambda self: other)
        chosen = tuple(dict.fromkeys(self.root(b) for b in bases))
        for attempt in (chosen, chosen[:1], (object,)):
            try:
                cls = metaclass(f"C{len(self.classes)}", attempt, dict(namespace))
            except TypeError:  # no consistent order of bases, or of metaclasses
                continue
            if metaclass is abc.ABCMeta and self.classes and not issubclass(cls, self.classes[-1]):
                cls.register(self.classes[-1])
            self.classes.append(cls)
            return

    def root(self, base):
        if isinstance(base, int) and self.classes:
            return self.classes[base % len(self.classes)]
        return np.ndarray if base == "ndarray" else object

    def objects(self):
        own = [
            np.ones(2).view(c) if issubclass(c, np.ndarray) else object.__new__(c)
            for c in self.classes
        ]
        plain = [np.ones(2), np.array(1), 1.5, None, "text", np.float64(2)]
        held = [[np.zeros(1)] * 6, [], (plain[0], 1.5), own[::-1], (*own, *own, plain[0])]
        return [*own, *plain, *held, Backwards([*plain, *own])]


@st.composite
def worlds(draw):
    world = World()
    base = st.one_of(st.sampled_from(ROOTS), st.integers(0, 4))
    for _ in range(draw(st.integers(0, 5))):
        world.add_class(
            draw(st.sampled_from(FORMS)),
            draw(st.sampled_from(METACLASSES)),
            draw(st.lists(base, min_size=1, max_size=3)),
            draw(st.integers(0, 7)) == 0,
        )
    return world


def outcome(call, *args, **kwargs):
    try:
        return "value", call(*args, **kwargs)
    except Exception as error:
        return "error", type(error), str(error)


class TestGetImplementingArgs:
    @quick
    @given(worlds(), st.data())
    def test_equals_numpys(self, world, data):
        relevant = data.draw(st.lists(st.sampled_from(world.objects()), max_size=10))
        form = data.draw(st.sampled_from([tuple, list, iter]))
        kind, theirs = outcome(_get_implementing_args, form(relevant))
        same_kind, ours = outcome(get_implementing_args, form(relevant))
        assert (kind, same_kind) == ("value", "value")
        assert list(map(id, ours)) == list(map(id, theirs))


# Functions ---------------------------------------------------------------------------------------


@dataclass
class Function:
    """The source of a dispatcher and an implementation, and what the tests need to know of them."""

    required: list[str]
    optional: list[str]
    only: list[str]
    positional_only: int
    relevant: list[str]
    dispatcher: str

    @property
    def names(self):
        return [*self.required, *self.optional, *self.only]

    def parameters(self, default):
        parts = [*self.required, *(f"{n}={default(n)}" for n in self.optional)]
        if self.positional_only:
            parts.insert(self.positional_only, "/")
        if self.only:
            parts += ["*", *(f"{n}={default(n)}" for n in self.only)]
        return ", ".join(parts)

    def body(self):
        wanted = "".join(f"{n}, " for n in self.relevant)
        first = self.relevant[0]
        return {
            "tuple": f"return ({wanted})",
            "list": f"return [{wanted}]",
            "generator": "; ".join(f"yield {n}" for n in self.relevant),
            "conditional": f"return ({wanted}) if {first} is not None else ({first},)",
            "itself": f"return {first}",
            "nested": f"yield from {first}",
            "raises": f"raise TypeError('not this ' + type({first}).__name__)",
            "counts": f"return len({first}), {first}",
            "many": f"return ({wanted}) * 3",
        }[self.dispatcher]

    def define(self, world, results):
        """The dispatcher and the implementation."""
        space = {f"default_{n}": results[n] for n in self.names}
        space["record"] = world.record
        bound = "".join(f"{n}, " for n in self.names)
        exec(
            f"def dispatcher({self.parameters(lambda n: None)}):\n    {self.body()}\n"
            f"def implementation({self.parameters('default_{}'.format)}):\n"
            f"    record.append(('implementation', ({bound})))\n    return record[-1]\n",
            space,
        )
        return space["dispatcher"], space["implementation"]

    @property
    def shares(self):
        return self.dispatcher == "tuple" and len(set(self.required) & set(self.relevant)) > 2


DISPATCHERS = ["tuple"] * 8 + [
    *("list", "generator", "conditional", "nested", "raises", "counts", "many"),
    *["itself"] * 3,
]


@st.composite
def functions(draw):
    required = [f"r{i}" for i in range(draw(st.integers(0, 5)))]
    optional = [f"o{i}" for i in range(draw(st.integers(0 if required else 1, 4)))]
    only = [f"k{i}" for i in range(draw(st.integers(0, 2)))]
    names = [*required, *optional, *only]
    relevant = draw(st.lists(st.sampled_from(names), min_size=1, max_size=5))
    if draw(st.booleans()):  # mostly as in NumPy: the first ones
        relevant = names[: draw(st.integers(1, 5))]
    return Function(
        required,
        optional,
        only,
        draw(st.one_of(st.just(0), st.integers(0, len(required + optional)))),
        relevant,
        draw(st.sampled_from(DISPATCHERS)),
    )


@st.composite
def call_forms(draw, function, objects):
    """Positional and keyword arguments of a call, right or wrong."""
    value = st.sampled_from(objects)
    by_position = [*function.required, *function.optional]
    count = draw(st.integers(0, len(by_position)))
    if draw(st.integers(0, 9)) == 0:
        count += draw(st.integers(1, 2 * len(function.names) + 4))
    args = tuple(draw(value) for _ in range(count))
    kwargs = {}
    if draw(st.integers(0, 3)):  # a right call, as far as it goes
        missing = function.required[count:]
        left = [n for n in function.names if n not in by_position[:count] and n not in missing]
        chosen = missing + [n for n in left if draw(st.booleans())]
    else:
        chosen = draw(st.lists(st.sampled_from([*function.names, "zzzzz", "_0", "_3"]), max_size=4))
    for name in draw(st.permutations(chosen)):
        kwargs[name] = None if draw(st.integers(0, 4)) == 0 else draw(value)
    return args, kwargs


def mistakes(function, args, kwargs):
    """All that is wrong with a call, one entry a mistake; Python names all missing ones at once."""
    by_position = [*function.required, *function.optional]
    given = by_position[: len(args)]
    return [
        *set(kwargs) - set(function.names),
        *set(kwargs) & {*given, *by_position[: function.positional_only]},
        *["missing"] * bool(set(function.required) - set(given) - set(kwargs)),
        *["many"] * (len(args) > len(by_position)),
    ]


def by_position(function, args, kwargs):
    """Undo the deviation "shared"."""
    args, kwargs = list(args), dict(kwargs)
    while args and len(args) < len(function.required) and function.required[len(args)] in kwargs:
        args.append(kwargs.pop(function.required[len(args)]))
    return tuple(args), kwargs


def normalised(function, record):
    if not function.shares:
        return record
    return [
        (*entry[:-2], *by_position(function, *entry[-2:])) if entry[0] == "override" else entry
        for entry in record
    ]


def run(world, public, args, kwargs):
    world.public, world.implementation = public, public._implementation
    world.record.clear()
    result = outcome(public, *args, **kwargs)
    return result, list(world.record)


def compare(world, function, pair, args, kwargs):
    ours, our_record = run(world, pair[0], args, kwargs)
    theirs, their_record = run(world, pair[1], args, kwargs)
    wrong = mistakes(function, args, kwargs)
    too_many = len(args) - len(function.required) - len(function.optional)
    in_c = dispatch.speed is not None
    if in_c:
        assert same(ours, theirs)
    elif len(wrong) > 1:  # "two mistakes"
        assert ours[:2] == theirs[:2] == ("error", TypeError)
    elif wrong == ["many"] and (too_many > 1 or kwargs):  # "count"
        assert ours[:2] == theirs[:2] == ("error", TypeError)
        assert re.search(r"takes .* given|multiple values", ours[2])
    else:
        assert same(ours, theirs)
    if wrong:
        assert our_record == their_record == []
    if not in_c:
        our_record, their_record = (normalised(function, r) for r in (our_record, their_record))
    assert same(our_record, their_record)


def same(left, right):
    """Equality by identity for all that is not a container of our own."""
    if type(left) is not type(right):
        return False
    if isinstance(left, (tuple, list)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[k], right[k]) for k in left)
    return left is right or (isinstance(left, (str, int, bool)) and left == right)


class TestCalls:
    @settings(quick, max_examples=200)
    @given(worlds(), functions(), st.data())
    def test_equals_numpys(self, world, function, data):
        objects = world.objects()
        dispatcher, implementation = function.define(world, dict.fromkeys(function.names, object()))
        pair = [
            decorate(dispatcher, module="my")(implementation)
            for decorate in (array_function_dispatch, numpys_dispatch)
        ]
        for _ in range(8):
            args, kwargs = data.draw(call_forms(function, objects))
            compare(world, function, pair, args, kwargs)

    @quick
    @given(functions(), st.data())
    def test_plain_arrays(self, function, data):
        # Nearly all real calls: right ones, on ndarrays. The generated plain path must bind alike.
        world = World()
        dispatcher, implementation = function.define(world, {n: object() for n in function.names})
        pair = [
            decorate(dispatcher)(implementation)
            for decorate in (array_function_dispatch, numpys_dispatch)
        ]
        arrays = [np.array([i]) for i in range(8)] + [None, [np.ones(1)] * 2, (np.ones(1),) * 7]
        for _ in range(8):
            args, kwargs = data.draw(call_forms(function, arrays))
            compare(world, function, pair, args, kwargs)

    @quick
    @given(worlds(), functions(), functions(), st.data())
    def test_unverified_dispatchers(self, world, function, other, data):
        # verify=False: the dispatcher has another signature, or only other defaults.
        objects = world.objects()
        defaults = dict.fromkeys([*function.names, *other.names], object())
        _, implementation = function.define(world, defaults)
        if data.draw(st.booleans()):
            other = function
        dispatcher, _ = other.define(world, defaults)
        if other is function:
            value = st.sampled_from(objects)
            dispatcher.__defaults__ = tuple(data.draw(value) for _ in function.optional)
        pair = [
            decorate(dispatcher, verify=False)(implementation)
            for decorate in (array_function_dispatch, numpys_dispatch)
        ]
        for _ in range(4):
            compare(world, other, pair, *data.draw(call_forms(function, objects)))

    @quick
    @given(worlds(), st.data())
    def test_variadic(self, world, data):
        objects = world.objects()
        record = world.record

        def implementation(*args, **kwargs):
            record.append(("implementation", args, kwargs))
            return "original"

        dispatcher = data.draw(
            st.sampled_from([lambda *args, **kwargs: args, lambda *args, **kwargs: kwargs.values()])
        )
        pair = [
            decorate(dispatcher, verify=False)(implementation)
            for decorate in (array_function_dispatch, numpys_dispatch)
        ]
        args = data.draw(st.lists(st.sampled_from(objects), max_size=9))
        kwargs = data.draw(st.dictionaries(st.sampled_from("abc_"), st.sampled_from(objects)))
        ours, theirs = (run(world, public, args, kwargs) for public in pair)
        assert same(ours, theirs)

    @quick
    @given(worlds(), st.data())
    def test_like(self, world, data):
        objects = world.objects()
        record = world.record

        def implementation(n, scale=2, *, like=None):
            record.append(("implementation", n, scale, like))
            return "original"

        pair = [d()(implementation) for d in (array_function_dispatch, numpys_dispatch)]
        args = data.draw(st.lists(st.sampled_from(objects), min_size=1, max_size=5))
        kwargs = data.draw(
            st.dictionaries(st.sampled_from(["n", "scale", "zz"]), st.sampled_from(objects))
        )
        ours, theirs = (run(world, public, args, kwargs) for public in pair)
        assert same(ours, theirs)
