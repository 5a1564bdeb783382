"""Source of the wrapper that `array_function_dispatch` generates from a signature.

A wrapper must do two things that pull in opposite directions. Where all arguments are plain
ndarrays it may cost no more than a few type checks, so it needs named parameters: ``*args,
**kwargs`` alone cost more than NumPy's C dispatcher. Where an argument overrides, NEP-18 wants the
arguments *as they were passed*: positional ones in ``args``, keywords in ``kwargs``, defaults not
filled in; named parameters forget that. So each parameter has two slots: one that only a
positional argument can reach, and one that only a keyword can reach::

    def tensordot(_0, _1, _2, _3, /, a, b, axes):     # the default of each is MISSING
                  ^ positional: a, b, axes
                              ^ one too many
                                     ^ keywords

Positional arguments fill the slots from the left, so that the first empty one tells how many there
were, and every slot that is filled behind it is a keyword.

With three or more relevant required arguments, the checks that the keyword slots are empty would
cost more than the rest of the wrapper. There the required arguments after the first have a single
slot under their own name, and ``f(x, b=y)`` is passed on as ``f(x, y)``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from keyword import iskeyword
from types import BuiltinFunctionType, CodeType, FunctionType
from typing import Any

import numpy as np

#: Where Python says that the generated code is. It is what NumPy called its own generated code, and
#: torch.compile leaves out code of that name: it would read constants that it has no notion of.
FILENAME = "<__array_function__ internals>"
#: For the attribute ``autograph_info__``. TensorFlow rewrites the functions that a `tf.function`
#: calls, but for those that have it: the generated ones have no source, and look at who called.
NOT_REWRITTEN: dict[str, Any] = {}

POSITIONAL_ONLY = inspect.Parameter.POSITIONAL_ONLY
KEYWORD_ONLY = inspect.Parameter.KEYWORD_ONLY
VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class _Missing:
    """Default of every slot: not passed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<not passed>"


MISSING = _Missing()


# What the plain path uses at every step are constants of its code: a constant costs a third less
# than a global. Source can only write literals, so each stands in it as a marker, which the
# finished code has replaced. A bare literal that is called or compared by identity draws a
# SyntaxWarning; as one arm of a condition, which the compiler folds away, it does not.
def _marker(name: str) -> str:
    return f"({'<' + name + '>'!r} if 1 else 0)"


_MISSING, _NDARRAY, _TYPE, _LEN, _LIST, _TUPLE = map(
    _marker, ("missing", "ndarray", "type", "len", "list", "tuple")
)
_PLAIN, _SEEN_BY_NUMPY, _REGISTRY = map(_marker, ("plain", "seen by numpy", "registry"))
_CONSTANTS = {
    "<missing>": MISSING,
    "<ndarray>": np.ndarray,
    "<type>": type,
    "<len>": len,
    "<list>": list,
    "<tuple>": tuple,
}


def _finish(code: CodeType, values: Mapping[str, Any], names: dict[str, str]) -> CodeType:
    """The code with its markers replaced, and its slots renamed so that no keyword meets them."""
    return code.replace(
        co_consts=tuple(values.get(c, c) if isinstance(c, str) else c for c in code.co_consts),
        co_varnames=tuple(names.get(name, name) for name in code.co_varnames),
    )


