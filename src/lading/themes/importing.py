"""Importing a theme: its pages become templates, its files static files, and the app shows the site.

``plan`` reads and decides, ``lading.themes.writing`` writes.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lading.errors import ConfigError, SourceError
from lading.findings import Finding, Severity
from lading.references.html_problems import problems
from lading.references.lines import Lines
from lading.themes import app, assets, folder, scripts
from lading.themes.deciding import Decider
from lading.themes.encoding import Decoded, is_unmarked_utf_16, to_utf_8
from lading.themes.extracting import Extraction, extract
from lading.themes.folder import Folder
from lading.themes.naming import Page, name_pages
from lading.themes.site import Site
from lading.themes.tagging import Braces, Tagged, syntax_of, tag


@dataclass(frozen=True, slots=True)
class Options:
    """What is imported and how. ``module`` is the app as Python imports it (``shop`` or ``apps.shop``),
    ``parent`` the folder from which it is imported; ``prefix`` the folder below the app's ``static`` and
    ``templates``, ending in a slash.
    """

    theme: str
    module: str
    parent: str
    prefix: str
    exclude: tuple[str, ...] = ()
    clean_urls: bool = False
    braces: Braces = "auto"
    extract_base: bool = False

    @property
    def label(self) -> str:
        """The app's label, the namespace of its URLs."""
        return self.module.rpartition(".")[2]

    @property
    def app_folder(self) -> str:
        return os.path.join(self.parent, *self.module.split("."))


@dataclass(frozen=True, slots=True)
class Output:
    """What a file of the app shall hold: ``data``, or the content of the file ``source`` of the theme."""

    data: bytes | None = None
    source: str = ""

    def read(self) -> bytes:
        """Its content. Raises ``SourceError``."""
        return _read(self.source) if self.data is None else self.data


@dataclass(slots=True)
class Plan:
    """All that an import will write (by path in the app), and what is to be told about it."""

    options: Options
    folder: Folder
    pages: list[Page]
    tagged: dict[str, Tagged] = field(default_factory=dict[str, Tagged])
    outputs: dict[str, Output] = field(default_factory=dict[str, Output])
    findings: list[Finding] = field(default_factory=list[Finding])
    extraction: Extraction | None = None


def options(
    theme: str, module: str, parent: str, *, prefix: str | None = None, **rest: object
) -> Options:
    """Checked options. Raises ``ConfigError``."""
    if not all(part.isidentifier() for part in module.split(".")):
        raise ConfigError(
            f"{module!r} cannot be the name of a Django app, since Python could not import it.",
            where="--app",
            remedy="Use letters, digits and underscores, as in --app shop or --app apps.shop.",
        )
    chosen = module.rpartition(".")[2] if prefix is None else prefix.strip("/")
    if ".." in chosen.split("/"):
        raise ConfigError(
            f"The prefix {prefix!r} leads out of the app's folder.",
            where="--prefix",
            remedy="Name a folder below static/ and templates/, as in --prefix shop.",
        )
    made = Options(theme, module, parent, f"{chosen}/" if chosen else "", **rest)  # type: ignore[arg-type]
    theme_folder, target = os.path.realpath(theme), os.path.realpath(made.app_folder)
    if os.path.commonpath([theme_folder, target]) == theme_folder:
        raise ConfigError(
            f"The app's folder {target} lies in the theme's own, and would be imported the next time.",
            where="--app",
            remedy="Run from the project's folder, or name another one with --into.",
        )
    return made


def plan(chosen: Options) -> Plan:
    """Decide what an import writes; nothing is written. Raises ``SourceError``."""
    found = _scan(chosen)
    if not found.pages:
        raise SourceError(
            "There is no HTML page in the folder, so nothing to make templates of.",
            where=chosen.theme,
            remedy="Name the folder in which the theme's pages lie; sources such as Pug must be built first.",
        )
    pages, clashes = name_pages(found.pages, clean=chosen.clean_urls)
    site = Site(
        frozenset([*found.pages, *found.assets]),
        {page.path: page.name for page in pages},
        why_absent=found.why_left_out,
    )
    made = Plan(chosen, found, pages, findings=[*found.findings])
    for clash in clashes:
        made.findings.append(
            Finding(
                "url-name-clash",
                Severity.WARNING,
                f"The page would have the same URL name as {clash.other!r}, and is called {clash.name!r}.",
                path=clash.path,
                where=f"{found.file(clash.path)}:1",
                hint="Rename one of the files if the name should say more.",
            )
        )
    for page in pages:
        _plan_page(made, site, page)
    _extract_base(made)
    _plan_assets(made, site)
    _plan_modules(made)
    return made


