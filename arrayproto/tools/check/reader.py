"""What a program does with arrays, as far as its source tells: calls, coercions, writes.

Values are followed through names, in the order of the text, function by function. What is known of
a value is one of few things: it may be an array of a library, it is an ndarray, it is neither, or
it is not known.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from ...ducks import WRITING
from ...ways_out import COERCING, WAYS_OUT
from ..arguments import positional_names
from .made import ENDINGS, GENERATORS, GIVEN, INDEXERS, SHUFFLING, is_ending, makes
from .names import LIBRARY_MODULES, Public, find_public
from .syntax import (
    given_to,
    indices,
    is_backwards,
    is_of_arrays,
    is_plain,
    is_text,
    pairs,
)

ARRAY, UNKNOWN, HOST, OTHER, ARRAYS = "array", "unknown", "ndarray", "other", "list of arrays"
_STRONGEST = (ARRAY, ARRAYS, UNKNOWN, HOST, OTHER)
_MAYBE = frozenset({ARRAY, UNKNOWN, ARRAYS})


class Module(NamedTuple):
    """A value that is a module, a function or a class of NumPy's or of an array library."""

    path: str


Value = Any  # one of the strings above, or a Module


class Use(NamedTuple):
    """Something that a program does.

    Attributes
    ----------
    what : str
        "call", "coercion", "list", "method", "attribute", "ending", "number", "isinstance", "type",
        "write", "backwards" or "create".
    name : str
        NumPy's name of a function, or the name of a method or an attribute.
    node : ast.AST
        Where.
    arguments : tuple of str
        Names of the arguments that a call is given, and are not as by default.
    certain : bool
        Whether it is an array that it is done to; else it may be.
    ndarray_out : bool
        Whether a call writes to an ndarray: one given as ``out=``, or the first of `np.copyto`.
    positional : int or None
        How many arguments a method is given by position; None if that is not known.
    """

    what: str
    name: str
    node: ast.AST
    arguments: tuple[str, ...] = ()
    certain: bool = True
    ndarray_out: bool = False
    positional: int | None = None


#: Functions of libraries that give ndarrays: ``cupy.asnumpy``.
_WAYS_OUT = frozenset(
    name for rows in WAYS_OUT.values() for row in rows if row.modules for name in row.names
) - {"persist"}
#: Methods of arrays that give an ndarray, or what is in one.
_LEAVING = frozenset(
    name for rows in WAYS_OUT.values() for row in rows if not row.modules for name in row.names
) - {"persist"}
_NUMBERS = frozenset({"float", "int", "bool", "complex"})
_PLAIN = _NUMBERS | {
    "len", "range", "str", "repr", "isinstance", "print", "type", "hasattr", "id", "hash", "open",
    "ord", "chr", "dict", "set", "frozenset", "format", "input", "callable", "issubclass",
}  # fmt: skip
_OF_ARRAYS = frozenset({"T", "mT", "real", "imag", "flat", "base"})
_FACTS = frozenset({"shape", "ndim", "size", "dtype", "nbytes", "itemsize", "strides", "flags"})
#: Attributes of ndarrays that other arrays have not, or have as a method.
_ATTRIBUTES = frozenset({"flat", "itemsize", "nbytes", "strides", "flags", "size", "T", "base"})
#: Annotations that say it is an array, and that it is none.
_ARRAY_TYPES = re.compile(r"\b(ndarray|NDArray|ArrayLike|Array)\b")
_SCALARS = frozenset({"int", "float", "str", "bool", "complex", "bytes"})


def uses(tree: ast.Module, as_run: bool = False) -> list[Use]:
    """Everything that a module does with arrays, in no order.

    Parameters
    ----------
    tree : ast.Module
    as_run : bool, optional
        Whether what NumPy makes in it are arrays of the library, as ``run`` has it.
    """
    reader = _Reader(as_run)
    reader.read(tree)
    return reader.found


