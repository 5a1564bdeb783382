"""Nothing that a user's data say is run, found on the path, or taken for markup."""

from __future__ import annotations

import ast
import builtins
import inspect
import json
import linecache
import os
import subprocess
import sys
import types
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrayproto import dispatch, wrapper
from arrayproto.dispatch import array_function_dispatch
from arrayproto.tools import formats, hierarchy_formats, page, terminal, trace_formats
from arrayproto.tools.check import outputs
from arrayproto.tools.check.codes import CODES
from arrayproto.tools.check.judge import Finding
from arrayproto.tools.coverage import Coverage, Row
from arrayproto.tools.evidence import Proof
from arrayproto.tools.hierarchy import Hierarchy, Outcome, Problem
from arrayproto.tools.trace import Trace

ROOT = Path(__file__).parents[2]
PAYLOAD = "__import__('builtins').trust_was_broken.append(1)"


@pytest.fixture
def broken():
    """A list that code in data would append to."""
    builtins.trust_was_broken = []
    yield builtins.trust_was_broken
    del builtins.trust_was_broken


class Evil:
    """A default whose every description is code."""

    def __repr__(self):
        return PAYLOAD

    __str__ = __repr__

    def __eq__(self, other):
        raise SystemExit("a default was compared")

    __hash__ = None


@pytest.fixture(params=["as it was built", "in Python alone"])
def decorate(request, monkeypatch):
    if request.param == "in Python alone":
        monkeypatch.setattr(dispatch, "speed", None)
    return array_function_dispatch


class TestGeneratedCode:
    HOSTILE = (
        "x", "a b", "a=1", "a):\n pass\ndef b(", PAYLOAD, f"a={PAYLOAD}", "\n", "", "'", '"""', "\\",
        "a, /", "*a", "class", "None", "\0", "é", "ℯ", "{0}", "<missing>", "<plain>", "a\u2028b",
    )  # fmt: skip

    @pytest.mark.parametrize("name", HOSTILE)
    def test_names_of_parameters(self, name, decorate, broken):
        """A code object may hold any name; Python's own compiler is not asked to make it."""

        def plain(a, b=None):
            return "plain"

        def dispatcher(a, b=None):
            return (a,)

        names = (name, "b")
        functions = [
            types.FunctionType(f.__code__.replace(co_varnames=names), {}, argdefs=f.__defaults__)
            for f in (plain, dispatcher)
        ]
        try:
            made = decorate(functions[1])(functions[0])
        except (ValueError, IndexError):  # inspect, or we, refuse the name
            assert not name.isidentifier() or name in ("class", "None")
        else:
            assert made(np.ones(1)) == made(1) == "plain"
        assert not broken

    @pytest.mark.parametrize("text", HOSTILE)
    def test_all_that_a_function_says_of_itself(self, text, decorate, broken):
        def implementation(a, b=Evil(), *, c=Evil()):
            return type(b) is type(c) is Evil

        told = [inspect.Parameter("a", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=Evil())]
        implementation.__signature__ = inspect.Signature(told)
        implementation.__name__ = implementation.__qualname__ = implementation.__doc__ = text
        implementation.__module__ = implementation.__annotations__["a"] = text
        made = decorate(lambda a, b=None, *, c=None: (a, b), module=text)(implementation)
        assert made(np.ones(1)) and made(a=1)
        repr(made), str(made)
        for wrong in ((), (1, 2, 3)):
            with pytest.raises(TypeError):
                made(*wrong)
        assert not broken

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.text(max_size=12) | st.sampled_from(HOSTILE), min_size=1, max_size=4))
    def test_what_is_written_into_source_is_a_name(self, names):
        """Whatever a signature is made of: it is refused, or every name in the code is one."""
        parameters = []
        for name in dict.fromkeys(names):
            parameter = inspect.Parameter("p", inspect.Parameter.POSITIONAL_OR_KEYWORD)
            parameter._name = name  # past the checks of inspect
            parameters.append(parameter)
        signature = inspect.Signature(parameters, __validate_parameters__=False)
        nothing = lambda *args, **kwargs: None  # noqa: E731
        arguments = dict.fromkeys(
            ("implementation", "dispatcher", "collect", "seen_by_numpy", "with_public_name",
             "no_implementation"), nothing,
        )  # fmt: skip
        try:
            made = wrapper.generate(signature, {}, registry=dispatch, **arguments)
        except ValueError:
            return
        assert all(name.isidentifier() for name in names)
        assert made.__code__.co_name == "wrapper"

    def test_what_is_run_is_ours_or_the_program(self):
        """exec() and eval(): wrapper, dispatcher, the conformance kit's own table, and `run`.

        And the tutorial, whose code the kit runs to write its scores."""
        found = set()
        for path in (ROOT / "arrayproto").rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_bytes())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    if node.func.id in ("exec", "eval", "__import__"):
                        found.add(path.relative_to(ROOT / "arrayproto").as_posix())
                if isinstance(node, ast.Attribute) and node.attr in ("loads", "load", "Unpickler"):
                    owner = node.value.id if isinstance(node.value, ast.Name) else ""
                    # The kit reads what it has pickled itself.
                    if path.name != "discipline.py":
                        assert owner not in ("pickle", "marshal", "shelve", "cloudpickle"), path
        kit = {"testing/calls/__init__.py", "testing/tutorial.py"}
        assert found == {"wrapper.py", "catalog.py", "running.py", *kit}


