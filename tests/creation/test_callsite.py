"""Who is calling, told from where a frame stands."""

from __future__ import annotations

import functools
import sys
import types

from arrayproto.creation import callsite


def test_the_expression_that_is_evaluated():
    """Compiled code that the program calls has no frame; one instruction may load two names."""

    def zeros(*args):
        return callsite.calls(sys._getframe(1), "zeros", zeros)

    def program(zeros, other, compiled, n):
        x = n; found = zeros(n)  # fmt: skip  # noqa: E702
        held = types.SimpleNamespace(zeros=zeros, n=n)
        ways = [
            found, zeros(x), other(n), held.zeros(n), (n, zeros(n))[1], (n, other(n))[1],
            n * 0 + zeros(n), next(map(zeros, (n, n))), compiled(zeros, n), compiled(n, zeros),
        ]  # fmt: skip
        x = n; found = compiled(n)  # fmt: skip  # noqa: E702
        others = [
            found, compiled(x), (n, compiled(n))[1], compiled(n, zeros(n)), compiled(n, other(n)),
            compiled(held.n, x), compiled(n, held.zeros(n)),
        ]  # fmt: skip
        return ways, others

    ways, others = program(zeros, zeros, functools.partial(zeros), 2)
    assert ways == [True] * 10
    assert others == [False] * 7
