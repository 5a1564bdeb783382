"""The reports as a browser shows them: one file each, nothing loaded, nothing hidden."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import arrayproto
from arrayproto.libraries.resolution import KINDS
from arrayproto.tools import coverage, formats, page, trace_formats
from arrayproto.tools.check import CODES, outputs
from arrayproto.tools.check.judge import Finding

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)
needs_browser = pytest.mark.skipif(
    BROWSER is None, reason=f"no browser that prints what it shows: {', '.join(NAMES)}"
)
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--window-size=1200,900", "--enable-logging=stderr", "--virtual-time-budget=2000"),
)
#: What the browser says of a page: written into it, and read out of what it prints.
PROBE = """
<script>
const seen = {errors: [], resources: performance.getEntriesByType("resource").length};
const visible = found => [...found].filter(node => node.checkVisibility()).length;
document.querySelectorAll("details").forEach(node => { node.open = true });
seen.tables = visible(document.querySelectorAll("table"));
seen.rows = visible(document.querySelectorAll("tbody tr"));
seen.marked = [...document.querySelectorAll("table:not(.source) tr.marked td:first-child")].map(
  node => node.innerText);
seen.wide = document.documentElement.scrollWidth > innerWidth;
seen.shown = {};
for (const box of document.querySelectorAll(".filters input")) {
  const kind = box.id.replace("show-", "");
  const rows = document.querySelectorAll("tr.of-" + kind);
  const others = document.querySelectorAll("tbody tr:not(.of-" + kind + ")");
  const before = [visible(rows), visible(others)];
  box.click();
  seen.shown[kind] = [before, [visible(rows), visible(others)]];
  box.click();
}
document.body.innerHTML = "";
document.body.innerText = "SEEN" + JSON.stringify(seen) + "SEEN";
</script>
"""


def shown(file, tmp_path):
    """What a browser prints of a page, and what it complains of."""
    command = [BROWSER, *OPTIONS, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", file.as_uri()]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def look(text, tmp_path):
    """What is to be seen of a page, by a script that the page itself would not allow."""
    policy = re.search(r'<meta http-equiv="Content-Security-Policy".*?>', text)
    file = tmp_path / "looked_at.html"
    probed = text.replace(policy[0], "").replace("</body>", PROBE + "</body>")
    file.write_text(probed, encoding="utf-8")
    dom, complaints = shown(file, tmp_path)
    assert complaints == []
    return json.loads(html.unescape(dom.split("SEEN")[1]))


@needs_browser
class TestInABrowser:
    def test_a_trace(self, tmp_path):
        """The user's story, by the commands of examples/secret_copies.py, to the last page."""
        program = ROOT / "examples" / "secret_copies.py"
        file = tmp_path / "trace.html"
        command = [sys.executable, "-m", "arrayproto", "trace", "--quiet", "--activate", "sparse,dask"]  # fmt: skip
        subprocess.run(
            [*command, "--html", str(file), str(program)], check=True, cwd=ROOT, timeout=120,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        seen = look(file.read_text(encoding="utf-8"), tmp_path)
        source = program.read_text(encoding="utf-8").splitlines()
        secret = ("a = np.asarray(a)", "float(images[row]", "weights.todense()")
        wanted = [n for n, text in enumerate(source, 1) if any(part in text for part in secret)]
        assert len(wanted) == 3
        assert seen["marked"] == [f"examples/secret_copies.py:{n}" for n in wanted]
        assert (seen["tables"], seen["resources"], seen["wide"]) == (3, 0, False)
        assert seen["rows"] > len(source)
        # As it is, the page lets nothing run, and the browser has nothing to complain of.
        dom, complaints = shown(file, tmp_path)
        assert complaints == []
        assert dom.count("<table") == 3

    def test_coverage(self, tmp_path):
        covered = [one for one in coverage.cover(["sparse", "dask"]) if not one.problem]
        if len(covered) < 2:
            pytest.skip("needs sparse and Dask, to show them side by side")
        seen = look(formats.as_html(covered), tmp_path)
        assert (seen["resources"], seen["wide"]) == (0, False)
        assert seen["tables"] == 1 + len(coverage.ASKED) * 3
        counts = sum((one.totals() for one in covered), start=type(covered[0].totals())())
        for kind in KINDS:
            (own, others), (own_after, others_after) = seen["shown"][kind]
            assert own == counts[kind] > own_after == 0
            assert others == others_after > 0

    def test_findings(self, tmp_path):
        codes = ("AP101", "AP201", "AP201", "AP001")
        found = [Finding("a.py", n, 1, code, "<script>alert(1)</script>") for n, code in enumerate(codes, 1)]  # fmt: skip
        seen = look(outputs.as_html(found), tmp_path)
        own = {kind: before[0] for kind, (before, _) in seen["shown"].items()}
        assert own == {"error": 1, "warning": 2, "note": 1}
        assert seen["rows"] == len(codes) + len(CODES)


class TestPage:
    def test_a_reader_learns_when_and_with_what_it_was_made(self):
        told = page.made(["numpy", "a_library_that_is_not_there"])
        assert f"arrayproto {arrayproto.__version__} on 2" in told
        assert f"NumPy {np.__version__}" in told
        assert "not_there" not in told
        trace = arrayproto.trace()
        pages = trace_formats.as_html(trace), outputs.as_html([]), formats.as_html([])
        assert all("Made by arrayproto" in text for text in pages)

    def test_numbers_stand_to_the_right_under_their_title(self):
        text = page.table("t", ("name", "n"), [("a.b", "12"), ("c", "")])
        assert '<th class="number">n</th>' in text
        assert '<td class="name">a.b</td><td class="number">12</td>' in text

    def test_everything_is_escaped(self):
        hostile = '<b a="1">&'
        parts = [page.heading(hostile), page.paragraph(hostile), page.chip(hostile)]
        parts += [page.cards([(hostile, hostile)]), page.details(hostile, [])]
        parts += [page.legend([(hostile, hostile)])]
        parts += [page.table(hostile, (hostile,), [(hostile,)], kind=0)]
        text = page.page(hostile, parts)
        assert "<b a" not in text
        assert text.count("&lt;b a=&quot;1&quot;&gt;&amp;") == 13

    def test_nothing_is_allowed_to_load_or_run(self):
        text = page.page("t", [])
        assert "default-src 'none'; style-src 'unsafe-inline'" in text
        assert not re.search(r"<script|src=|href=|url\(|@import", text)