class TestPath:
    """`run` has the program see the path that Python would have given it."""

    SOURCE = "import sys; print(sys.path)\n"

    @pytest.fixture
    def folder(self, tmp_path):
        folder = tmp_path / "programs"
        for name in ("script.py", "package/__main__.py", "module.py"):
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(self.SOURCE)
        (folder / "elsewhere").mkdir()
        (folder / "elsewhere" / "link.py").symlink_to(folder / "script.py")
        with zipfile.ZipFile(folder / "packed.zip", "w") as packed:
            packed.writestr("__main__.py", self.SOURCE)
        return folder

    def seen(self, command, folder):
        done = subprocess.run(
            command, cwd=folder, input=self.SOURCE, capture_output=True, text=True, timeout=60,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return ast.literal_eval(done.stdout)

    @pytest.mark.parametrize(
        "given, options",
        [
            (["script.py"], []),
            (["elsewhere/link.py"], ["-P"]),
            (["elsewhere/link.py"], []),
            (["-m", "module"], []),
            (["-c", SOURCE], []),
            (["-"], []),
            (["package"], []),
            (["package"], ["-P"]),
            (["packed.zip"], []),
        ],
        ids=lambda value: " ".join(value).strip() or "by itself",
    )
    def test_run(self, given, options, folder):
        own = self.seen([sys.executable, *options, *given], folder)
        ours = [sys.executable, *options, "-m", "arrayproto", "run", "--library", "numpy", *given]
        assert self.seen(ours, folder) == own

    @pytest.mark.parametrize("given", [["-m", "module"], ["script.py"]], ids=" ".join)
    def test_by_the_installed_command(self, given, folder):
        """Its own folder, that of other commands, is no place to import from."""
        command = Path(sys.executable).parent / "arrayproto"
        if not command.exists():
            command = folder / "command"
            command.write_text("import sys; from arrayproto.cli import main; sys.exit(main())\n")
        own = self.seen([sys.executable, *given], folder)
        ours = [sys.executable, command, "run", "--library", "numpy", *given]
        assert self.seen(ours, folder) == own

    @pytest.mark.parametrize("given", [["-m", "module"], ["script.py"]], ids=" ".join)
    def test_trace(self, given, folder):
        own = self.seen([sys.executable, *given], folder)
        assert self.seen([sys.executable, "-m", "arrayproto", "trace", *given], folder) == own


# Reports ------------------------------------------------------------------------------------------

#: Names of files are any bytes, and those that are no text are halves of surrogate pairs.
hostile = (
    st.sampled_from(
        [
            "</td></table><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "]]>", "-->",
            "\"' onmouseover='alert(1)", "&lt;script&gt;", "</style><script>", "</title>", "\udcff",
            "\x00\x1b[2J", "[red]x[/red]", "a\nb", "javascript:alert(1)", "<!--", "\ufffe",
        ]
    )
    | st.text(max_size=20)
    | st.text(st.characters(categories=["Cs", "Cc"]), max_size=4)
)  # fmt: skip
TAGS = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "table", "caption",
        "tr", "th", "td", "b", "details", "div", "h2", "i", "input", "label", "li", "span",
        "summary", "thead", "tbody", "ul"}  # fmt: skip

