"""An array that is an expression: it prints, it differentiates, and it compiles to one function.

python examples/symbolic_array.py

What is called with it is noted, and nothing is computed. The class has the core of
`arrayproto.derived.core`, so that expressions are made of some sixty functions (np.var is a sum of
squares), most of which are linear: few rules differentiate them all, and SymPy those of ufuncs.

Score: 313 of 359 functions wholly right (87.2%), 14 of 14 checks passed
"""

from __future__ import annotations

import functools
import operator
from collections import Counter
from operator import getitem

import numexpr
import numpy as np
import sympy

from arrayproto import ArrayFunctionMixin, implements
from arrayproto.derived.core import UFUNCS


class Expression(ArrayFunctionMixin, derive=True):
    """A function and its arguments; or a leaf, which has a name or a value, and no function."""

    def __init__(self, function, args, shape, dtype) -> None:
        self.function, self.args = function, args
        self.shape, self.dtype = tuple(map(int, shape)), np.dtype(dtype)
        items = [b for a in args for b in (a if isinstance(a, (list, tuple)) else [a])]
        self.operands = [a for a in items if isinstance(a, Expression)]
        self.depth = 1 + max((a.depth for a in self.operands), default=0)

    ndim = property(lambda self: len(self.shape))
    known = property(lambda self: not symbols(self))  # else checks of values wait

    def __repr__(self) -> str:
        return "\n".join(written(self, {}))

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key) -> Expression:
        stand_in = np.broadcast_to(np.empty((), self.dtype), self.shape)
        return Expression(getitem, (self, key), stand_in[key].shape, self.dtype)

    @implements(np.asarray)
    @staticmethod
    def from_numpy(a) -> Expression:
        return Expression(None, (np.array(a),), np.shape(a), np.asarray(a).dtype)

    def __array__(self, dtype=None, copy=None):
        raise TypeError("an Expression is no ndarray: compile it, or call to_numpy()")

    def to_numpy(self) -> np.ndarray:
        if not self.known:
            raise TypeError(f"the value depends on {', '.join(symbols(self))}: compile it")
        return np.asarray(compiled(self)())

    def _apply_ufunc(self, ufunc, method, *inputs, **kwargs):
        if method != "__call__" or kwargs or ufunc.__name__ not in UFUNCS:
            return NotImplemented  # the mixin composes it of simple calls
        plain = (Expression, bool, int, float, complex)
        args = tuple(x if type(x) in plain else self.from_numpy(x) for x in inputs)
        ones = (np.ones((), x.dtype) if isinstance(x, Expression) else x for x in args)
        shape = np.broadcast_shapes(*map(np.shape, args))
        return Expression(ufunc, args, shape, ufunc(*ones).dtype)


def symbol(name: str, shape=(), dtype=float) -> Expression:
    """A leaf whose value is given later."""
    return Expression(None, (name,), shape, dtype)


def symbols(expression: Expression) -> list[str]:
    return sorted({node.args[0] for node in nodes(expression) if isinstance(node.args[0], str)})


def nodes(expression: Expression) -> list[Expression]:
    """All that it is made of; what is needed first comes first."""
    found, waiting = {}, [expression]
    while waiting:
        node = waiting.pop()
        if id(node) not in found:
            found[id(node)] = node
            waiting += node.operands
    return sorted(found.values(), key=operator.attrgetter("depth"))


# Writing it down, as Python that computes it -----------------------------------------------------

_NAMES = "add", "subtract", "multiply", "divide", "negative", "power"
INFIX = dict(zip(_NAMES, "+ - * / - **".split(), strict=True))
#: What numexpr computes in one pass, without arrays in between.
FUSED = {*INFIX, *"exp expm1 log log1p log10 sqrt sin cos tan arcsin arccos sinh tanh".split()}


def is_fused(node: Expression) -> bool:
    float64 = all(a.dtype == float for a in (node, *node.operands))
    return isinstance(node.function, np.ufunc) and node.function.__name__ in FUSED and float64


