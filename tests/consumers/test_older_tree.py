"""Today's syntax tree as the older one, and back."""

from __future__ import annotations

import ast

import pytest

from arrayproto.consumers import older_tree

gast = older_tree.module()

SOURCES = [
    "x = 1 + 2.5j - -3",
    "y = 'text', b'bytes', None, True, ...",
    "z = a[1], a[1:2], a[1:2, ..., b], a[::2][c]",
    "def f(a, b: int = 2, *c, d, e=3, **g) -> float:\n    return a + b",
    "f = lambda x, *y: x",
    "for i in range(3):\n    x += i\nelse:\n    pass",
    "while x > 0:\n    x -= 1\n    continue",
    "with open(p) as f, g:\n    pass",
    "try:\n    pass\nexcept ValueError as e:\n    raise\nfinally:\n    pass",
    "class A(B, metaclass=C):\n    @d\n    def m(self):\n        yield self.x",
    "import a.b as c\nfrom . import d",
    "[i for i in x if i], {k: v for k, v in y}, (j for j in z)",
    "f'{x!r:>10}'",
]


@pytest.mark.parametrize("source", SOURCES)
def test_there_and_back(source):
    tree = gast.parse(source)
    back = ast.fix_missing_locations(gast.gast_to_ast(tree))
    assert ast.unparse(back) == ast.unparse(ast.parse(source))
    compile(back, "<test>", "exec")


def test_it_is_the_older_one():
    tree = gast.parse("def f(x):\n    return x[0] + 'a'")
    names = {type(node).__name__ for node in ast.walk(tree)}
    assert {"Num", "Str", "Index", "Param"} <= names
    assert not names & {"Constant", "arg"}
    (argument,) = tree.body[0].args.args
    assert (type(argument).__name__, argument.id) == ("Name", "x")
    assert argument.annotation is None


def test_extended_slices():
    tree = gast.parse("a[1:2, b]").body[0].value.slice
    assert type(tree).__name__ == "ExtSlice"
    assert [type(part).__name__ for part in tree.dims] == ["Slice", "Index"]


def test_nodes_are_made_of_all_their_fields_or_none():
    assert gast.Name().__class__ is gast.Name
    with pytest.raises(TypeError, match="Name has the fields"):
        gast.Name("x")
