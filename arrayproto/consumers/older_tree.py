"""Python's syntax tree as it was before Python 3.8, by the names of the package gast 0.2.

Constants are ``Num``, ``Str``, ``Bytes``, ``NameConstant`` and ``Ellipsis``, indices are wrapped in
``Index`` and ``ExtSlice``, and arguments are names in the context ``Param``. Code that was written
for that tree, such as Tangent, runs on today's Python with this module in the place of gast.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Callable
from typing import Any

#: What nodes have today and had not then.
_NEW = frozenset({"kind", "posonlyargs", "type_comment", "type_ignores", "type_params"})
#: Nodes that had other fields, or are gone: their kind and their fields.
_OLD: dict[str, tuple[type, tuple[str, ...]]] = {
    "Name": (ast.expr, ("id", "ctx", "annotation")),
    "Num": (ast.expr, ("n",)),
    "Str": (ast.expr, ("s",)),
    "Bytes": (ast.expr, ("s",)),
    "NameConstant": (ast.expr, ("value",)),
    "Ellipsis": (ast.expr, ()),
    "Index": (ast.AST, ("value",)),
    "ExtSlice": (ast.AST, ("dims",)),
    "Slice": (ast.AST, ("lower", "upper", "step")),
    "Param": (ast.expr_context, ()),
    "AugLoad": (ast.expr_context, ()),
    "AugStore": (ast.expr_context, ()),
    "arguments": (ast.AST, ("args", "vararg", "kwonlyargs", "kw_defaults", "kwarg", "defaults")),
}
#: Of today alone.
_TODAY = frozenset({"Constant", "arg", "AST"})


def _node_class(name: str, base: type, fields: tuple[str, ...], attributes: Any) -> type:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        if args and len(args) + len(kwargs) != len(fields):
            raise TypeError(f"{name} has the fields {fields}, not {len(args)} of them")
        self._fields, self._attributes = fields, attributes
        for field, value in (*zip(fields, args, strict=False), *kwargs.items()):
            setattr(self, field, value)

    return type(name, (base,), {"__init__": __init__, "_fields": fields})


def _node_classes() -> dict[str, type]:
    made = {}
    for name, cls in vars(ast).items():
        if not (isinstance(cls, type) and issubclass(cls, ast.AST)) or name in _TODAY:
            continue
        if name in _OLD or not (cls._fields or cls.__bases__[0] is not ast.AST):
            continue  # made below; or the kind of others
        fields = tuple(field for field in cls._fields if field not in _NEW)
        made[name] = _node_class(name, cls.__bases__[0], fields, cls._attributes)
    for name, (base, fields) in _OLD.items():
        made[name] = _node_class(name, base, fields, getattr(base, "_attributes", ()))
    return made


_OLDER = _node_classes()


def _each(value: Any, visit: Callable[[Any], Any]) -> Any:
    if isinstance(value, list):
        return [_each(item, visit) for item in value]
    return visit(value) if isinstance(value, ast.AST) else value


def _rebuilt(node: Any, cls: Any, fields: dict[str, Any]) -> Any:
    new = cls()
    for field, value in fields.items():
        setattr(new, field, value)
    return ast.copy_location(new, node)


# To the older tree ------------------------------------------------------------------------------


def ast_to_gast(node: Any) -> Any:
    """The older tree of a tree of today."""
    name = type(node).__name__
    if name == "Constant":
        return _constant(node)
    if name == "arg":
        annotation = _each(node.annotation, ast_to_gast)
        fields = {"id": node.arg, "ctx": _OLDER["Param"](), "annotation": annotation}
        return _rebuilt(node, _OLDER["Name"], fields)
    fields = {field: _each(value, ast_to_gast) for field, value in ast.iter_fields(node)}
    if name == "Name":
        fields["annotation"] = None
    elif name == "arguments":
        fields["args"] = fields["posonlyargs"] + fields["args"]
    elif name == "Subscript":
        fields["slice"] = _index(node.slice)
    elif name == "ExceptHandler" and node.name:
        fields["name"] = _OLDER["Name"](node.name, _OLDER["Store"](), None)
    return _rebuilt(node, _OLDER[name], {k: v for k, v in fields.items() if k not in _NEW})


def _constant(node: ast.Constant) -> Any:
    value = node.value
    if value is Ellipsis:
        return _rebuilt(node, _OLDER["Ellipsis"], {})
    if value is None or isinstance(value, bool):
        return _rebuilt(node, _OLDER["NameConstant"], {"value": value})
    if isinstance(value, (str, bytes)):
        return _rebuilt(node, _OLDER["Str" if isinstance(value, str) else "Bytes"], {"s": value})
    return _rebuilt(node, _OLDER["Num"], {"n": value})


def _index(node: Any) -> Any:
    if isinstance(node, ast.Slice):
        return ast_to_gast(node)
    if isinstance(node, ast.Tuple) and any(isinstance(e, ast.Slice) for e in node.elts):
        return _rebuilt(node, _OLDER["ExtSlice"], {"dims": [_index(e) for e in node.elts]})
    return _rebuilt(node, _OLDER["Index"], {"value": ast_to_gast(node)})


# Back -------------------------------------------------------------------------------------------


def gast_to_ast(node: Any) -> Any:
    """A tree of today, which Python compiles, of the older one."""
    name = type(node).__name__
    if name in ("Num", "Str", "Bytes", "NameConstant", "Ellipsis"):
        value = getattr(node, "n", getattr(node, "s", getattr(node, "value", ...)))
        return ast.copy_location(ast.Constant(value, kind=None), node)
    if name == "Index":
        return gast_to_ast(node.value)
    if name == "ExtSlice":
        return ast.Tuple([gast_to_ast(part) for part in node.dims], ast.Load())
    if name == "Name":
        return ast.copy_location(ast.Name(node.id, _each(node.ctx, gast_to_ast)), node)
    if name == "Param":
        return ast.Load()
    fields = {field: _each(value, gast_to_ast) for field, value in ast.iter_fields(node)}
    if name == "arguments":
        for field in ("args", "kwonlyargs"):
            fields[field] = [_argument(name) for name in getattr(node, field)]
        for field in ("vararg", "kwarg"):
            fields[field] = _argument(getattr(node, field))
        fields["posonlyargs"] = []
    elif name == "ExceptHandler" and node.name:
        fields["name"] = node.name.id
    elif name == "Module":
        fields["type_ignores"] = []
    new = _rebuilt(node, getattr(ast, name), fields)
    if "type_params" in new._fields:
        new.type_params = []
    return new


def _argument(name: Any) -> Any:
    if name is None:
        return None
    annotation = _each(name.annotation, gast_to_ast)
    return ast.copy_location(ast.arg(name.id, annotation), name)


def module() -> types.ModuleType:
    """A module like gast."""
    made = types.ModuleType("gast", __doc__)
    vars(made).update(
        _OLDER,
        AST=ast.AST,
        NodeTransformer=ast.NodeTransformer,
        NodeVisitor=ast.NodeVisitor,
        ast_to_gast=ast_to_gast,
        copy_location=ast.copy_location,
        dump=ast.dump,
        fix_missing_locations=ast.fix_missing_locations,
        gast_to_ast=gast_to_ast,
        increment_lineno=ast.increment_lineno,
        iter_child_nodes=ast.iter_child_nodes,
        iter_fields=ast.iter_fields,
        parse=lambda *args, **kwargs: ast_to_gast(ast.parse(*args, **kwargs)),
        walk=ast.walk,
    )
    return made