class Slots:
    """Where each parameter of a signature arrives in the generated function.

    ``prefix`` begins every name of ours in the generated code, and no parameter's.
    """

    def __init__(
        self, signature: inspect.Signature, relevant: Mapping[str, str], fills: bool = True
    ) -> None:
        #: Whether a default may be passed for an argument that was not: C code need not treat the
        #: default that its signature shows like nothing at all (`numpy.busday_offset`).
        self.fills = fills
        #: Relevant arguments that are arrays themselves, and those that hold arrays.
        self.relevant = frozenset(n for n, depth in relevant.items() if depth == "itself")
        self.items = frozenset(n for n, depth in relevant.items() if depth == "items")
        self.deeper = len(relevant) > len(self.relevant) + len(self.items)
        self.positional: list[str] = []
        self.keyword: dict[str, str] = {}
        parameters = signature.parameters.values()
        self.prefix = "_"
        while any(p.name.startswith(self.prefix) for p in parameters):
            self.prefix += "_"
        self.by_position = [p for p in parameters if p.kind is not KEYWORD_ONLY]
        self.required = [p.name for p in self.by_position if p.default is p.empty]
        self.optional = self.by_position[len(self.required) :]
        self.only_keyword = [p for p in parameters if p.kind is KEYWORD_ONLY]
        #: What a keyword may set, beyond the required arguments.
        self.options = [p for p in self.optional if p.kind is not POSITIONAL_ONLY]
        self.options += self.only_keyword
        self.sharing = sum(name in self.relevant for name in self.required) > 2
        for index, parameter in enumerate(self.by_position):
            by_name = parameter.kind is not POSITIONAL_ONLY
            shared = self.sharing and by_name and 0 < index < len(self.required)
            self.positional.append(parameter.name if shared else f"{self.prefix}{index}")
            if by_name and not shared:
                self.keyword[parameter.name] = parameter.name
        self.overflow = f"{self.prefix}{len(self.by_position)}"
        self.keyword.update({p.name: p.name for p in self.only_keyword})

    @property
    def only_positional(self) -> int:
        """Length of the first run of slots that no keyword may reach."""
        shared = [i for i, slot in enumerate(self.positional) if not slot.startswith(self.prefix)]
        return shared[0] if shared else len(self.positional) + 1

    @property
    def all(self) -> list[str]:
        return [*self.positional, self.overflow, *self.keyword]

    def final_names(self) -> dict[str, str]:
        """Names of the slots in the finished code: such as no caller writes.

        A slot with a name of ours would be a keyword that the function takes. One for a
        positional-only parameter has that parameter's name, which Python's messages then show.
        """
        names = {self.overflow: "<one too many>"}
        for index, parameter in enumerate(self.by_position):
            only = parameter.kind is POSITIONAL_ONLY
            names[f"{self.prefix}{index}"] = parameter.name if only else f"<position {index}>"
        return names

    def has_plain_path(self) -> bool:
        """A signature of a common shape: the others take the general path."""
        odd = any(p.default is p.empty for p in self.only_keyword)
        return not (odd or self.deeper) and all(
            p.kind is not POSITIONAL_ONLY and p.name not in self.items
            for p in (*self.optional, *self.only_keyword)
        )


def _indent(lines: Iterable[str]) -> list[str]:
    return ["    " + line for line in lines]


def _when(conditions: list[str], body: list[str], word: str = "if") -> list[str]:
    if not body or not conditions:
        return body
    return [f"{word} {' and '.join(conditions)}:", *_indent(body)]


def _not_passed(names: Iterable[str]) -> list[str]:
    return [f"{name} is {_MISSING}" for name in names]


