"""The look of `arrayproto.tools.page`: light and dark, and no word of it from elsewhere."""

#: How a library gets a function, and what a trace tells of calls: the classes of chips and rows.
TONES = {
    "native": "good",
    "bridged": "near",
    "derived": "made",
    "stock": "near",
    "supported": "good",
    "ignored": "near",
    "unsupported": "none",
    "refused": "none",
    "raised": "none",
    "error": "bad",
    "warning": "warn",
    "note": "near",
}

STYLE = """
:root { color-scheme: light dark; --text: #1c2330; --soft: #5a6577; --back: #f6f7f9;
  --card: #fff; --line: #dfe3ea; --good: #1a7f4b; --near: #1f6feb; --made: #7a4fd0;
  --none: #7d8590; --warn: #a15c00; --bad: #c8372d; --badback: #fdecea }
@media (prefers-color-scheme: dark) { :root { --text: #e4e8ef; --soft: #9aa5b5;
  --back: #11151b; --card: #1a2029; --line: #2d3643; --good: #4cc38a; --near: #6cb0ff;
  --made: #b59bff; --none: #8b949e; --warn: #e0a458; --bad: #ff8078; --badback: #3a1c1a } }
* { box-sizing: border-box }
body { font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  color: var(--text); background: var(--back);
  margin: 0 auto; max-width: 84rem; padding: 1.5rem 1.5rem 4rem }
h1 { font-size: 1.75rem; letter-spacing: -.01em; margin: .3em 0 }
h2 { font-size: 1.2rem; margin: 2em 0 .5em }
p { max-width: 62rem; margin: .5em 0; color: var(--soft) }
.legend { list-style: none; padding: 0; margin: .8rem 0; color: var(--soft) }
.cards { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1.2rem 0 }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  padding: .7rem 1.1rem; min-width: 9rem }
.card b { display: block; font-size: 1.5rem; font-weight: 650; line-height: 1.25 }
.card span { color: var(--soft); font-size: .87rem }
.scroll { overflow-x: auto; margin: .8rem 0; background: var(--card);
  border: 1px solid var(--line); border-radius: .6rem }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
caption { text-align: left; font-weight: 620; padding: .7rem .6rem; overflow-wrap: anywhere }
th { text-align: left; color: var(--soft); font-weight: 560; white-space: nowrap }
th, td { padding: .28rem .6rem; border-top: 1px solid var(--line); vertical-align: top }
td { overflow-wrap: anywhere }
tbody tr:hover { background: color-mix(in srgb, var(--near) 7%, transparent) }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.code, .name { font-size: .84rem; font-family: ui-monospace, SFMono-Regular, Menlo, Consolas,
  "DejaVu Sans Mono", monospace }
.name { white-space: nowrap }
table.source td { border-top: 0; padding-block: .05rem }
table.source .code { white-space: pre-wrap }
tr.marked { background: var(--badback) }
tr.marked td:first-child { box-shadow: inset 3px 0 var(--bad) }
.good { --tone: var(--good) } .near { --tone: var(--near) } .made { --tone: var(--made) }
.none { --tone: var(--none) } .bad { --tone: var(--bad) } .warn { --tone: var(--warn) }
.chip { display: inline-block; border-radius: 1rem; padding: 0 .55rem; font-size: .82rem;
  white-space: nowrap; color: var(--tone);
  background: color-mix(in srgb, var(--tone) 13%, transparent) }
.bar { display: flex; height: 1.1rem; min-width: 12rem; margin-top: .15rem;
  border-radius: .3rem; overflow: hidden; gap: 1px }
.bar i { background: var(--tone) }
.filters { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap;
  gap: .4rem 1.2rem; padding: .6rem 0; background: var(--back);
  border-bottom: 1px solid var(--line) }
.filters label { cursor: pointer; user-select: none }
.filters input { accent-color: var(--near) }
details { margin: .6rem 0 }
summary { cursor: pointer; font-weight: 620; padding: .3rem 0 }
""".strip()