def _scan(chosen: Options) -> Folder:
    """The theme's files, with those of the packages that its pages and style sheets name."""
    found = folder.scan(chosen.theme, chosen.exclude)
    if not found.has_packages:
        return found
    sheets = (path for path in found.assets if path.endswith(".css"))
    named = folder.named_packages(_read(found.file(path)) for path in (*found.pages, *sheets))
    return folder.scan(chosen.theme, chosen.exclude, named) if named else found


def _plan_page(made: Plan, site: Site, page: Page) -> None:
    file = made.folder.file(page.path)
    decoded = to_utf_8(_read(file))
    made.findings += _encoding_findings(page.path, file, decoded)
    lines = Lines(decoded.data)
    syntax = syntax_of(decoded.data, made.options.braces)
    for offset, message in problems(decoded.data, syntax):
        line, column = lines.position(offset)
        made.findings.append(
            Finding(
                "broken-markup",
                Severity.WARNING,
                f"The markup is broken: {message}. Browsers read it so, and it is kept.",
                path=page.path,
                where=f"{file}:{line}:{column}",
                hint="Mend it in the theme, and import again.",
            )
        )
    chosen = made.options
    decide = Decider(site, page.path, file, lines, chosen.label, chosen.prefix)
    tagged = tag(decoded.data, decide, chosen.braces)
    made.findings += decide.findings
    made.tagged[page.path] = tagged
    made.outputs[f"templates/{chosen.prefix}{page.path}"] = Output(tagged.data)


def _encoding_findings(path: str, file: str, decoded: Decoded) -> Iterator[Finding]:
    if is_unmarked_utf_16(decoded.data):
        yield Finding(
            "page-encoding",
            Severity.WARNING,
            "The page seems to be in UTF-16 without a byte order mark. Browsers do not read it so and show "
            "garbage; its template is as it stands.",
            path=path,
            where=f"{file}:1",
            hint="Save the page in UTF-8, and import again.",
        )
        return
    if decoded.encoding == "utf-8" and not decoded.replaced:
        return
    lost = " Some bytes are no text in it, and show as U+FFFD, as in browsers." * decoded.replaced
    yield Finding(
        "page-encoding",
        Severity.WARNING,
        f"The page is in {decoded.encoding}; its template was written in UTF-8, the encoding of Django's "
        f"templates and answers.{lost}",
        path=path,
        where=f"{file}:{decoded.line}",
        hint="A charset that the page declares has no effect: the answer's header goes first.",
    )


def _extract_base(made: Plan) -> None:
    if not made.options.extract_base:
        return
    folder_of_templates = f"templates/{made.options.prefix}"
    templates = {page.path: made.tagged[page.path].data for page in made.pages}
    base = next(
        name
        for name in ("base.html", "base_theme.html", *(f"base_{n}.html" for n in range(2, 10**6)))
        if name not in templates
    )
    made.extraction = extract(templates, base, made.options.prefix + base)
    for name, data in made.extraction.templates.items():
        made.outputs[folder_of_templates + name] = Output(data)


def _plan_assets(made: Plan, site: Site) -> None:
    statics = f"static/{made.options.prefix}"
    readable = set(assets.carriers(made.folder.assets))
    for path in made.folder.assets:
        file = made.folder.file(path)
        output = Output(source=file)
        if path in readable:
            data = _read(file)
            mended, findings = assets.mend(path, data, site, file)
            made.findings += findings
            if mended != data:
                output = Output(mended)
        made.outputs[statics + path] = output


def _plan_modules(made: Plan) -> None:
    chosen = made.options
    made.outputs["__init__.py"] = Output(b"")
    files = sorted({*app.root_files(made.folder.assets), *_named_by_scripts(made)})
    made.outputs["views.py"] = Output(app.views(chosen.module, made.pages, chosen.prefix, files))
    made.outputs["urls.py"] = Output(app.urls(chosen.module, made.pages, files))


def _named_by_scripts(made: Plan) -> set[str]:
    """The assets that scripts ask for by a path beside a page."""
    read = made.folder.file
    texts = [text for page in made.pages for text in scripts.inline(made.tagged[page.path].data)]
    texts += (_read(read(path)) for path in made.folder.assets if path.endswith((".js", ".mjs")))
    folders = {posixpath.dirname(page.path) for page in made.pages}
    return scripts.named(texts, folders, frozenset(made.folder.assets))


def _read(file: str) -> bytes:
    return folder.read(file, "Make it readable, or leave it out with --exclude.")


def left_by_reason(tagged: Sequence[Tagged]) -> dict[str, int]:
    """How many URLs were left for each reason, the most frequent first."""
    counts: dict[str, int] = {}
    for page in tagged:
        for left in page.left:
            counts[left.reason] = counts.get(left.reason, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