class _PlainPath:
    """Lines that call the implementation at once where every relevant argument is an ndarray."""

    def __init__(self, slots: Slots) -> None:
        self.slots = slots
        self.call = f"return {_PLAIN}"

    def lines(self, leading: int = 0) -> list[str]:
        """For calls whose first required arguments, so many, went by position and are plain.

        A tree: what was seen of the leading arguments is not looked at again for the calls that
        give the next one by keyword.
        """
        slots = self.slots
        if leading == len(slots.required):
            return self._all_by_position()
        next_one = [(slots.positional[leading], slots.required[leading])]
        by_position = _when(self._given(next_one), self.lines(leading + 1))
        return by_position + self._rest_by_keyword(leading)

    def _all_by_position(self) -> list[str]:
        slots, count = self.slots, len(self.slots.required)
        own_keywords = [slots.keyword[n] for n in slots.required if n in slots.keyword]
        after_required = [*slots.positional[count:], slots.overflow][0]
        lines = _when(
            _not_passed([after_required]), self._options_by_keyword(slots.positional[:count])
        )
        if slots.optional:
            options = [p.name for p in slots.options]
            lines += ["else:", *_indent(_when(_not_passed(options), self.options_by_position()))]
        return _when(_not_passed(own_keywords), lines)

    def _rest_by_keyword(self, leading: int) -> list[str]:
        """Calls with so many leading arguments by position, the other required ones by keyword."""
        slots = self.slots
        names = slots.required[leading:]
        if names[0] not in slots.keyword:
            return []  # positional-only, or sharing a slot, which is a positional call then
        by_keyword = [(slots.keyword.get(n, n), n) for n in names]
        twice = [slots.keyword[n] for n in slots.required[:leading] if n in slots.keyword]
        given = [*slots.positional[:leading], *(slot for slot, _ in by_keyword)]
        return _when(
            [
                *_not_passed([slots.positional[leading]]),
                *self._given(by_keyword),
                *_not_passed(twice),
            ],
            self._options_by_keyword(given),
            "elif",
        )

    def _given(self, slots_and_names: Iterable[tuple[str, str]]) -> list[str]:
        """Conditions: the relevant ones are ndarrays, the others were passed."""
        conditions = []
        for slot, name in slots_and_names:
            if name in self.slots.relevant:
                conditions.append(f"{_TYPE}({slot}) is {_NDARRAY}")
            elif name in self.slots.items:
                conditions += [
                    # By identity: `in` would ask a metaclass whether its class equals list.
                    f"({_TYPE}({slot}) is {_LIST} or {_TYPE}({slot}) is {_TUPLE})",
                    # As the last item is an ndarray, the one of all items that NumPy would ask
                    # is too, if there is only one. NumPy does not see what was registered.
                    slot,
                    f"{_TYPE}({slot}[-1]) is {_NDARRAY}",
                    f"not {_REGISTRY}._registered",
                    f"{_LEN}({_SEEN_BY_NUMPY}({slot})) == 1",
                ]
            else:
                conditions.append(f"{slot} is not {_MISSING}")
        return conditions

    def _plain(self, slots_and_names: Iterable[tuple[str, str]]) -> list[str]:
        """Conditions: optional relevant arguments override nothing."""
        return [
            f"({slot} is {_MISSING} or {slot} is None or {_TYPE}({slot}) is {_NDARRAY})"
            for slot, name in slots_and_names
            if name in self.slots.relevant
        ]

    def overrides_nothing(self, names: list[str]) -> list[str]:
        return self._plain(zip(names, names, strict=True))

    def _options_by_keyword(self, required: list[str]) -> list[str]:
        """Calls for the options given by keyword: none, the first alone, or any of them."""
        names = [p.name for p in self.slots.options]
        if not names:
            return [f"{self.call}({', '.join(required)})"]

        def passed(index: int, value: str) -> str:
            # An option goes by position where it can: a call without keywords is the faster one.
            option = self.slots.options[index]
            return f"{option.name}={value}" if option.kind is KEYWORD_ONLY else value

        first, *rest = names
        alone = [
            f"if {first} is {_MISSING}:",
            f"    {self.call}({', '.join(required)})",
            *_when(
                self.overrides_nothing([first]),
                [f"{self.call}({', '.join([*required, passed(0, first)])})"],
            ),
        ]
        if not rest:
            return alone
        if not self.slots.fills:
            return _when(_not_passed(rest), alone)
        values = [
            passed(i, f"{self.slots.prefix}default{i} if {n} is {_MISSING} else {n}")
            for i, n in enumerate(names)
        ]
        any_of_them = [f"{self.call}({', '.join([*required, *values])})"]
        return [
            *_when(_not_passed(rest), alone),
            *_when(self.overrides_nothing(names), any_of_them),
        ]

    def options_by_position(self) -> list[str]:
        """Calls for the options given by position, one branch for each number of them."""
        slots = self.slots
        lines: list[str] = []
        required = len(slots.required)
        for count in range(required + 1, len(slots.by_position) + 1):
            given = slots.positional[:count]
            after = [*slots.positional, slots.overflow][count]
            pairs = zip(given, (p.name for p in slots.by_position), strict=False)
            plain = self._plain(list(pairs)[required:])
            lines += _when(
                _not_passed([after]),
                _when(plain, [f"{self.call}({', '.join(given)})"]),
                "elif" if lines else "if",
            )
        return lines


