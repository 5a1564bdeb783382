"""Adapters that other distributions ship, found by entry point."""

from __future__ import annotations

import sys
import types
from importlib import metadata

import pytest

import arrayproto
from arrayproto.errors import ActivationError
from arrayproto.libraries import LIBRARIES, Library, get_library


@pytest.fixture
def distribution(tmp_path, monkeypatch):
    """An installed distribution, "gravel", with adapters."""

    def install(module_text, **entry_points):
        (tmp_path / "gravel_arrayproto.py").write_text(module_text)
        info = tmp_path / "gravel-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gravel\nVersion: 1.0\n")
        lines = [f"{name} = {value}" for name, value in entry_points.items()]
        (info / "entry_points.txt").write_text("[arrayproto.libraries]\n" + "\n".join(lines))

    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    known = dict(LIBRARIES)
    yield install
    arrayproto.deactivate()
    sys.modules.pop("gravel_arrayproto", None)
    for name in LIBRARIES.keys() - known.keys():
        del LIBRARIES[name]


ADAPTER = """
from arrayproto.libraries import Library

library = Library(name="gravel", module="gravel_for_tests", array_class="Stone")
other = Library(name="pebbles", module="pebbles_for_tests", array_class="Stone")
"""


@pytest.fixture
def stone(monkeypatch):
    module = types.ModuleType("gravel_for_tests")
    module.Stone = type("Stone", (), {"ndim": 0})
    module.sum = lambda a: "the sum of stones"
    monkeypatch.setitem(sys.modules, "gravel_for_tests", module)
    return module.Stone()


def test_activate_by_name(distribution, stone):
    import numpy as np

    distribution(ADAPTER, gravel="gravel_arrayproto:library")
    arrayproto.activate("gravel")
    assert arrayproto.status().active == ("gravel",)
    assert np.sum(stone) == "the sum of stones"
    arrayproto.deactivate("gravel")
    assert "__array_function__" not in vars(type(stone))


def test_waits_for_the_import(distribution):
    distribution(ADAPTER, gravel="gravel_arrayproto:library")
    arrayproto.activate("gravel")
    assert arrayproto.status().waiting == ("gravel",)


def test_register_by_name(distribution, stone):
    import arrayproto.numpy as anp

    distribution(ADAPTER, gravel="gravel_arrayproto:library")
    arrayproto.register(type(stone), "gravel")
    assert anp.sum(stone) == "the sum of stones"
    arrayproto.unregister(type(stone))


def test_named_once_it_is_known(distribution):
    distribution(ADAPTER, gravel="gravel_arrayproto:library")
    library = get_library("gravel")
    assert isinstance(library, Library)
    assert get_library("gravel") is library
    arrayproto.activate()
    assert "gravel" in arrayproto.status().waiting


def test_unknown_names_are_told_what_there_is(distribution):
    distribution(ADAPTER, gravel="gravel_arrayproto:library")
    with pytest.raises(ValueError, match="unknown array library 'sand'.*'sparse'.*'gravel'"):
        arrayproto.activate("sand")


def test_our_own_come_first(distribution):
    distribution(ADAPTER, sparse="gravel_arrayproto:library")
    assert get_library("sparse").module == "sparse"


@pytest.mark.parametrize(
    ("text", "value", "told"),
    [
        ("1 / 0", "gravel_arrayproto:library", "ZeroDivisionError"),
        ("", "gravel_arrayproto:library", "AttributeError"),
        ("", "no_such_module:library", "No module named"),
        ("library = 3", "gravel_arrayproto:library", "is 3, which is no"),
        (ADAPTER, "gravel_arrayproto:other", "no arrayproto.libraries.Library of that name"),
    ],
)
def test_one_that_fails_is_a_warning(distribution, text, value, told):
    """It names the distribution, and everything else goes on."""
    distribution(text, gravel=value)
    with pytest.warns(arrayproto.ArrayProtoWarning, match=f"(?s){told}.*belong to gravel") as seen:
        arrayproto.activate("gravel", "sparse")
    assert seen[0].filename == __file__
    assert "sparse" in arrayproto.status().active + arrayproto.status().waiting
    with pytest.raises(ActivationError, match="of gravel"):
        get_library("gravel")


def test_others_that_fail_are_not_loaded(distribution):
    distribution(ADAPTER, gravel="gravel_arrayproto:library", broken="no_such_module:library")
    arrayproto.activate("gravel")
    assert arrayproto.status().waiting == ("gravel",)


def test_entry_points_are_not_read_for_what_is_known(monkeypatch):
    """To read them takes longer than all the rest."""

    def read(**_):
        raise AssertionError("entry points were read")

    monkeypatch.setattr(metadata, "entry_points", read)
    arrayproto.activate()
    arrayproto.activate("sparse", "dask")
    arrayproto.deactivate()


def test_import_does_not_read_them(run_python):
    run_python("""
import sys, numpy
before = set(sys.modules)
import arrayproto
arrayproto.activate()
assert "importlib.metadata" not in set(sys.modules) - before
""")
