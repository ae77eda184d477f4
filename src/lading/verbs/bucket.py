"""The verb ``bucket``: can this machine publish to the bucket, and may pages of other origins read it?"""

from __future__ import annotations

import argparse
import secrets
from typing import TYPE_CHECKING

from lading.errors import ConfigError
from lading.verb import Load, Verb

if TYPE_CHECKING:
    from lading.config import Config

ACTIONS = ("check", "cors")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's own arguments."""
    parser.add_argument(
        "action",
        choices=ACTIONS,
        help="check: try listing, reading, writing under conditions and deleting; "
        "cors: let pages of every origin read the bucket (S3)",
    )


def run(options: argparse.Namespace, load: Load) -> int:
    """``lading bucket``."""
    config = load(options).config
    if not config.is_bucket:
        raise ConfigError(
            "The target is a folder.",
            where="target",
            remedy="Set it to a bucket's URL, as s3://bucket/prefix.",
        )
    (_check if options.action == "check" else _set_cors)(config)
    return 0


def _check(config: Config) -> None:
    """Do what a deployment does, on an object of its own. Raises ``StoreError``."""
    from lading.shipping import open_target
    from lading.targets.survey import STATE

    target = open_target(config)
    head = target.head()
    next(target.store.listing(STATE), None)
    target.refuse_unguarded(f"{STATE}/probe-{secrets.token_hex(8)}")
    current = head.current
    state = f"release {current.number} is published" if current else "nothing is published yet"
    guard = " under conditions" if config.bucket.guarded else ""
    print(f"{config.target}: can be listed, read, written{guard} and deleted from; {state}.")


def _set_cors(config: Config) -> None:
    from lading.objectstore.cors import set_rule

    is_new = set_rule(config.target, config.bucket.store)
    state = "may read it now" if is_new else "could read it already"
    print(f"{config.target}: pages of every origin {state}.")


BUCKET = Verb(
    "try whether the bucket can be published to, or set its CORS rule",
    "Try whether this machine may list, read, write and delete in the bucket that is the target, and whether "
    "the bucket honours conditional writes; an error names the permission that is missing. Or set the CORS "
    "rule that fonts and JavaScript modules of another origin need.",
    "bucket check",
    arguments,
    run,
)
