"""Arrays of two types in one call: with arrayproto active, nothing is lost without a word."""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from arrayproto import activated, cli
from arrayproto.tools import hierarchy, hierarchy_formats
from arrayproto.tools.hierarchy import Hierarchy, Outcome, examine

BY_NAME = {one.name: one for one in hierarchy.TYPES}


#: MLX is examined in a process of its own, by tests/mlx_cases.py.
NAMES = [name for name in BY_NAME if name != "mlx"]


@pytest.fixture(scope="module")
def active():
    for name in ("unyt", "astropy", "sparse", "dask", "jax", "torch", "autograd", "xarray"):
        assert BY_NAME[name].available(), f"{name} is in the extra 'test'"
    return examine(active=True, names=NAMES)


class TestActive:
    def test_nothing_is_lost(self, active):
        assert active.losses == [], hierarchy_formats.text(active)

    def test_every_ordered_pair_was_tried(self, active):
        pairs = {(o.first, o.second) for o in active.outcomes}
        assert len(pairs) == len(active.types) * (len(active.types) - 1)
        assert {"sparse", "dask", "jax", "torch", "astropy", "unyt", "masked"} <= set(active.types)

    def test_no_order_matters_among_adapted_libraries(self, active):
        libraries = {one.name for one in hierarchy.TYPES if one.subject is not None}
        for o in active.outcomes:
            if {o.first, o.second} <= libraries:
                (other,) = [
                    p for p in active.outcomes if (p.call, p.second, p.first) == (o.call, o.first, o.second)
                ]  # fmt: skip
                assert o.result == other.result, o.example

    def test_no_cycle_among_adapted_libraries(self, active):
        """Masked arrays answer their own operators themselves, and ask nobody."""
        cycles = [p for p in active.problems if p.kind == "cycle"]
        assert [p for p in cycles if "masked" not in p.message] == []

    @pytest.mark.parametrize("library", ["tensorflow", "autograd"])
    def test_operators_that_took_strangers_for_numbers(self, library):
        """Their own operators would drop the unit and the mask, in either order."""
        if not BY_NAME[library].available():
            pytest.skip(f"{library} is not installed")
        values = np.array([1.0, 5.0])
        x, metres = BY_NAME[library].make(values), BY_NAME["unyt"].make(values)
        masked = np.ma.masked_array(values, values > 3)
        with activated(library):
            for add in (
                *(lambda: x + metres, lambda: metres + x, lambda: x - metres),
                *(lambda: x + masked, lambda: masked + x, lambda: masked - x),
            ):
                with pytest.raises(Exception, match="unit|type|array|dtype|differentiate"):
                    add()
            # Masked arrays compare by themselves, and keep their mask.
            assert (x < masked).mask.tolist() == [False, True]
            assert hierarchy._dense(x + values).tolist() == [2.0, 10.0]
            assert hierarchy._dense(2 * x).tolist() == [2.0, 10.0]

    def test_jax_keeps_no_quantity_for_a_number(self):
        """Its own operators take every ndarray for one, and are asked first."""
        jax, unyt = BY_NAME["jax"], BY_NAME["unyt"]
        x, metres = jax.make(np.array([1.0])), unyt.make(np.array([2.0]))
        stock = vars(type(x))["__add__"]
        with activated("jax"):
            for add in (lambda: x + metres, lambda: metres + x):
                with pytest.raises(Exception, match="unit|type|array"):  # noqa: PT011
                    add()
            assert str((x * 2 + x).tolist()) == "[3.0]"
        assert vars(type(x))["__add__"] is stock


class TestWithout:
    def test_a_unit_is_lost_and_the_example_shows_it(self):
        found = examine(active=False, names=["sparse", "unyt"])
        losses = [p for p in found.losses if "the unit" in p.message]
        assert losses
        example = min((p.examples[0] for p in losses), key=len)
        import sparse
        import unyt

        result = eval(example, {"np": np, "sparse": sparse, "unyt": unyt})
        assert not hasattr(result, "units")

    def test_the_example_is_the_smallest(self):
        found = examine(active=False, names=["sparse", "unyt"])
        (lost,) = [
            o
            for o in found.outcomes
            if o.call.startswith("np.multiply") and o.lost and o.first == "sparse"
        ]
        assert lost.shape == ()


