"""Where our decorator differs from NumPy's on purpose, each with NumPy's behaviour beside it.

The first three are those of the generated Python: in C it does as NumPy does.

One that no longer differs must go, from `test_differential.KNOWN_DEVIATIONS` too.
"""

from __future__ import annotations

import pytest
from numpy._core.overrides import array_function_dispatch as numpys_dispatch

from arrayproto.dispatch import array_function_dispatch


class TestKnownDeviations:
    def pair(self, dispatcher, implementation):
        return [d(dispatcher)(implementation) for d in (array_function_dispatch, numpys_dispatch)]

    def test_shared(self, way):
        class Duck:
            def __array_function__(self, func, types, args, kwargs):
                return len(args), sorted(kwargs)

        ours, theirs = self.pair(lambda a, b, c: (a, b, c), lambda a, b, c: None)
        numpys = (1, ["b", "c"])
        assert theirs(Duck(), b=1, c=2) == numpys
        assert ours(Duck(), b=1, c=2) == ((3, []) if way == "python" else numpys)
        # Behind a gap, by keyword alone and with fewer relevant ones, nothing is moved.
        assert ours(a=Duck(), b=1, c=2) == theirs(a=Duck(), b=1, c=2) == (0, ["a", "b", "c"])
        ours, theirs = self.pair(lambda a, b: (a, b), lambda a, b: None)
        assert ours(Duck(), b=1) == theirs(Duck(), b=1) == (1, ["b"])

    def test_count(self, way):
        ours, theirs = self.pair(lambda a: (a,), lambda a: None)
        for call in (ours, theirs):
            with pytest.raises(TypeError, match=r"takes 1 positional argument but 3 were given$"):
                call(1, 2, 3)
        with pytest.raises(TypeError, match=r"takes 1 positional argument but 4 were given$"):
            theirs(1, 2, 3, 4)
        numbers = "from 0 to 3 positional arguments" if way == "python" else "1 positional argument"
        with pytest.raises(TypeError, match=f"takes {numbers} but 4 were"):
            ours(1, 2, 3, 4)
        ours, theirs = self.pair(lambda a, /, *, k=None: (a,), lambda a, /, *, k=1: None)
        numpys = r"but 2 positional arguments .and 1 keyword-only arg"
        with pytest.raises(TypeError, match=numpys):
            theirs(1, 2, k=3)
        in_python = r"takes 1 positional argument but 3 were given$"
        with pytest.raises(TypeError, match=in_python if way == "python" else numpys):
            ours(1, 2, k=3)

    def test_two_mistakes(self, way):
        ours, theirs = self.pair(lambda a: (a,), lambda a: None)
        numpys = "multiple values for argument 'a'"
        with pytest.raises(TypeError, match=numpys):
            theirs(1, a=2, zzzzz=3)
        in_python = "unexpected keyword argument 'zzzzz'"
        with pytest.raises(TypeError, match=in_python if way == "python" else numpys):
            ours(1, a=2, zzzzz=3)

    def test_a_method_that_is_none_says_so(self):
        # NumPy's message stops at "not callable"; the class is not named.
        class Duck:
            __array_function__ = None

        for call in self.pair(lambda a: (a,), lambda a: "original"):
            with pytest.raises(TypeError, match=r"^'NoneType' object is not callable"):
                call(Duck())

    def test_an_error_that_begins_with_the_name_of_the_dispatcher(self):
        # NumPy takes it for a wrong call, and writes the public name into the middle of a word.
        error = TypeError("data must not be empty")
        space = {"error": error}
        exec("def d(a): raise error\ndef function(a): return a", space)
        ours, theirs = self.pair(space["d"], space["function"])
        with pytest.raises(TypeError, match="^functionata must not be empty"):
            theirs(1)
        with pytest.raises(TypeError) as caught:
            ours(1)
        assert caught.value is error and error.args == ("data must not be empty",)
