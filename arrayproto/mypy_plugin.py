"""A plugin for mypy that knows what NumPy's functions do with array classes of yours.

::

    [tool.mypy]
    plugins = ["arrayproto.mypy_plugin"]

NumPy's stubs describe ndarrays: ``np.sum(my)`` is an error to mypy, and
``np.concatenate([my, my])`` an ndarray. With the plugin a call with an array of a subclass of
`arrayproto.ArrayFunctionMixin` has the type, and takes the arguments, of the method that
`arrayproto.implements` marks for it; so do ufuncs and operators. Where the class derives functions,
or has a fallback, all other functions take anything and give Any. Where it has none of these,
NumPy's own error stays, which is true: nobody answers. What is registered outside of the class
body, ``My.implements(np.sum)(f)``, is not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mypy.nodes import (
    ARG_NAMED_OPT,
    ARG_STAR,
    ARG_STAR2,
    CallExpr,
    Decorator,
    Expression,
    MemberExpr,
    NameExpr,
    RefExpr,
    TypeInfo,
)
from mypy.plugin import ClassDefContext, FunctionSigContext, MethodContext, MethodSigContext, Plugin
from mypy.types import (
    AnyType,
    CallableType,
    FunctionLike,
    Instance,
    TupleType,
    Type,
    TypeOfAny,
    get_proper_type,
)

_MIXIN = "arrayproto.authors.mixin.ArrayFunctionMixin"
_IMPLEMENTS = "arrayproto.authors.registry.implements"
_KEY = "arrayproto"
#: Attributes by which a class says who else answers.
_FALLBACKS = ("_fallback_module", "_fallback_array_api")
_UFUNCS = {
    "__add__": "add",
    "__sub__": "subtract",
    "__mul__": "multiply",
    "__truediv__": "divide",
    "__floordiv__": "floor_divide",
    "__mod__": "remainder",
    "__pow__": "power",
    "__matmul__": "matmul",
    "__and__": "bitwise_and",
    "__or__": "bitwise_or",
    "__xor__": "bitwise_xor",
    "__lt__": "less",
    "__le__": "less_equal",
    "__gt__": "greater",
    "__ge__": "greater_equal",
    "__neg__": "negative",
    "__pos__": "positive",
    "__abs__": "absolute",
    "__invert__": "invert",
}


def plugin(version: str) -> type[Plugin]:
    """What mypy calls."""
    return ArrayProtoPlugin


class ArrayProtoPlugin(Plugin):
    """Reads classes while they are analyzed, and answers for calls with arrays of them."""

    def get_customize_class_mro_hook(
        self, fullname: str
    ) -> Callable[[ClassDefContext], None] | None:
        return _read_class

    def get_function_signature_hook(
        self, fullname: str
    ) -> Callable[[FunctionSigContext], FunctionLike] | None:
        if not fullname.startswith("numpy."):
            return None
        return lambda context: _signature(context, fullname)

    def get_method_signature_hook(
        self, fullname: str
    ) -> Callable[[MethodSigContext], FunctionLike] | None:
        if fullname.startswith("numpy.") and fullname.endswith(".__call__"):
            return _signature_of_ufunc
        return None

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        ufunc = _UFUNCS.get(fullname.rpartition(".")[2])
        return None if ufunc is None else lambda context: _result_of_operator(context, ufunc)


# What classes say -------------------------------------------------------------------------------


def _read_class(context: ClassDefContext) -> None:
    info = context.cls.info
    if not info.has_base(_MIXIN) or info.fullname == _MIXIN:
        return
    methods: dict[str, str] = {}
    for statement in context.cls.defs.body:
        if isinstance(statement, Decorator):
            for function in _functions(context, statement):
                methods[function] = statement.func.name
    info.metadata[_KEY] = {"methods": methods, "falls_back": _falls_back(context)}


def _functions(context: ClassDefContext, method: Decorator) -> Iterator[str]:
    """Full names of the functions that a method of a class body implements."""
    for decorator in method.original_decorators:
        if isinstance(decorator, CallExpr) and _full_name(context, decorator.callee) == _IMPLEMENTS:
            for argument in decorator.args:
                found = _full_name(context, argument)
                if found is not None:
                    yield found


def _full_name(context: ClassDefContext, expression: Expression) -> str | None:
    dotted = _dotted(expression)
    found = dotted and context.api.lookup_qualified(dotted, expression, suppress_errors=True)
    return found.fullname if found else None


def _dotted(expression: Expression) -> str | None:
    if isinstance(expression, NameExpr):
        return expression.name
    if isinstance(expression, MemberExpr):
        before = _dotted(expression.expr)
        return before and f"{before}.{expression.name}"
    return None


def _falls_back(context: ClassDefContext) -> bool:
    assigned = {
        target.name
        for statement in context.cls.defs.body
        for target in getattr(statement, "lvalues", ())
        if isinstance(target, NameExpr)
    }
    return "derive" in context.cls.keywords or not assigned.isdisjoint(_FALLBACKS)


# What calls give --------------------------------------------------------------------------------


def _signature(context: FunctionSigContext, fullname: str) -> FunctionLike:
    return _of_call(context.args, context, fullname) or context.default_signature


def _signature_of_ufunc(context: MethodSigContext) -> FunctionLike:
    call = context.context
    if not isinstance(call, CallExpr) or not isinstance(call.callee, RefExpr):
        return context.default_signature
    return _of_call(context.args, context, call.callee.fullname) or context.default_signature


def _of_call(args: list[list[Expression]], context: Any, fullname: str) -> FunctionLike | None:
    """The signature of a call with an array of one of our classes, or None."""
    types = (context.api.get_expression_type(e) for formal in args for e in formal)
    info = next((found for type in types for found in _classes_in(type)), None)
    if info is None:
        return None
    fallback = context.default_signature.fallback
    method = _method(info, fullname)
    if _says(info, "falls_back"):
        # Then arguments of a call are not those of a core method.
        result = AnyType(TypeOfAny.explicit) if method is None else method.ret_type
        return _anything(result, fallback)
    if method is not None and "like" in context.default_signature.arg_names:
        # NumPy keeps this one to itself.
        return method.copy_modified(
            arg_types=[*method.arg_types, AnyType(TypeOfAny.explicit)],
            arg_kinds=[*method.arg_kinds, ARG_NAMED_OPT],
            arg_names=[*method.arg_names, "like"],
        )
    return method


def _classes_in(type: Type) -> Iterator[TypeInfo]:
    """Our classes in a type, in the items of lists and tuples too."""
    proper = get_proper_type(type)
    if isinstance(proper, Instance):
        if proper.type.has_base(_MIXIN):
            yield proper.type
        else:
            for item in proper.args:
                yield from _classes_in(item)
    elif isinstance(proper, TupleType):
        for item in proper.items:
            yield from _classes_in(item)


def _says(info: TypeInfo, key: str) -> bool:
    return any(base.metadata.get(_KEY, {}).get(key) for base in info.mro)


def _method(info: TypeInfo, fullname: str) -> CallableType | None:
    """The type of the method that implements a function, with the array as an argument."""
    for base in info.mro:
        name = base.metadata.get(_KEY, {}).get("methods", {}).get(fullname)
        symbol = base.names.get(name) if name else None
        if symbol is not None and isinstance(symbol.node, Decorator):
            found = symbol.node.func.type
            if isinstance(found, CallableType):
                if symbol.node.func.is_class:
                    return found.copy_modified(
                        arg_types=found.arg_types[1:],
                        arg_kinds=found.arg_kinds[1:],
                        arg_names=found.arg_names[1:],
                    )
                return found
    return None


def _anything(result: Type, fallback: Instance) -> CallableType:
    anything = AnyType(TypeOfAny.explicit)
    return CallableType([anything, anything], [ARG_STAR, ARG_STAR2], [None, None], result, fallback)


def _result_of_operator(context: MethodContext, ufunc: str) -> Type:
    array = get_proper_type(context.type)
    if isinstance(array, Instance) and array.type.has_base(_MIXIN):
        method = _method(array.type, f"numpy.{ufunc}")
        if method is not None:
            return method.ret_type
    return context.default_return_type