#: None that runs or loads anything.
ATTRIBUTES = {"charset", "checked", "class", "content", "http-equiv", "id", "lang", "name", "open",
              "style", "title", "type"}  # fmt: skip


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.texts, self.comments = set(), set(), [""], []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.texts.append("")

    def handle_data(self, data):
        self.texts[-1] += data

    def handle_comment(self, data):
        self.comments.append(data)


def checked(text, *shown):
    """It is a page of nothing but text, with these texts in it, that can be written to a file."""
    text.encode("utf-8")
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.tags <= TAGS and not reader.comments
    assert reader.attributes <= ATTRIBUTES
    for one in shown:
        refused = page._REFUSED.sub(lambda found: ascii(found[0])[1:-1], one)
        assert any(refused.replace("\r\n", "\n") in got for got in reader.texts), (one, text)


def as_json(text):
    """What is left of a text in JSON: two halves beside each other are a whole."""
    return json.loads(json.dumps(text))


class TestReports:
    @settings(max_examples=40, deadline=None)
    @given(hostile, hostile, hostile, hostile)
    def test_trace(self, name, library, file, source):
        file = file.replace("\0", "")  # no file is called so
        trace = Trace()
        call = ("call", name, library, "native", file, 1, "", "", 0.0, 1.0, 8, 1)
        left = ("conversion", name, library, "densifying", file, 2, library, name, 0.0, 1.0, 8, 1)
        trace.raw += [call, left]
        place = os.path.abspath(file)
        linecache.cache[place] = (1, None, [source + "\n", "second\n"], place)
        try:
            checked(trace_formats.as_html(trace, title=name), name, library)
            assert [e["name"] for e in json.loads(trace_formats.as_json(trace))] == [
                as_json(name)
            ] * 2
            json.dumps(trace_formats.as_chrome(trace)).encode()
        finally:
            del linecache.cache[place]

    @settings(max_examples=40, deadline=None)
    @given(hostile, hostile, hostile, st.sampled_from(list(CODES)))
    def test_check(self, file, library, message, code):
        found = [Finding(file=file, line=1, column=1, code=code, library=library, message=message)]
        checked(outputs.as_html(found), file, library, message)
        assert json.loads(outputs.as_json(found))[0]["message"] == as_json(message)
        assert json.loads(outputs.sarif(found))["runs"][0]["results"][0]["ruleId"] == code
        command = outputs.github(found)
        assert command.count("\n") == 1 and "\r" not in command  # one line, one command

    @settings(max_examples=40, deadline=None)
    @given(hostile, hostile, hostile, st.sampled_from(["native", "unsupported"]))
    def test_coverage(self, library, name, note, kind):
        row = Row(library, name, "arrays", kind, note, note, True, Proof())
        coverage = Coverage(library, "1", "2", [row])
        checked(formats.as_html([coverage]), library, name, note)
        json.loads(formats.as_json([coverage]))

    @settings(max_examples=40, deadline=None)
    @given(st.lists(hostile, min_size=2, max_size=3, unique=True))
    def test_hierarchy(self, names):
        outcome = Outcome("{0} + {1}", *names[:2], (1,), names[1], "", names[0])
        problem = Problem("loss", names[0], (names[1],))
        found = Hierarchy(False, tuple(names), [outcome], [problem])
        picture = ElementTree.fromstring(hierarchy_formats.svg(found))
        kinds = {element.tag.rpartition("}")[2] for element in picture.iter()}
        assert kinds <= {"svg", "defs", "marker", "path", "line", "circle", "text"}
        json.loads(hierarchy_formats.as_json(found))

    def test_no_page_has_a_script(self):
        for path in (ROOT / "arrayproto" / "tools").rglob("*.py"):
            assert "<script" not in path.read_text(), path

    @given(hostile)
    @settings(max_examples=30, deadline=None)
    def test_a_terminal_shows_no_markup(self, text):
        shown = terminal.table(["[red]head[/red]"], [["[bold]" + text]])
        assert "[red]head[/red]" in shown and "[bold]" in shown