def _direct_path(slots: Slots) -> list[str]:
    """Lines that call what ``targets`` holds for the one type of all required relevant arguments.

    For the explicit namespace, where the library's own function is one look-up away. Only calls
    without keywords, whose arguments need no recovering.
    """
    p, required = slots.prefix, len(slots.required)
    given = slots.positional[:required]
    relevant = [s for s, n in zip(given, slots.required, strict=True) if n in slots.relevant]
    if not relevant:
        return []
    plain = _PlainPath(slots)
    plain.call = f"return {p}target"
    options = [option.name for option in slots.options]
    after = [*slots.positional[required:], slots.overflow][0]
    no_option = _when(_not_passed(options), [f"{plain.call}({', '.join(given)})"])
    body = _when(_not_passed([after]), no_option)
    if slots.optional:
        body += ["else:", *_indent(_when(_not_passed(options), plain.options_by_position()))]
    empty = _not_passed(slots.keyword[n] for n in slots.required if n in slots.keyword)
    # Where one was passed by position, so were all before it, but not with slots that are shared.
    others = [s for s, n in zip(given, slots.required, strict=True) if n not in slots.relevant]
    empty += [f"{s} is not {_MISSING}" for s in others if slots.sharing or s is given[-1]]
    look_up = [
        # Subscripting a dict is faster than its get(), as long as the key is there.
        "try:",
        f"    {p}target = {p}targets[{_TYPE}({relevant[0]})]",
        f"except ({p}KeyError, {p}TypeError):",  # a metaclass may make its classes unhashable
        "    pass",
        "else:",
        *_indent(_when(empty, body)),
    ]
    same = [f"{_TYPE}({relevant[0]}) is {_TYPE}({slot})" for slot in relevant[1:]]
    return _when(same, look_up)


def _call_form(slots: Slots) -> list[str]:
    """Lines that recover ``args`` and ``kwargs`` as NEP-18 wants them: as they were passed."""
    p = slots.prefix

    def tuple_of(names: list[str]) -> str:
        return f"({''.join(f'{name}, ' for name in names)})"

    lines: list[str] = []
    for count, slot in enumerate([*slots.positional, slots.overflow]):
        lines += [
            f"{'elif' if lines else 'if'} {slot} is {_MISSING}:",
            f"    {p}args = {tuple_of(slots.positional[:count])}",
        ]
    keywords: list[str] = []
    for index, slot in enumerate(slots.positional):
        if not slot.startswith(p):  # a shared slot holds a keyword where it stands behind a gap
            keywords += [
                f"if {slot} is not {_MISSING} and {p}len({p}args) <= {index}:",
                f"    {p}kwargs[{slot!r}] = {slot}",
            ]
    for name, slot in slots.keyword.items():
        keywords += [f"if {slot} is not {_MISSING}:", f"    {p}kwargs[{name!r}] = {slot}"]
    overflow = f"{p}overflow({tuple_of(slots.all)}, {tuple(slots.keyword)!r})"
    return [
        *lines,
        f"if {slots.overflow} is {_MISSING}:",
        f"    {p}kwargs = {{}}",
        *_indent(keywords),
        "else:",
        f"    {p}args, {p}kwargs = {overflow}",
    ]


def _deferral(p: str) -> list[str]:
    """Lines of NEP-18 proper: ask the dispatcher, then each overriding argument once a type.

    They stand in the wrapper and not in a helper, so that a traceback has one frame of ours
    between the caller and the implementation.
    """
    return [
        "try:",
        f"    {p}relevant = {p}dispatcher(*{p}args, **{p}kwargs)",
        f"except {p}TypeError as {p}error:",
        f"    {p}renamed = {p}with_public_name({p}error)",
        f"    if {p}renamed is None:",
        "        raise",
        "    try:",
        f"        raise {p}renamed from None",
        "    finally:",
        f"        del {p}renamed",  # the error refers to this frame: no cycle that keeps arguments
        f"{p}found = {p}collect({p}relevant)",
        f"if {p}found is None:",
        f"    return {p}implementation(*{p}args, **{p}kwargs)",
        f"{p}found, {p}types = {p}found",
        f"for {p}argument, {p}override in {p}found:",
        f"    {p}result = {p}override({p}argument, {p}public_api, {p}types, {p}args, {p}kwargs)",
        f"    if {p}result is not {p}NotImplemented:",
        f"        return {p}result",
        f"raise {p}no_implementation({p}public_api, {p}types)",
    ]