def written(expression: Expression, scope: dict, fuse: bool = False) -> list[str]:
    """Assignments, the last of them to ``result``; the values of constants are put in `scope`."""
    order, texts, lines = nodes(expression), {}, []
    users = Counter(id(a) for node in order for a in node.operands)
    last_user = {id(a): node for node in order for a in node.operands}

    def text(value) -> str:
        if isinstance(value, Expression):
            return texts[id(value)]
        if isinstance(value, (list, tuple)):
            items = "".join(f"{text(item)}, " for item in value)
            return f"[{items}]" if isinstance(value, list) else f"({items})"
        return repr(value.name if isinstance(value, np.dtype) else value)

    for node in order:
        args, fused = [text(a) for a in node.args], fuse and is_fused(node)
        name = getattr(node.function, "__name__", None)
        if name is None:
            found = node.args[0] if isinstance(node.args[0], str) else f"c{len(scope)}"
            scope[found] = node.args[0]
        elif name in INFIX:
            found = f"({f' {INFIX[name]} '.join(args) if len(args) > 1 else '-' + args[0]})"
        else:
            prefix = "np." if hasattr(np, name) and not fused else ""
            found = f"{prefix}{name}({', '.join(args)})"
        inline = users[id(node)] == 1 and (not fuse or (fused and is_fused(last_user[id(node)])))
        texts[id(node)] = found
        if node is expression or not (name is None or inline):
            texts[id(node)] = "result" if node is expression else f"t{len(lines)}"
            lines.append(f"{texts[id(node)]} = " + (f"evaluate({found!r})" if fused else found))
    return lines


def compiled(expression: Expression, fuse: bool = False):
    """A function of the symbols, by name; where `fuse`, numexpr computes what is elementwise."""
    scope = dict(globals(), inf=np.inf, nan=np.nan, evaluate=numexpr.evaluate)
    body = "\n    ".join([*written(expression, scope, fuse), "return result"])
    exec(f"def function({', '.join(symbols(expression))}):\n    {body}", scope)
    return scope["function"]


# The core: the shapes and dtypes of results ------------------------------------------------------


def without(shape, axes):
    return [n for i, n in enumerate(shape) if i not in axes]


for f, of in {
    np.astype: lambda x, dtype: (x.shape, dtype),
    np.reshape: lambda a, shape: (shape, a.dtype),
    np.transpose: lambda a, axes: ([a.shape[i] for i in axes], a.dtype),
    np.broadcast_to: lambda a, shape: (shape, a.dtype),
    np.concatenate: lambda arrays, axis: (
        [*(a := arrays[0].shape)[:axis], sum(x.shape[axis] for x in arrays), *a[axis + 1 :]],
        arrays[0].dtype,
    ),
    np.where: lambda c, x, y: (np.broadcast_shapes(c.shape, x.shape, y.shape), x.dtype),
    np.take: lambda a, i, axis: (a.shape[:axis] + i.shape + a.shape[axis + 1 :], a.dtype),
    np.matmul: lambda a, b: (
        [*np.broadcast_shapes(a.shape[:-2], b.shape[:-2]), *a.shape[-2:-1], *b.shape[1:][-1:]],
        np.result_type(a.dtype, b.dtype),
    ),
    **{f: lambda a, axis, dtype: (without(a.shape, axis), dtype) for f in (np.sum, np.prod)},
    **{f: lambda a, axis: (without(a.shape, axis), a.dtype) for f in (np.min, np.max)},
    **{f: lambda a, axis, dtype: (a.shape, dtype) for f in (np.cumsum, np.cumprod)},
    **{f: lambda z: (z.shape, np.empty(0, z.dtype).real.dtype) for f in (np.real, np.imag)},
}.items():
    Expression.implements(f)(lambda *args, f=f, of=of: Expression(f, args, *of(*args)))