class _Reader:
    def __init__(self, as_run: bool) -> None:
        self.as_run = as_run
        self.imported: set[str] = set()  # packages
        self.found: list[Use] = []
        self.scopes: list[dict[str, Value]] = [{}]
        self.later: list[tuple[list[dict[str, Value]], ast.AST]] = []

    def read(self, tree: ast.Module) -> None:
        self.block(tree.body)
        while self.later:  # bodies of functions, when everything around them is known
            self.scopes, function = self.later.pop()
            self.function(function)
        if "scipy" in self.imported and "sparse" not in self.imported:
            self.found = [use for use in self.found if not _may_be_scipys(use)]

    # Names ------------------------------------------------------------------------------------

    def look_up(self, name: str) -> Value:
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return OTHER if name in _PLAIN else UNKNOWN

    def bind(self, target: ast.AST, value: Value) -> None:
        if isinstance(target, ast.Name):
            self.scopes[-1][target.id] = value
        elif isinstance(target, (ast.Tuple, ast.List)):
            for item in target.elts:
                self.bind(item, _item(value))
        elif isinstance(target, ast.Starred):
            self.bind(target.value, UNKNOWN)
        elif isinstance(target, ast.Subscript):
            written = self.indexed(target)
            if written == ARRAY and not is_text(target.slice):  # a field is an ndarray's
                self.found.append(Use("write", "", target))
        elif isinstance(target, ast.Attribute):
            self.expression(target.value)

    # Statements -------------------------------------------------------------------------------

    def block(self, body: list[ast.stmt]) -> None:
        for statement in body:
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        own = _STATEMENTS.get(type(node))
        if own is not None:
            own(self, node)
            return
        for _, field in ast.iter_fields(node):
            for child in field if isinstance(field, list) else (field,):
                if isinstance(child, ast.stmt):
                    self.statement(child)
                elif isinstance(child, ast.expr):
                    self.expression(child)
                elif isinstance(child, (ast.ExceptHandler, ast.match_case)):
                    self.block(child.body)

    def import_(self, node: ast.Import) -> None:
        for alias in node.names:
            self.imported.add(alias.name.partition(".")[0])
            if alias.asname:
                path = alias.name
            else:
                path = alias.name.partition(".")[0]
            if _is_known(alias.name):
                self.scopes[-1][alias.asname or path] = Module(path)

    def import_from(self, node: ast.ImportFrom) -> None:
        if node.level or node.module is None:
            return
        self.imported.add(node.module.partition(".")[0])
        if not _is_known(node.module):
            return
        for alias in node.names:
            if alias.name == "*":
                names = find_public(node.module).members
                self.scopes[-1].update({n: Module(f"{node.module}.{n}") for n in names})
            else:
                self.scopes[-1][alias.asname or alias.name] = Module(f"{node.module}.{alias.name}")

    def assign(self, node: ast.Assign) -> None:
        together = pairs(node)
        if together:  # a, b = x, y
            values = [self.expression(item) for _, item in together]
            for (target, _), value in zip(together, values, strict=True):
                self.bind(target, value)
            return
        value = self.expression(node.value)
        for target in node.targets:
            self.bind(target, value)

    def assign_annotated(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            value = self.expression(node.value)
            self.bind(node.target, _annotated(node.annotation, value))

    def assign_in_place(self, node: ast.AugAssign) -> None:
        value = self.expression(node.value)
        if isinstance(node.target, ast.Name):
            self.bind(node.target, _joined(self.look_up(node.target.id), value))
        else:
            self.bind(node.target, value)

    def for_(self, node: ast.For | ast.AsyncFor) -> None:
        self.bind(node.target, _item(self.expression(node.iter)))
        self.block(node.body)
        self.block(node.orelse)

    def with_(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            value = self.expression(item.context_expr)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, value)
        self.block(node.body)

    def define(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self.expression(decorator)
        self.scopes[-1][node.name] = UNKNOWN
        self.later.append((list(self.scopes), node))

    def define_class(self, node: ast.ClassDef) -> None:
        for child in (*node.decorator_list, *node.bases):
            self.expression(child)
        self.scopes[-1][node.name] = UNKNOWN
        self.scopes.append({})
        self.block(node.body)
        self.scopes.pop()

    def function(self, node: Any) -> None:
        arguments, scope = node.args, {}
        every = [*arguments.posonlyargs, *arguments.args]
        defaults = [None] * (len(every) - len(arguments.defaults)) + arguments.defaults
        every += arguments.kwonlyargs
        defaults += arguments.kw_defaults
        for argument, default in zip(every, defaults, strict=True):
            value = OTHER if is_plain(default) else UNKNOWN
            if default is not None:
                self.expression(default)
            scope[argument.arg] = _annotated(argument.annotation, value)
        for star in filter(None, (arguments.vararg, arguments.kwarg)):
            scope[star.arg] = UNKNOWN
        self.scopes = [*self.scopes, scope]
        if isinstance(node, ast.Lambda):
            self.expression(node.body)
        else:
            self.block(node.body)
        self.scopes = self.scopes[:-1]

    # Expressions ------------------------------------------------------------------------------

    def expression(self, node: ast.expr) -> Value:
        own = _EXPRESSIONS.get(type(node))
        if own is not None:
            return own(self, node)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.expression(child)
        return UNKNOWN

    def constant(self, node: ast.Constant) -> Value:
        return OTHER

    def name(self, node: ast.Name) -> Value:
        return self.look_up(node.id)

    def attribute(self, node: ast.Attribute) -> Value:
        value = self.expression(node.value)
        if isinstance(value, Module):
            return Module(f"{value.path}.{node.attr}")
        if value == ARRAY and node.attr in _ATTRIBUTES:
            self.found.append(Use("attribute", node.attr, node))
        if node.attr in _FACTS:
            return OTHER
        return value if node.attr in _OF_ARRAYS else UNKNOWN

    def subscript(self, node: ast.Subscript) -> Value:
        value = self.indexed(node)
        if isinstance(value, Module):
            return self.made(find_public(value.path).name) if value.path in INDEXERS else UNKNOWN
        if value == ARRAY and any(map(is_backwards, indices(node))):
            self.found.append(Use("backwards", "", node))
        return _item(value)

    def indexed(self, node: ast.Subscript) -> Value:
        """What is indexed; ``x[:, 0]`` or ``x[...]`` says that it is an array."""
        self.expression(node.slice)
        value = self.expression(node.value)
        if value == UNKNOWN and is_of_arrays(node):
            value = ARRAY
            if isinstance(node.value, ast.Name):
                self.bind(node.value, value)
        return value

    def of_several(self, node: ast.BoolOp | ast.IfExp | ast.Compare | ast.BinOp) -> Value:
        values = [self.expression(c) for c in ast.iter_child_nodes(node) if isinstance(c, ast.expr)]
        if isinstance(node, ast.Compare):
            self.compared(node, values)
        found = OTHER
        for value in values[1:] if isinstance(node, ast.IfExp) else values:
            found = _joined(found, value)
        return found

    def compared(self, node: ast.Compare, values: list[Value]) -> None:
        """``type(x) is np.ndarray``, in either order."""
        sides = (node.left, *node.comparators)
        if isinstance(node.ops[0], (ast.Is, ast.IsNot, ast.Eq, ast.NotEq)) and any(
            isinstance(s, ast.Call) and isinstance(s.func, ast.Name) and s.func.id == "type"
            for s in sides
        ):
            if any(_is_ndarray(value) for value in values):
                self.found.append(Use("type", "", node))

    def unary(self, node: ast.UnaryOp) -> Value:
        value = self.expression(node.operand)
        return OTHER if isinstance(node.op, ast.Not) else value

    def sequence(self, node: ast.List | ast.Tuple) -> Value:
        values = [self.expression(item) for item in node.elts]
        if ARRAY in values or ARRAYS in values:
            return ARRAYS
        return UNKNOWN if UNKNOWN in values else OTHER

    def named(self, node: ast.NamedExpr) -> Value:
        value = self.expression(node.value)
        self.bind(node.target, value)
        return value

    def comprehension(self, node: Any) -> Value:
        self.scopes.append({})
        for part in node.generators:
            self.bind(part.target, _item(self.expression(part.iter)))
            for condition in part.ifs:
                self.expression(condition)
        if isinstance(node, ast.DictComp):
            self.expression(node.key)
            value = self.expression(node.value)
        else:
            value = self.expression(node.elt)
        self.scopes.pop()
        if value == ARRAY:
            return ARRAYS
        return OTHER if value in (OTHER, HOST) else UNKNOWN

    def lambda_(self, node: ast.Lambda) -> Value:
        self.later.append((list(self.scopes), node))
        return UNKNOWN

    # Calls ------------------------------------------------------------------------------------

    def call(self, node: ast.Call) -> Value:
        values = [self.expression(argument) for argument in node.args]
        keywords = {k.arg: self.expression(k.value) for k in node.keywords}
        function = node.func
        if isinstance(function, ast.Attribute):
            owner = self.expression(function.value)
            if not isinstance(owner, Module):
                return self.method(node, function.attr, owner, values, keywords)
            called: Value = Module(f"{owner.path}.{function.attr}")
        elif isinstance(function, ast.Name):
            called = self.look_up(function.id)
            if not isinstance(called, Module):
                return self.builtin(node, function.id, values)
        else:
            called = self.expression(function)
        if not isinstance(called, Module):
            return UNKNOWN
        public = find_public(called.path)
        if public.of_library:
            name = public.name.rpartition(".")[2]
            if name in _WAYS_OUT:
                self.found.append(Use("method", name, node))
                return HOST
            return ARRAY
        return self.numpys(node, public, values, keywords)

    def builtin(self, node: ast.Call, name: str, values: list[Value]) -> Value:
        if name == "isinstance" and len(node.args) == 2 and values[0] != HOST:
            classes = node.args[1]
            each = classes.elts if isinstance(classes, ast.Tuple) else [classes]
            if any(_is_ndarray(self.expression(one)) for one in each):
                self.found.append(Use("isinstance", "", node))
        elif name in _NUMBERS and values[:1] == [ARRAY]:
            self.found.append(Use("number", f"__{name}__", node))
        elif name in ("list", "tuple", "sorted", "reversed"):
            if values[:1] in ([ARRAY], [ARRAYS]):
                return ARRAYS
            return OTHER if values[:1] in ([], [OTHER], [HOST]) else UNKNOWN
        elif name in ("sum", "min", "max", "abs") and values:
            return _item(values[0]) if name != "abs" else values[0]
        return OTHER if name in _PLAIN else UNKNOWN

    def method(
        self, node: ast.Call, name: str, owner: Value, values: list[Value], keywords: dict[Any, Any]
    ) -> Value:
        if owner == ARRAY and self.as_run and name in ENDINGS:
            self.found.append(Use("ending", name, node))
        elif owner in (ARRAY, UNKNOWN) and not (self.as_run and name in GIVEN):
            starred = None in keywords or any(isinstance(one, ast.Starred) for one in node.args)
            positional = None if starred else len(values)
            said = tuple(filter(None, keywords))
            use = Use("method", name, node, said, certain=owner == ARRAY, positional=positional)
            self.found.append(use)
        if name in _LEAVING and owner == ARRAY:
            return HOST
        return owner if owner in (ARRAY, HOST) else UNKNOWN

    def made(self, name: str) -> Value:
        """What a function of NumPy's that asks no array makes."""
        return ARRAY if self.as_run and makes(name) else HOST

    def numpys(
        self, node: ast.Call, public: Public, values: list[Value], keywords: dict[Any, Value]
    ) -> Value:
        given = [*values, *keywords.values()]
        name, maybe = public.name, [v for v in given if v in _MAYBE]
        said = given_to(node, public)
        if name in GENERATORS:
            return Module(GENERATORS[name])
        if self.as_run and is_ending(name):
            return OTHER
        if name in COERCING:
            if "like" in said or (self.as_run and makes(name)):
                return ARRAY
            first = given[0] if given else OTHER
            if first in (ARRAY, UNKNOWN):
                use = Use("coercion", name, node, said, certain=first == ARRAY)
                self.found.append(use)
            elif first == ARRAYS:
                self.found.append(Use("list", name, node, said))
            return HOST
        if public.asked == "like":
            if "like" not in said:
                fills = name == "full" and ARRAY in (*values[1:2], keywords.get("fill_value"))
                if fills:
                    self.found.append(Use("coercion", name, node, said))
                elif not (self.as_run and makes(name)):
                    self.found.append(Use("create", name, node, said))
                return self.made(name)
            self.found.append(Use("call", name, node, said))
            return ARRAY
        if not public.is_function:
            return OTHER
        if name in SHUFFLING and given[:1] == [ARRAY]:
            self.found.append(Use("write", "", node))
        if public.asked == "nobody" or not maybe:
            return ARRAYS if name == "meshgrid" and self.as_run else self.made(name)
        certain, out = ARRAY in maybe or ARRAYS in maybe, keywords.get("out")
        if out is None and "out" in said:
            out = values[positional_names(public.public_api).index("out")]
        writes = public.method == "at" or name in WRITING
        on_host = out == HOST or (writes and given[:1] == [HOST])
        self.found.append(Use("call", name, node, said, certain, on_host))
        for place, argument in enumerate(node.args[:2]):
            # What NumPy's functions are given is an array from there on, as far as one can tell.
            if isinstance(argument, ast.Name) and values[place] == UNKNOWN and place == 0:
                self.bind(argument, ARRAY)
        return OTHER if public.gives_facts else ARRAY


def _may_be_scipys(use: Use) -> bool:
    """Whether what is made dense may be a matrix of `scipy.sparse`, which is no array."""
    return use.what == "method" and use.name == "todense" and not use.certain


def _is_known(module: str) -> bool:
    return module.partition(".")[0] in LIBRARY_MODULES or module.startswith("arrayproto.numpy")


def _is_ndarray(value: Value) -> bool:
    return isinstance(value, Module) and find_public(value.path).is_ndarray


def _item(value: Value) -> Value:
    return {ARRAYS: ARRAY, ARRAY: ARRAY, HOST: HOST, OTHER: OTHER}.get(value, UNKNOWN)


def _joined(one: Value, other: Value) -> Value:
    for value in _STRONGEST:
        if value in (one, other):
            return value
    return UNKNOWN


def _annotated(annotation: ast.expr | None, value: Value) -> Value:
    if annotation is None:
        return value
    text = ast.unparse(annotation)
    if _ARRAY_TYPES.search(text):
        return ARRAY
    return OTHER if text in _SCALARS else value


_STATEMENTS: dict[type, Callable[[_Reader, Any], None]] = {
    ast.Import: _Reader.import_,
    ast.ImportFrom: _Reader.import_from,
    ast.Assign: _Reader.assign,
    ast.AnnAssign: _Reader.assign_annotated,
    ast.AugAssign: _Reader.assign_in_place,
    ast.For: _Reader.for_,
    ast.AsyncFor: _Reader.for_,
    ast.With: _Reader.with_,
    ast.AsyncWith: _Reader.with_,
    ast.FunctionDef: _Reader.define,
    ast.AsyncFunctionDef: _Reader.define,
    ast.ClassDef: _Reader.define_class,
}
_EXPRESSIONS: dict[type, Callable[[_Reader, Any], Value]] = {
    ast.Constant: _Reader.constant,
    ast.Name: _Reader.name,
    ast.Attribute: _Reader.attribute,
    ast.Subscript: _Reader.subscript,
    ast.BoolOp: _Reader.of_several,
    ast.IfExp: _Reader.of_several,
    ast.Compare: _Reader.of_several,
    ast.BinOp: _Reader.of_several,
    ast.UnaryOp: _Reader.unary,
    ast.List: _Reader.sequence,
    ast.Tuple: _Reader.sequence,
    ast.NamedExpr: _Reader.named,
    ast.ListComp: _Reader.comprehension,
    ast.SetComp: _Reader.comprehension,
    ast.GeneratorExp: _Reader.comprehension,
    ast.DictComp: _Reader.comprehension,
    ast.Lambda: _Reader.lambda_,
    ast.Call: _Reader.call,
}