def _overflow(
    values: tuple[Any, ...], keywords: tuple[str, ...]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments of a call with too many positional ones, which ran on into the keyword slots.

    The dispatcher gets them as they were passed, and raises the error.
    """
    count = next((i for i, value in enumerate(values) if value is MISSING), len(values))
    slots = list(zip(keywords, values[len(values) - len(keywords) :], strict=True))
    behind = slots[max(0, count - (len(values) - len(keywords))) :]
    return values[:count], {name: value for name, value in behind if value is not MISSING}


def _source(slots: Slots | None, *, plain: bool, direct: bool) -> str:
    if slots is None:
        return "\n".join(["def wrapper(*_args, **_kwargs):", *_indent(_deferral("_"))])
    parameters = [f"{slot}={_MISSING}" for slot in slots.all]
    parameters.insert(slots.only_positional, "/")
    head = f"def wrapper({', '.join(parameters)}):"
    quick = plain and slots.has_plain_path()
    body = _direct_path(slots) if quick and direct else []
    body += _PlainPath(slots).lines() if quick else []
    return "\n".join([head, *_indent([*body, *_call_form(slots), *_deferral(slots.prefix)])])


def generate(
    signature: inspect.Signature | None,
    relevant: Mapping[str, str] | None,
    *,
    implementation: Callable[..., Any],
    dispatcher: Callable[..., Iterable[Any]],
    collect: Callable[[Iterable[Any]], Any],
    seen_by_numpy: Callable[[Sequence[Any]], Sequence[Any]],
    registry: object,
    with_public_name: Callable[[TypeError], TypeError | None],
    no_implementation: Callable[..., TypeError],
    public_api: Callable[..., Any] | None = None,
    plain: Callable[..., Any] | None = None,
    targets: Mapping[type, Callable[..., Any]] | None = None,
) -> FunctionType:
    """Compile the wrapper of a function.

    Parameters
    ----------
    signature : inspect.Signature or None
        Signature of the implementation; None, or a variadic one, makes the general wrapper.
    relevant : mapping of str to str, or None
        Names of the relevant arguments where they are known beforehand, to ``"itself"`` or, where
        their items are what counts, ``"items"``; None if only the dispatcher knows, and then there
        is no plain path.
    implementation, dispatcher : callable
        As in NEP-18.
    collect : callable
        Relevant arguments to ``None`` (no override) or ``([(argument, method), ...], types)``.
    seen_by_numpy : callable
        The implementing arguments in a list or tuple, as NumPy finds them.
    registry : object
        Has an attribute ``_registered``, true while there are classes that NumPy does not see.
    with_public_name : callable
        The error of a dispatcher called wrongly, with the public name in its message, or None.
    no_implementation : callable
        ``(public_api, types)`` to the error to raise.
    public_api : callable, optional
        What overrides receive as ``func``; the wrapper itself by default.
    plain : callable, optional
        What the plain path calls; the implementation by default.
    targets : mapping of type to callable, optional
        What to call at once where all required relevant arguments are of that very type.

    Returns
    -------
    function
    """
    slots = None
    if signature is not None and not any(p.kind in VARIADIC for p in signature.parameters.values()):
        called = implementation if plain is None else plain
        slots = Slots(signature, relevant or {}, fills=not isinstance(called, BuiltinFunctionType))
        # inspect.Parameter refuses other names already; what goes into source is checked here too,
        # and a subclass of str may say one thing and be another.
        written = [*slots.all, *signature.parameters]
        if not all(type(n) is str and n.isidentifier() and not iskeyword(n) for n in written):
            raise ValueError(f"cannot generate a wrapper for the signature {signature}")
    names: dict[str, Any] = {
        "implementation": implementation,
        "dispatcher": dispatcher,
        "collect": collect,
        "with_public_name": with_public_name,
        "no_implementation": no_implementation,
        "overflow": _overflow,
        # No constant: with a dict in it, code has no hash, and torch.compile has it in a table.
        "targets": targets,
        "len": len,
        "KeyError": KeyError,
        "TypeError": TypeError,
        "NotImplemented": NotImplemented,
    }
    for index, option in enumerate(slots.options if slots else ()):
        names[f"default{index}"] = option.default
    prefix = slots.prefix if slots else "_"
    namespace = {prefix + name: value for name, value in names.items()}
    scratch: dict[str, Any] = {}
    source = _source(slots, plain=relevant is not None, direct=targets is not None)
    exec(compile(source, FILENAME, "exec"), namespace, scratch)
    code = scratch["wrapper"].__code__
    constants = {
        **_CONSTANTS,
        "<plain>": implementation if plain is None else plain,
        "<seen by numpy>": seen_by_numpy,
        "<registry>": registry,
    }
    code = _finish(code, constants, slots.final_names() if slots else {})
    wrapper = FunctionType(code, namespace, "wrapper", (MISSING,) * code.co_argcount)
    namespace[prefix + "public_api"] = wrapper if public_api is None else public_api
    return wrapper