Expression.implements(np.argsort)(
    lambda a, i: Expression(np.argsort, (a, i, "stable"), a.shape, int)
)
Expression.implements(np.nonzero)(lambda a: tuple(map(a.from_numpy, np.nonzero(a.to_numpy()))))
for kind in (bool, int, float, complex, operator.index):
    setattr(Expression, f"__{kind.__name__}__", lambda self, kind=kind: kind(self.to_numpy()))

# Derivatives ----------------------------------------------------------------------------------------

LINEAR = {np.astype, np.reshape, np.transpose, np.broadcast_to, np.concatenate, np.where, np.take}
LINEAR |= {np.sum, np.cumsum, getitem}
# fmt: off
FORMULAS = {"add": "x + y", "subtract": "x - y", "multiply": "x * y", "divide": "x / y", "power": "x ** y",
            "negative": "-x", "absolute": "Abs(x)", "expm1": "exp(x) - 1", "log1p": "log(x + 1)",
            "log2": "log(x) / log(2)", "log10": "log(x) / log(10)", "arctan2": "atan2(x, y)"}
# fmt: on


@functools.cache
def partial(name: str, i: int, *numbers):
    """The derivative of a ufunc with respect to input `i`; of the others some are given numbers."""
    inputs = sympy.symbols("x y", real=True)
    formula = FORMULAS.get(name, f"{name.replace('arc', 'a')}(x)")
    formula = sympy.sympify(formula, dict(zip("xy", inputs, strict=True)))
    given = {x: number for x, number in zip(inputs, numbers, strict=False) if number is not None}
    return sympy.lambdify(inputs, sympy.diff(formula.subs(given), inputs[i]), "numpy")


def change(node: Expression, known: dict[int, Expression]) -> Expression:
    """How a node changes with those of its operands whose changes are known."""
    function, args = node.function, node.args

    def of(a):
        real = isinstance(a, Expression) and a.dtype.kind == "f"
        return known.get(id(a), np.zeros_like(a)) if real else a

    if function in LINEAR:
        return function(
            *(type(a)(map(of, a)) if isinstance(a, list | tuple) else of(a) for a in args)
        )
    if function is np.matmul:
        return of(args[0]) @ args[1] + args[0] @ of(args[1])
    if function is np.prod:
        return node * np.sum(of(args[0]) / args[0], *args[1:])
    if function in (np.min, np.max):
        is_it = args[0] == np.expand_dims(node, args[1])
        return np.sum(np.where(is_it, of(args[0]), 0.0), args[1])
    if not isinstance(function, np.ufunc):
        raise TypeError(f"np.{function.__name__} has no derivative here; change() may give it one")
    numbers = [None if isinstance(a, Expression) else a for a in args]
    parts = []
    for i, a in enumerate(args):
        if id(a) in known:
            slope, delta = partial(function.__name__, i, *numbers)(*(*args, 0)[:2]), known[id(a)]
            parts.append(delta if type(slope) is int and slope == 1 else slope * delta)
    return functools.reduce(operator.add, parts)


def derivative(expression: Expression, variable: Expression, direction) -> Expression:
    """How an expression changes where a symbol changes in a direction: an expression again."""
    known = {id(variable): direction}
    for node in nodes(expression):
        if any(id(a) in known for a in node.operands) and node.dtype.kind == "f":
            known[id(node)] = change(node, known)
    return known.get(id(expression), np.zeros_like(expression))


if __name__ == "__main__":
    x, y, v = (symbol(name, (4,)) for name in "xyv")
    loss = np.mean((np.exp(-x * x / 2) - y) ** 2)
    slope = derivative(loss, x, v)
    print("a loss:", loss, "its derivative:", slope, "with numexpr:", sep="\n")
    print(*written(slope, {}, fuse=True), sep="\n")
    values = {"x": np.linspace(-1, 1, 4), "y": np.ones(4), "v": np.array([1, 0, 0, 0])}
    print(compiled(slope)(**values), compiled(slope, fuse=True)(**values))
