"""`arrayproto.mypy_plugin`: what a type checker knows of NumPy's functions on array classes."""

from __future__ import annotations

import re

import pytest
from mypy import api

#: Each line with what mypy says of it: a type, or a part of an error.
PROGRAM = """
import types
import numpy as np
from numpy import exp
from arrayproto import ArrayFunctionMixin, implements

class My(ArrayFunctionMixin):
    @implements(np.sum)
    def total(self, axis: int | None = None) -> float:
        return 3.0
    @implements(np.exp, np.add)
    def elements(self, *others: object) -> "My":
        return self
    @implements(np.concatenate, np.stack)
    @staticmethod
    def joined(arrays: list["My"], axis: int = 0) -> "My":
        return arrays[0]
    @implements(np.asarray)
    @classmethod
    def made(cls, array: object) -> "My":
        return cls()

class Child(My):
    pass

class Core(My, derive=True):
    pass

class Module(My):
    _fallback_module = types

my = My()
reveal_type(np.sum(my))  # float
reveal_type(np.sum(my, axis=1))  # float
reveal_type(np.sum(Child()))  # float
reveal_type(exp(my))  # My
reveal_type(my + 1)  # My
reveal_type(np.concatenate([my, my]))  # My
reveal_type(np.asarray([1.0], like=my))  # My
reveal_type(np.median(Core()))  # Any
reveal_type(np.sum(Core(), keepdims=True))  # float
reveal_type(np.median(Module()))  # Any
np.sum(my, keepdims=True)  # Unexpected keyword argument "keepdims"
np.median(my)  # No overload variant of "median" matches argument type "My"
reveal_type(np.sum(np.ones(3)))  # float64
reveal_type(np.ones(3) + 1.0)  # ndarray
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folder = tmp_path_factory.mktemp("typed")
    (folder / "program.py").write_text(PROGRAM, encoding="utf-8")
    (folder / "mypy.ini").write_text("[mypy]\nplugins = arrayproto.mypy_plugin\n", encoding="utf-8")
    config = ["--config-file", str(folder / "mypy.ini"), "--cache-dir", str(folder / "cache")]
    output, error, _ = api.run([*config, "--hide-error-context", str(folder / "program.py")])
    assert not error
    by_line = {}
    for line in output.splitlines():
        found = re.match(r".*program\.py:(\d+): (.*)", line)
        if found:
            by_line.setdefault(int(found[1]), []).append(found[2])
    return by_line


def _claims():
    """Lines of the program, and what is claimed of them."""
    for number, line in enumerate(PROGRAM.splitlines(), 1):
        if "  # " in line:
            yield pytest.param(number, line.partition("  # ")[2], id=line.partition("  # ")[0])


@pytest.mark.parametrize(("number", "wanted"), list(_claims()))
def test_what_is_known(told, number, wanted):
    text = "\n".join(told[number])
    assert wanted in text
    if "error" in text:
        assert wanted.startswith(("Unexpected", "No overload"))


def test_nothing_else_is_said(told):
    claimed = {claim.values[0] for claim in _claims()}
    assert set(told) == claimed
