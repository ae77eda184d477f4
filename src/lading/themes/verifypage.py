"""The page that shows each original and its rendering side by side."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from lading.themes.importing import Plan
    from lading.themes.verifying import Checked

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #222 }
table { border-collapse: collapse } td, th { padding: .2rem 1rem .2rem 0; text-align: left }
.bad { color: #b00020; font-weight: 600 } .good { color: #1a7f37 }
section { margin-top: 3rem; border-top: 1px solid #ccc }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem } figure { margin: 0 }
img { width: 100%; border: 1px solid #ccc } figcaption { color: #666 }
"""


def page(plan: Plan, pages: Sequence[Checked], note: str) -> bytes:
    """The whole page; the pictures lie beside it."""
    title = f"{plan.options.label}: {len(pages)} pages, original and rendered"
    rows = "\n".join(_row(checked) for checked in pages)
    sections = "\n".join(_section(checked) for checked in pages)
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
<h1>{escape(title)}</h1>
<p>{escape(note)}</p>
<table>
<tr><th>Page<th>Tree<th>URLs<th>Pixels that differ<th>New errors</tr>
{rows}
</table>
{sections}
</html>
""".encode()


def verdict(checked: Checked) -> tuple[str, str, str, str]:
    """Tree, URLs, pixels and errors of one page, in a word each."""
    pixels = "-" if checked.pixels is None else f"{checked.pixels:,}"
    if checked.pixels and checked.unstable:
        pixels += " (as the original)"
    return (
        "equal" if not checked.differences else "differs",
        f"{checked.urls - len(checked.broken)} of {checked.urls}",
        pixels,
        str(len(checked.errors) + len(checked.failures)),
    )


def _row(checked: Checked) -> str:
    name = checked.page.name
    cells = "".join(f"<td>{escape(text)}" for text in verdict(checked))
    mark = "bad" if checked.failed else "good"
    return f'<tr><td><a class="{mark}" href="#{quote(name)}">{escape(checked.page.path)}</a>{cells}</tr>'


def _section(checked: Checked) -> str:
    name = checked.page.name
    told = [*checked.differences, *checked.broken, *checked.failures, *checked.errors]
    items = "".join(f'<li class="bad">{escape(text)}' for text in told)
    pictures = ""
    if checked.pixels is not None:
        pictures = "".join(
            f'<figure><figcaption>{kind}</figcaption><img loading="lazy" src="{quote(name)}-{kind}.png"'
            f' alt="{kind} of {escape(name)}"></figure>'
            for kind in ("original", "rendered")
        )
    return (
        f'<section id="{escape(name)}"><h2>{escape(checked.page.path)}</h2><ul>{items}</ul>'
        f'<div class="pair">{pictures}</div></section>'
    )
