"""The verb ``doctor``: what is wrong with settings, with what is published, and with a live site."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from lading.config import Config
from lading.doctor.diagnosis import Diagnosis, Group
from lading.doctor.uploaded import Uploads
from lading.errors import ConfigError, LadingError, ManifestError
from lading.findings import Finding, Severity, grade
from lading.policy import HEADER_NAME, HEADER_VALUE
from lading.verb import Load, Verb, add_json

if TYPE_CHECKING:
    from lading.doctor.published import Published

_DESCRIPTION: Final = (
    "Say what is wrong with the settings and with what is published, what follows, and what to change. With "
    "--url, ask the live site as a browser would: types, caching, compression, ranges, other origins, "
    "hidden files, uploads. Writes nothing but the report."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's own arguments."""
    parser.add_argument("--url", metavar="URL", help="a page of the live site, to look at it too")
    parser.add_argument(
        "--header",
        action="append",
        default=[],
        type=header,
        metavar="'NAME: VALUE'",
        help="send this header to the site, such as 'Authorization: Basic …' (may be given again)",
    )
    parser.add_argument(
        "--timeout",
        type=seconds,
        default=10.0,
        metavar="SECONDS",
        help="how long one answer may take (default: 10; all together six times that)",
    )
    parser.add_argument(
        "--insecure", action="store_true", help="look on although the certificate is not valid"
    )
    add_json(parser)
    parser.add_argument("--strict", action="store_true", help="treat warnings as errors")


def run(options: argparse.Namespace, load: Load) -> int:
    """``lading doctor``; 1 when a finding is an error."""
    from lading.doctor import local
    from lading.verbs import webserver

    work = load(options)
    diagnosis = Diagnosis([local.examine_folders(work), local.examine_published(work)])
    if options.url:
        diagnosis.groups.append(
            examine_site(
                options,
                lambda: local.published_in(work),
                work.config.static_url,
                _media(work.config),
                lambda server: webserver.can_write(work, server),
            )
        )
    regraded = graded(diagnosis, work.config.severities, strict=options.strict)
    return tell(options, regraded)


def examine_site(
    options: argparse.Namespace,
    read: Callable[[], Published],
    static_url: str,
    media: Uploads | None,
    writes: Callable[[str], bool],
) -> Group:
    """Look at the live site that the options name, for what ``read`` says is published; ``writes`` is
    ``examine``'s. Raises ``ConfigError`` for what is no URL.
    """
    from lading.doctor import examine

    try:
        published = read()
    except (ConfigError, ManifestError) as error:
        return _unknown(options.url, error)
    if not published.files:
        return _unknown(
            options.url, ManifestError("Nothing is published here.", where=published.root)
        )
    return examine.examine(
        options.url,
        published,
        static_url,
        media=media,
        headers=dict(options.header),
        timeout=options.timeout,
        verify=not options.insecure,
        writes=writes,
    )


def _media(config: Config) -> Uploads | None:
    if not config.media_root:
        return None
    root = os.path.abspath(os.path.join(config.root, config.media_root))
    return Uploads(config.media_url, root, private=bool(config.media_access))


def _unknown(url: str, error: LadingError) -> Group:
    """The site is not looked at, since there is nothing to ask it for."""
    unpublished = Finding(
        "unpublished",
        Severity.ERROR,
        f"What to ask the site for is not known: {error.what}",
        where=error.where,
        hint=error.remedy
        or "Run collectstatic (or `lading collect`) with the settings of the site first.",
    )
    return Group(url, "not looked at", [unpublished], is_skipped=True)


def graded(diagnosis: Diagnosis, severities: Mapping[str, Severity], *, strict: bool) -> Diagnosis:
    """The diagnosis with the configured severities."""
    return Diagnosis(
        [
            replace(group, findings=grade(group.findings, severities, strict=strict))
            for group in diagnosis.groups
        ]
    )


def tell(options: argparse.Namespace, diagnosis: Diagnosis) -> int:
    """Print it, and write it as JSON if that is asked for; the exit code."""
    from lading.report import diagnosed, machine

    if options.json:
        machine.write(options.json, diagnosed.document(diagnosis))
    if options.json != "-" and (options.verbosity >= 1 or diagnosis.has_errors):
        color = False if options.no_color else None
        print(diagnosed.text(sys.stdout, diagnosis, notes=options.verbosity >= 2, color=color))
    return 1 if diagnosis.has_errors else 0


def header(text: str) -> tuple[str, str]:
    """Name and value of a header. Raises ``argparse.ArgumentTypeError``."""
    name, colon, value = text.partition(":")
    if (
        not colon
        or not HEADER_NAME.fullmatch(name.strip())
        or not HEADER_VALUE.fullmatch(value.strip())
    ):
        raise argparse.ArgumentTypeError(f"must be 'Name: value', not {text!r}")
    return name.strip(), value.strip()


def seconds(text: str) -> float:
    """A timeout. Raises ``argparse.ArgumentTypeError``."""
    if not re.fullmatch(r"\d{1,4}(\.\d+)?", text) or not float(text):
        raise argparse.ArgumentTypeError(f"must be a number of seconds above 0, not {text!r}")
    return float(text)


DOCTOR: Final = Verb(
    "say what is wrong with settings, published files and a live site",
    _DESCRIPTION,
    "doctor --url https://example.com/",
    arguments,
    run,
)
