"""What the work commands share: `--json`, progress on a terminal, one sentence and exit code 1 on failure."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from gullu.errors import DomainError


class WorkCommand(BaseCommand):
    """Base of commands that do one piece of work and report it.

    Subclasses implement `work(options, progress)` and return the figures as a mapping, and `sentence(figures)`.
    Exit code 0: done. Exit code 1: one clear sentence on stderr.
    """

    requires_migrations_checks = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="print the figures as one JSON object, as the last line"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            with TerminalProgress(enabled=not options["json"]) as progress:
                figures = self.work(options, progress)
        except DomainError as error:
            if options["json"]:
                failure = {"outcome": "FAILED", "code": error.code, "error": str(error)}
                self.stdout.write(json.dumps(failure, ensure_ascii=False))
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(figures, ensure_ascii=False, default=str))
        else:
            self.stdout.write(self.sentence(figures))
        if problem := self.problem(figures):
            raise CommandError(problem)

    def work(self, options: Mapping[str, Any], progress: TerminalProgress) -> Mapping[str, Any]:
        """Do it; returns the figures."""
        raise NotImplementedError

    def sentence(self, figures: Mapping[str, Any]) -> str:
        """The figures for people."""
        raise NotImplementedError

    def problem(self, figures: Mapping[str, Any]) -> str:
        """A sentence if the work is not done although nothing was raised."""
        del figures
        return ""


class TerminalProgress(AbstractContextManager["TerminalProgress"]):
    """A progress bar on stderr when a person watches; silent otherwise."""

    def __init__(self, *, enabled: bool = True) -> None:
        console = Console(stderr=True)
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not (enabled and sys.stderr.isatty()),
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def __call__(self, step: str, done: int, total: int | None) -> None:
        if step not in self._tasks:
            self._tasks[step] = self._bar.add_task(step, total=total)
        self._bar.update(self._tasks[step], completed=done, total=total)
