"""Why a library has not got a function, and what to do instead."""

from __future__ import annotations

import re

import numpy as np
import pytest

from arrayproto.catalog import catalog, generators, ufuncs, ufuncs_of_text
from arrayproto.libraries import LIBRARIES, Library
from arrayproto.libraries.reasons import FAMILIES, WITHOUT_ARRAYS, Unsupported, family_of, why
from arrayproto.libraries.refusing import unsupported

BARE = re.compile(r"^\S+ has no (function|ufunc) \S+$")


class TestFamilies:
    def test_rows_name_functions_of_numpy(self):
        """A name with a mistake in it would be a reason that nobody ever reads."""
        known = {*catalog(), *ufuncs(), *ufuncs_of_text(), *generators()}
        # Names that came with NumPy 2.1 to 2.4, or that its next release removes.
        known |= {
            "row_stack",
            "in1d",
            "trapz",
            "rec.find_duplicate",
            *(ufunc.__name__ for ufunc in ufuncs_of_text().values()),
        }
        for family, entry in FAMILIES.items():
            for pattern in entry.names:
                prefix = pattern.rstrip("*")
                fits = any(n == prefix or ("*" in pattern and n.startswith(prefix)) for n in known)
                assert fits or np.__version__ < "2.4", (family, pattern)

    def test_each_has_a_reason_and_a_next_step(self):
        for family, entry in FAMILIES.items():
            for text in (entry.row.reason, entry.row.instead):
                assert text, family
                assert not text.endswith((".", ";")), f"{family}: a clause, for a longer sentence"

    def test_the_special_before_the_general(self):
        assert family_of("random.shuffle") == "random permutations"
        assert family_of("random.normal") == "random numbers"
        assert family_of("polynomial.chebyshev.chebgauss") in WITHOUT_ARRAYS
        assert family_of("polynomial.chebyshev.chebval") == "series"
        assert family_of("concatenate") is None

    def test_texts_are_filled_in(self):
        row = why("savetxt", "toy", "x.fetch()", "toy.make")
        assert row.instead == "write with toy's own functions, or np.savetxt(..., x.fetch())"
        assert "toy.make(np.hanning(...))" in why("hanning", "toy", "x.fetch()", "toy.make").instead

    def test_a_library_may_have_a_reason_of_its_own(self):
        own = {"text": Unsupported("{module} is mute", "{name} elsewhere")}
        row = why("strings.upper", "toy", own=own)
        assert (row.reason, row.instead) == ("toy is mute", "np.strings.upper elsewhere")

    def test_rows_of_libraries_are_functions_or_families(self):
        for library in LIBRARIES.values():
            known = FAMILIES.keys() | catalog().keys()
            assert library.reasons.keys() <= known or np.__version__ < "2.4", library.name

    def test_a_reason_hides_nothing(self):
        """Once a function is to be had, its reason counts no more."""
        import types

        toy = types.ModuleType("toy")
        toy.sort_complex = lambda a: a
        own = Library.of_module(toy, object)
        own.reasons = {"sort_complex": Unsupported("no", "other"), "lexsort": Unsupported("a", "b")}
        assert own.resolve(np.sort_complex).kind == "bridged" or own.resolve(np.sort_complex).call
        assert (own.resolve(np.lexsort).note, own.resolve(np.lexsort).instead) == ("a", "b")


class TestEveryUnsupportedFunction:
    @pytest.fixture
    def refused(self, known_library, module):
        library = LIBRARIES[known_library]
        functions = {name: entry.function for name, entry in catalog().items()} | generators()
        found = {name: library.resolve(function) for name, function in functions.items()}
        return {name: r for name, r in found.items() if r.kind == "unsupported"}

    def test_says_why(self, refused):
        assert [n for n, r in refused.items() if not r.note or BARE.match(r.note)] == []

    def test_names_the_next_step(self, refused):
        assert [n for n, r in refused.items() if not r.instead] == []

    def test_has_no_gaps_in_its_texts(self, refused):
        for name, resolution in refused.items():
            for text in (resolution.note, resolution.instead):
                assert not re.search(r"\{\w*\}", text), (name, text)

    def test_the_error_has_both(self, known_library, module):
        error = str(unsupported(LIBRARIES[known_library], np.array_repr, (object,)))
        if known_library != "cupy":
            assert "it writes out the values of an ndarray. Nothing was converted." in error
            assert "Instead: print(x) shows what" in error

    def test_supported_functions_have_no_next_step(self, known_library, module):
        assert LIBRARIES[known_library].resolve(np.sum).instead == ""
