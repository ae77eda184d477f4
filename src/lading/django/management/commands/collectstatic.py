"""``collectstatic``: Django's command with its flags, prompt and summary; the work is Lading's."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import IO, Any, NoReturn, cast

import django
from django.contrib.staticfiles.management.commands import collectstatic as stock
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage
from django.core.management.base import CommandError, CommandParser

from lading import build
from lading.artifact import Artifact
from lading.build import Outcome
from lading.catalog import origin
from lading.config import Config
from lading.django import collect_options, conf
from lading.django.finders import Sources, sources
from lading.django.output import plain
from lading.django.project import unusable
from lading.django.storage import StaticStorage
from lading.django.target import folder_target, why_no_folder
from lading.errors import FindingsError, LadingError
from lading.findings import Finding, Severity, grade
from lading.plan import Plan
from lading.report.bar import Bar
from lading.targets.folder import FolderTarget
from lading.verb import hush


class Command(stock.Command):
    help = (
        "Collects the static files of all apps and folders into STATIC_ROOT: only what changed, whole "
        "or not at all. Example: manage.py collectstatic --noinput --explain"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        collect_options.add(parser)

    def set_options(self, **options: Any) -> None:
        # Django adds the default patterns to the list it is given, which may be the caller's own.
        given = list(cast("list[str]", options["ignore_patterns"]))
        super().set_options(**{**options, "ignore_patterns": list(given)})
        self.given_patterns = given
        self.use_default_ignore = bool(options["use_default_ignore_patterns"])
        self.shows_plan = bool(options.get("plan"))
        self.explains = bool(options.get("explain"))
        self.json_file = cast("str | None", options.get("json"))
        self.report_file = cast("str | None", options.get("report"))
        self.jobs = cast("int | None", options.get("jobs"))
        self.strict = bool(options.get("strict"))
        self.colored = (
            False if options.get("no_color") else True if options.get("force_color") else None
        )
        self.removed_files: list[str] = []
        self.report_of_bucket: dict[str, Any] = {}
        if self.shows_plan:
            self.dry_run, self.interactive = True, False

    def handle(self, **options: Any) -> str | None:
        hush(options)
        try:
            if options.get("check"):
                return self._check(options)
            return super().handle(**options)
        except FindingsError as error:
            if not self.dry_run and (self.json_file or self.report_file):
                from lading.report import written

                written.failure(
                    error.findings, json_file=self.json_file, html_file=self.report_file
                )
            self._tell_findings(error.findings, failed=True)
            raise CommandError(str(error), returncode=error.exit_code) from error
        except LadingError as error:
            raise CommandError(str(error), returncode=error.exit_code) from error
        except ImproperlyConfigured as error:
            if not getattr(self, "_called_from_command_line", False):
                raise  # what code that calls Django's command expects
            raise CommandError(str(unusable(error)), returncode=2) from error
        except EOFError as error:
            hint = "There is nobody to answer the question. Give --noinput, which leaves it out."
            raise CommandError(hint, returncode=2) from error
        except (NotADirectoryError, FileNotFoundError) as error:
            # Django lists STATIC_ROOT before it asks whether to go on.
            if not self.local or error.filename != self.storage.path(""):
                raise
            raise CommandError(why_no_folder(error.filename)) from error
        except KeyboardInterrupt:
            raise CommandError(
                "Interrupted; every published file is whole.", returncode=130
            ) from None

    def _check(self, options: dict[str, Any]) -> None:
        for other in ("clear", "link", "plan", "explain", "report"):
            if options.get(other):
                raise CommandError(
                    f"--check publishes nothing, so --{other} cannot stand beside it.", returncode=2
                )
        from lading.django.verbs import run_check

        self.set_options(**options)
        config = conf.load()
        run_check(
            self,
            replace(config, strict=self.strict or config.strict, jobs=self.jobs or config.jobs),
            options,
            ignore=self.given_patterns,
            default_ignore=self.use_default_ignore,
        )

    def collect(self) -> dict[str, list[str]]:
        """Do the work and tell of it; the lists are those of Django's own ``collect()``."""
        config = self._config()
        target = folder_target(self.storage, read_only=config.read_only)
        # Otherwise the storage has names of its own to give.
        self.has_names = target is not None and config.names == "hashed"
        found = sources(config, self.given_patterns, default_ignore=self.use_default_ignore)
        adopts = False
        with Bar(plain(self.stderr), quiet=self.verbosity < 1) as bar:
            if target is None:
                outcome = self._collect_foreign(found, config, bar)
            elif config.is_bucket and not self.dry_run:
                outcome = self._ship(found, target, config, bar)
            elif self.dry_run:
                outcome = build.plan(
                    found.all, target, config, link=self.symlink, clear=self.clear, progress=bar
                )
                self._note(outcome)
                self._post_process(outcome.plan, found)
            else:
                outcome = build.collect(
                    found.all,
                    target,
                    config,
                    link=self.symlink,
                    clear=self.clear,
                    finish=self._finish(found),
                    progress=bar,
                    brief=not self._is_detailed(),
                )
                self._note(outcome)
                storage = cast("StaticStorage", self.storage)
                adopts = self.has_names and not (outcome.is_repeat and storage.holds_manifest)
        self._tell(outcome, config, target)
        skipped = outcome.conflicts
        if adopts:
            # The manifest may be as large as all that the run knew, which nobody asks for any more.
            del outcome
            cast("StaticStorage", self.storage).adopt_manifest()
        deleted = self.removed_files or cast("list[str]", getattr(self, "deleted_files", []))
        return {
            "modified": self.copied_files + self.symlinked_files,
            "unmodified": self.unmodified_files,
            "post_processed": self.post_processed_files,
            "skipped": skipped,
            "deleted": deleted,
        }

    def _ship(self, found: Sources, target: FolderTarget, config: Config, progress: Bar) -> Outcome:
        """Publish to a bucket."""
        from lading import shipping  # seldom asked for, and slow to load
        from lading.targets.history import dump_head

        if self.symlink:
            raise CommandError("Can't symlink to a remote destination.")
        if self._finish(found) is not None:
            raise CommandError(
                f"{type(self.storage).__qualname__} names its files itself, which a bucket as target does "
                "not allow.\n  Use 'lading.django.storage.StaticStorage', or leave 'target' out.",
                returncode=2,
            )
        shipped = shipping.ship(
            found.all,
            target,
            shipping.open_target(config),
            config,
            clear=self.clear,
            progress=progress,
            brief=not self._is_detailed(),
        )
        self._note(shipped.built)
        cast("StaticStorage", self.storage).take_manifest(dump_head(shipped.published.head))
        self.log(shipping.summary(shipped, config.target), level=1)
        self.report_of_bucket = shipping.document(shipped, config.target)
        return shipped.built

    def _config(self) -> Config:
        config = conf.load()
        if self.jobs is not None:
            if self.jobs < 1:
                raise CommandError(f"--jobs must be at least 1, not {self.jobs}.", returncode=2)
            config = replace(config, jobs=self.jobs)
        if isinstance(self.storage, StaticStorage):
            config = self.storage.configure(config)
            if not self.post_process:
                config = replace(config, names="plain", minify=())
        return replace(config, strict=True) if self.strict else config

    def _collect_foreign(self, found: Sources, config: Config, progress: Bar) -> Outcome:
        """Publish through a storage that has a way of its own: by its methods."""
        if self.symlink and not self.local:
            raise CommandError("Can't symlink to a remote destination.")
        if isinstance(self.storage, FileSystemStorage):
            with contextlib.suppress(NotImplementedError):  # it may keep its files elsewhere
                build.refuse_overlap(found.all, os.path.realpath(self.storage.path("")))
        plan = build.gather(found.all, config)
        outcome = Outcome(
            plan,
            grade(plan.findings, config.severities, strict=config.strict),
            [],
            dry_run=self.dry_run,
        )
        outcome.conflicts = build.conflicts(plan.catalog, outcome.findings)
        build.refuse_errors(outcome.findings)
        if isinstance(self.storage, FileSystemStorage) or self.symlink:
            if self.clear:
                self.clear_dir("")
            self._copy_each(plan, found)
        else:
            told = self._save_missing(plan, found, config, progress)
            outcome.findings.extend(grade(told, config.severities, strict=config.strict))
        self._log_collisions(outcome)
        self._post_process(plan, found)
        return outcome

    def _copy_each(self, plan: Plan, found: Sources) -> None:
        """As Django does it."""
        handle = self.link_file if self.symlink else self.copy_file
        for path, asset in plan.catalog.winners.items():
            storage, name = found.storage_of(asset)
            before = len(self.copied_files) + len(self.symlinked_files)
            handle(name, path, storage)
            if len(self.copied_files) + len(self.symlinked_files) > before:
                plan.puts.append(Artifact(path, asset))
            else:
                plan.unchanged.append(path)

    def _save_missing(
        self, plan: Plan, found: Sources, config: Config, progress: Bar
    ) -> list[Finding]:
        """Save what the storage lacks by content; what a person should know."""
        from lading.django import foreign  # seldom asked for

        winners, told = plan.catalog.winners, list[Finding]()
        if self.clear and self.dry_run:
            self.clear_dir("")
        elif self.clear:
            deleted, told = foreign.clear(
                self.storage, winners, config.storage_threads, lambda: self.clear_dir("")
            )
            for path in deleted:
                self.log(f"Deleting '{path}'", level=2)
            self.removed_files = [*getattr(self, "deleted_files", []), *deleted]
        result = foreign.collect(
            self.storage, winners, found, config.storage_threads, progress, dry_run=self.dry_run
        )
        self.copied_files += result.saved
        self.unmodified_files += result.unmodified
        plan.puts += [Artifact(path, winners[path]) for path in result.saved]
        plan.unchanged += result.unmodified
        for path in result.unmodified:
            self.log(f"Skipping '{path}' (not modified)", level=2)
        done, level = ("Pretending to copy", 1) if self.dry_run else ("Copying", 2)
        for path in result.saved:
            self.log(f"{done} '{origin(winners[path])}'", level=level)
        return [*told, *result.findings]

    def _finish(self, found: Sources) -> build.Finish | None:
        """What is left to a storage that processes files itself."""
        if self.has_names or not self.post_process or not hasattr(self.storage, "post_process"):
            return None
        return lambda plan: self._post_process(plan, found)

    def _post_process(self, plan: Plan, found: Sources) -> list[str]:
        """Run the storage's own ``post_process``, as Django does; the paths of what it published."""
        storage: Any = self.storage
        if self.has_names or not self.post_process or not hasattr(storage, "post_process"):
            return []
        files = {path: found.storage_of(a) for path, a in plan.catalog.winners.items()}
        published: list[str] = [getattr(storage, "manifest_name", "staticfiles.json")]
        results = cast(
            "Iterable[tuple[str, str, bool | Exception]]",
            storage.post_process(files, dry_run=self.dry_run),
        )
        for original, processed_path, processed in results:
            if isinstance(processed, Exception):
                self._fail_post_process(original, processed)
            if processed:
                self.log(f"Post-processed '{original}' as '{processed_path}'", level=2)
                self.post_processed_files.append(original)
            else:
                self.log(f"Skipped post-processing '{original}'")
            published.append(processed_path)
        return published

    def _fail_post_process(self, path: str, error: Exception) -> NoReturn:
        self.stderr.write(f"Post-processing '{path}' failed!")
        self.stderr.write()
        if django.VERSION < (6, 1):
            raise error
        raise CommandError("\n".join((str(error), *getattr(error, "__notes__", ())))) from error

    def _note(self, outcome: Outcome) -> None:
        """Fill Django's lists and log what was done to each file, in Django's words."""
        plan, pretend = outcome.plan, self.dry_run
        verb = "link" if self.symlink else "copy"
        done = "Linking" if self.symlink else "Copying"
        names = self.symlinked_files if self.symlink else self.copied_files
        names.extend(artifact.path for artifact in plan.puts if artifact.is_original)
        self.unmodified_files.extend(outcome.unmodified)
        self.removed_files = outcome.removed
        self.post_processed_files.extend(a.asset.path for a in plan.puts if not a.is_original)
        if self.verbosity < (1 if pretend else 2):
            return
        for path in self.unmodified_files:
            self.log(f"Skipping '{path}' (not modified)", level=2)
        for artifact in plan.puts:
            if not artifact.is_original:
                self.log(f"Post-processed '{artifact.asset.path}' as '{artifact.path}'", level=2)
            elif pretend:
                self.log(f"Pretending to {verb} '{origin(plan.original(artifact.asset))}'", level=1)
            else:
                self.log(f"{done} '{origin(plan.original(artifact.asset))}'", level=2)
        for path in outcome.removed:
            self.log(f"{'Pretending to delete' if pretend else 'Deleting'} '{path}'", level=2)
        self._log_collisions(outcome)

    def _log_collisions(self, outcome: Outcome) -> None:
        catalog = outcome.plan.catalog
        for path, losers in catalog.shadowed.items():
            for _ in losers:
                self.log(
                    f"Found another file with the destination path '{path}'. Only the "
                    f"{'last' if catalog.policy == 'last' else 'first'} encountered file is "
                    "collected. If this is not what you want, make sure every static file has a "
                    "unique path.",
                    level=2,
                )

    def _is_detailed(self) -> bool:
        """True when more is to be told than what changed and what is wrong."""
        return bool(self.explains or self.json_file or self.report_file or self.verbosity >= 2)

    def _tell(self, outcome: Outcome, config: Config, target: FolderTarget | None) -> None:
        """Print the tables asked for and the findings, then fail if a dry run foresees an error."""
        if self.json_file or self.report_file or self.explains or self.shows_plan:
            self._report(outcome, config, target)
        if outcome.removed and django.VERSION < (6, 0):
            self.log(f"{len(outcome.removed)} files deleted.", level=1)
        if any(finding.severity is Severity.ERROR for finding in outcome.findings):
            raise FindingsError(outcome.findings)
        self._tell_findings(outcome.findings)

    def _report(self, outcome: Outcome, config: Config, target: FolderTarget | None) -> None:
        from lading.report import console, written  # slow to load
        from lading.report.steps import steps

        destination = target.root if target else f"storage {self.storage.__class__.__qualname__}"
        told = steps(outcome, destination)
        written.outcome(
            outcome,
            config,
            destination,
            told,
            root=target.root if target else "",
            json_file=self.json_file,
            html_file=self.report_file,
            extra=self.report_of_bucket,
        )
        if self.verbosity >= 1:
            screen = console.Screen(cast("Any", self.stdout), color=self.colored)
            if self.explains:
                self.stdout.write(console.explain(screen, told, verbose=self.verbosity >= 2))
            if self.shows_plan:
                self.stdout.write(console.plan(screen, outcome))

    def _tell_findings(self, found: Sequence[Finding], *, failed: bool = False) -> None:
        """To stderr; nothing with ``-v 0`` unless the run failed."""
        if found and (failed or self.verbosity >= 1):
            from lading.report import told

            stream = cast("IO[str]", self.stderr)
            notes = self.verbosity >= 2
            text = told.findings(stream, found, notes=notes, color=self.colored)
            # Each finding carries its own colour; Django would paint all of stderr red.
            self.stderr.write(text, style_func=str)