def outcome(first, second, result, call="np.add({}, {})", error="", lost=""):
    return Outcome(call, first, second, (1,), result, error, lost)


class TestProblems:
    def test_order(self):
        outcomes = [outcome("sparse", "dask", ""), outcome("dask", "sparse", "dask")]
        (problem,) = hierarchy._orders(outcomes)
        assert problem.kind == "order"
        assert (
            "np.add(sparse.COO.from_numpy(np.array([1.0])), "
            in problem.examples[0] + problem.examples[1]
        )

    def test_cycle(self):
        outcomes = [
            outcome("dask", "jax", "jax"),
            outcome("jax", "torch", "torch"),
            outcome("dask", "torch", "dask"),
        ]
        (problem,) = hierarchy._cycles(Hierarchy(True, ("dask", "jax", "torch"), outcomes, []))
        assert problem.message == "jax wins over dask, torch over jax, and dask over torch"
        assert len(problem.examples) == 3
        other = [*outcomes[:2], outcomes[2]._replace(call="np.less({}, {})")]
        assert not list(hierarchy._cycles(Hierarchy(True, ("dask", "jax", "torch"), other, [])))

    def test_what_lies_under_a_mask_counts_for_nothing(self):
        expected = np.array([1.0, 2.0])
        assert hierarchy._lost(np.ma.masked_array([1.0, 9.0], [False, True]), expected) == ""
        assert hierarchy._lost(np.array([1.0, 9.0]), expected) == "the values"
        masked = np.ma.masked_array(expected, [False, True])
        assert hierarchy._lost(expected, masked) == "the mask"
        assert hierarchy._lost(expected, TypeError()) == "the error"
        assert hierarchy._lost(np.array([None, None]), expected) == "the dtype"

    def test_labels(self):
        xarray = pytest.importorskip("xarray")
        labelled = xarray.DataArray(np.array([1.0, 2.0]), dims="x")
        assert hierarchy._lost(np.array([1.0, 2.0]), labelled) == "the labels"
        assert hierarchy._lost(labelled, labelled) == ""
        assert hierarchy._lost(labelled + 1, labelled) == "the values"


class TestGraph:
    found = Hierarchy(True, ("dask", 'a"<b>'), [outcome("dask", 'a"<b>', 'a"<b>')], [])

    def test_dot(self):
        assert hierarchy_formats.dot(self.found) == (
            'digraph hierarchy {\n  "dask";\n  "a\\"<b>";\n  "dask" -> "a\\"<b>";\n}\n'
        )

    def test_svg_is_well_formed(self):
        root = ElementTree.fromstring(hierarchy_formats.svg(self.found))
        names = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
        assert names == ["dask", 'a"<b>']
        assert len(list(root.iter("{http://www.w3.org/2000/svg}line"))) == 1

    def test_png(self, tmp_path):
        pytest.importorskip("matplotlib", reason="draws it; in the extra 'bench'")
        image = hierarchy_formats.png(self.found)
        assert image.startswith(b"\x89PNG\r\n\x1a\n")
        width, height = (int.from_bytes(image[at : at + 4]) for at in (16, 20))
        assert width == height == 900

    def test_without_matplotlib(self, monkeypatch, capsys):
        monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
        assert cli.main(["hierarchy", "--types", "ndarray,masked", "--format", "png"]) == 2
        assert "--format svg needs nothing" in capsys.readouterr().err


def test_output_and_mistakes(tmp_path, capsys):
    path = tmp_path / "graph.svg"
    arguments = ["hierarchy", "--types", "ndarray,masked", "--format", "svg", "--output", str(path)]
    assert cli.main(arguments) == 0
    assert len(list(ElementTree.parse(path).getroot().iter())) > 5
    assert capsys.readouterr().out == ""
    assert cli.main(["hierarchy", "--types", "ndaray"]) == 2
    assert "no type 'ndaray'; there are ndarray, masked" in capsys.readouterr().err


def test_the_command(capsys):
    assert cli.main(["hierarchy", "--types", "ndarray,sparse", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["types"] == ["ndarray", "sparse"]
    assert cli.main(["hierarchy", "--types", "sparse,unyt", "--stock"]) == 1
    assert "loses the unit without a word" in capsys.readouterr().out
