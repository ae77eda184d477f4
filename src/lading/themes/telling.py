"""What an import, or tagging, is told as: tables, sentences, a diff, JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import unified_diff
from typing import Any

from lading.findings import Finding, Severity
from lading.themes import verifypage
from lading.themes.importing import Plan, left_by_reason
from lading.themes.tagfiles import File
from lading.themes.tagging import Tagged
from lading.themes.verifying import Verified
from lading.themes.writing import Outcome

VERSION = 1
COLUMNS = ("Page", "URL name", "changed", "left", "braces")
VERIFIED_COLUMNS = ("Page", "tree", "URLs found", "pixels off", "new errors")
_FINDINGS = 20  # warnings of one kind
_SHOWN = 12  # reasons and files of a list that is not asked for whole


def rows(plan: Plan) -> list[tuple[str, ...]]:
    """One row for each page of an import."""
    return [
        (
            page.path,
            page.name,
            str(len(plan.tagged[page.path].changes)),
            str(len(plan.tagged[page.path].left)),
            str(plan.tagged[page.path].protected or ""),
        )
        for page in plan.pages
    ]


def details(plan: Plan, *, verbose: bool) -> str:
    """What was left and why, and with ``verbose`` each single URL."""
    parts = [_left(list(plan.tagged.values()))]
    if verbose:
        for page in plan.pages:
            parts += _each(plan.folder.file(page.path), plan.tagged[page.path])
    if plan.folder.left_out:
        items = [
            f"  {_line(path)}: {reason}" for path, reason in sorted(plan.folder.left_out.items())
        ]
        parts.append("Files left out:\n" + "\n".join(_shortened(items, verbose=verbose)))
    if plan.extraction is not None:
        parts.append(_extraction(plan))
    return "\n".join(part for part in parts if part)


def summary(plan: Plan, outcome: Outcome, *, dry: bool) -> str:
    """One sentence: what was written, and where."""
    assets = len(plan.folder.assets)
    told = ", ".join(
        f"{number} {fate}"
        for fate in ("new", "changed", "merged", "removed", "unchanged", "kept", "conflict")
        if (number := outcome.count(fate))
    )
    verb = "would import" if dry else "Imported"
    end = "; nothing was written" if dry else ""
    return (
        f"{verb} {_number(len(plan.pages), 'page')} and {_number(assets, 'file')} into "
        f"{plan.options.app_folder} ({told}){end}."
    )


def document(plan: Plan, outcome: Outcome) -> dict[str, Any]:
    """One JSON object; ``docs/themes.md`` describes its keys."""
    return {
        "version": VERSION,
        "app": plan.options.module,
        "folder": plan.options.app_folder,
        "pages": [
            {
                "path": page.path,
                "name": page.name,
                "routes": list(page.routes),
                **_page(plan.tagged[page.path]),
            }
            for page in plan.pages
        ],
        "assets": plan.folder.assets,
        "left_out": plan.folder.left_out,
        "files": dict(outcome.fates),
    }


def tagged_document(files: Sequence[File]) -> dict[str, Any]:
    """One JSON object; ``docs/themes.md`` describes its keys."""
    return {
        "version": VERSION,
        "pages": [
            {"path": file.path, "changed": file.changed, **_page(file.tagged)} for file in files
        ],
    }


def tagged_summary(files: Sequence[File], *, writes: bool, verbose: bool) -> str:
    """What was changed and what was left."""
    parts = [_left([file.tagged for file in files])]
    if verbose:
        for file in files:
            parts += _each(file.path, file.tagged)
    changed = [file for file in files if file.changed]
    urls = sum(len(file.tagged.changes) for file in changed)
    verb = "Changed" if writes else "Would change"
    parts.append(
        f"{verb} {_number(urls, 'URL')} in {_number(len(changed), 'file')} of {len(files)}."
    )
    return "\n".join(part for part in parts if part)


def diff(files: Sequence[File], *, color: bool) -> str:
    """The unified diff of all that would change."""
    lines: list[str] = []
    for file in files:
        before, after = (
            [line.decode(errors="replace") for line in data.splitlines(keepends=True)]
            for data in (file.data, file.tagged.data)
        )
        lines += unified_diff(before, after, f"a/{file.path}", f"b/{file.path}")
    return "".join(_painted(line, color) for line in lines)


def _painted(line: str, color: bool) -> str:
    text = line.rstrip("\r\n")
    code = {"+": 32, "-": 31, "@": 36}.get(line[:1]) if color else None
    return f"\x1b[{code}m{text}\x1b[0m\n" if code else f"{text}\n"


def _page(tagged: Tagged) -> dict[str, Any]:
    return {
        "changes": [
            {"line": c.line, "place": c.place, "before": c.before, "after": c.after}
            for c in tagged.changes
        ],
        "left": [
            {"line": kept.line, "place": kept.place, "url": kept.url, "reason": kept.reason}
            for kept in tagged.left
        ],
        "protected": tagged.protected,
    }


def _left(tagged: Sequence[Tagged]) -> str:
    reasons = left_by_reason(tagged)
    if not reasons:
        return ""
    width = len(str(max(reasons.values())))
    items = [f"  {count:>{width}}  {reason}" for reason, count in reasons.items()]
    return "URLs left as they are:\n" + "\n".join(items)


def _each(file: str, tagged: Tagged) -> list[str]:
    told = [(c.line, f"{file}:{c.line}: {c.place} {c.before} -> {c.after}") for c in tagged.changes]
    told += [
        (k.line, f"{file}:{k.line}: {k.place} {k.url[:120]} left: {k.reason}") for k in tagged.left
    ]
    return [text for _, text in sorted(told)]


def _extraction(plan: Plan) -> str:
    extraction = plan.extraction
    assert extraction is not None
    if extraction.reason:
        return f"No base template: {extraction.reason}."
    others = len(plan.pages) - len(extraction.pages)
    apart = f"; {_number(others, 'page')} of another layout left whole" if others else ""
    return (
        f"{_number(len(extraction.pages), 'page')} extend {extraction.name} "
        f"(blocks: {', '.join(extraction.blocks)}){apart}."
    )


def _shortened(items: list[str], *, verbose: bool) -> list[str]:
    if verbose or len(items) <= _SHOWN:
        return items
    return [*items[:_SHOWN], f"  … and {len(items) - _SHOWN} more (-v 2 or --json shows all)"]


def _line(path: str) -> str:
    return path.replace("\n", "\\n")


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def gathered(found: Sequence[Finding]) -> tuple[list[Finding], list[str]]:
    """The findings of a theme for a screen: those that say the same as one, at the first place; of warnings
    of one kind the first ones, and a line for the rest.
    """
    alike: dict[tuple[Severity, str, str], list[Finding]] = {}
    for finding in found:
        alike.setdefault((finding.severity, finding.kind, finding.message), []).append(finding)
    shown: list[Finding] = []
    counts: dict[str, int] = {}
    for (severity, kind, message), places in alike.items():
        if severity is Severity.WARNING:
            counts[kind] = counts.get(kind, 0) + 1
            if counts[kind] > _FINDINGS:
                continue
        others = len(places) - 1
        more = f" So at {_number(others, 'more place')}." if others else ""
        shown.append(replace(places[0], message=message + more))
    rest = [
        f"{_number(count - _FINDINGS, 'warning')} [{kind}] more; -v 2 shows all."
        for kind, count in counts.items()
        if count > _FINDINGS
    ]
    return shown, rest


def verified_rows(verified: Verified) -> list[tuple[str, ...]]:
    """One row for each page that was verified."""
    return [(checked.page.path, *verifypage.verdict(checked)) for checked in verified.pages]


def verified_summary(verified: Verified) -> str:
    """How many pages are as the original, and where to look."""
    good = sum(not checked.failed for checked in verified.pages)
    total = _number(len(verified.pages), "page")
    told = f"{good} of {total} render as the original; side by side: {verified.report}"
    return f"{verified.note} {told}".strip()
