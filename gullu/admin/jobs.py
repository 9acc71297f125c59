"""What ran, what will run, and what waits: job runs, and the queue's own tables in our skin."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_q.admin import ScheduleAdmin as QScheduleAdmin
from django_q.models import Failure, OrmQ, Schedule, Success, Task
from unfold.admin import ModelAdmin

from gullu.admin.base import EndlessAdmin, ReadOnlyAdmin, seconds_words, wide_text
from gullu.admin.decorators import column
from gullu.audit.object_history import ShowsHistory
from gullu.models import JobRun
from gullu.run_words import JOB_NAMES, counts_in_words, job_name

for model in (Schedule, Success, Failure, OrmQ):
    admin.site.unregister(model)

RUN_COLOURS = {
    JobRun.State.RUNNING: "info",
    JobRun.State.DONE: "success",
    JobRun.State.FAILED: "danger",
    JobRun.State.LOST: "danger",
}


class JobNameFilter(admin.SimpleListFilter):
    """Known names, so that opening the page does not search the whole table for them."""

    title = _("job")
    parameter_name = "job"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, str(words)) for name, words in JOB_NAMES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[JobRun]) -> QuerySet[JobRun]:
        return queryset.filter(name=self.value()) if self.value() else queryset


@admin.register(JobRun)
class JobRunAdmin(EndlessAdmin):
    list_display = ("started_at", "job", "state_label", "duration", "result", "reason", "trigger", "actor")
    list_select_related = ("actor",)
    list_filter = ("state", "trigger", JobNameFilter)
    plain_search = ("name", "error")
    ordering = ("-started_at", "-id")
    fields = ("name", "state", "trigger", "actor", "started_at", "ended_at", "duration", "error", "counts")
    readonly_fields = ("duration",)

    @column(description=_("state"), ordering="state", label=RUN_COLOURS)
    def state_label(self, run: JobRun) -> tuple[str, str]:
        return run.state, run.get_state_display()

    @column(description=_("took"))
    def duration(self, run: JobRun) -> str:
        return seconds_words(
            None if run.ended_at is None else (run.ended_at - run.started_at).total_seconds()
        )

    @column(description=_("job"), ordering="name")
    def job(self, run: JobRun) -> str:
        return job_name(run.name)

    @column(description=pgettext_lazy("job run", "counts"))
    def result(self, run: JobRun) -> str:
        return Truncator(counts_in_words(run.counts)).chars(90) or "—"

    @column(description=_("reason"))
    def reason(self, run: JobRun) -> str:
        return wide_text(run.error)


@admin.register(Schedule)
class ScheduleAdmin(ShowsHistory, QScheduleAdmin, ModelAdmin):
    """When a job runs may be changed; what it runs may not: a typed function name would run any code."""

    list_display: ClassVar[tuple[str, ...]] = (
        "name",
        "func",
        "schedule_type",
        "minutes",
        "next_run",
        "repeats",
        "get_last_run",
        "get_success",
    )
    list_display_links = ("name",)
    list_filter = ("schedule_type",)
    search_fields = ("name", "func")
    ordering = ("name",)
    fields = ("name", "func", "schedule_type", "minutes", "next_run", "repeats", "kwargs")
    readonly_fields = ("name", "func", "kwargs")

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Without the kind that is written as a cron line: the queue reads it with a package we do not have."""
        if db_field.name == "schedule_type":
            kwargs["choices"] = [choice for choice in Schedule.TYPE if choice[0] != Schedule.CRON]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TaskAdmin(EndlessAdmin):
    list_display = ("started", "name", "func", "took", "attempt_count", "answer")
    plain_search = ("name", "func")
    ordering = ("-stopped", "-id")
    fields = ("name", "func", "started", "stopped", "took", "attempt_count", "answer", "success")
    readonly_fields = ("took", "answer")

    @column(description=_("took"))
    def took(self, task: Task) -> str:
        return seconds_words(task.time_taken())

    @column(description=_("answer"))
    def answer(self, task: Task) -> str:
        return Truncator(str(task.result)).chars(160)


@admin.register(Success)
class SuccessAdmin(TaskAdmin):
    pass


@admin.register(Failure)
class FailureAdmin(TaskAdmin):
    pass


@admin.register(OrmQ)
class QueueAdmin(ReadOnlyAdmin):
    list_display = ("id", "name", "func", "lock")
    ordering = ("id",)
    fields = ("id", "name", "func", "lock")
    readonly_fields = ("name", "func")
