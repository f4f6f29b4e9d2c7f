"""The job queue as the desk sees it: what waits, what failed, and another try."""

from django.apps import apps
from django.contrib import admin, messages
from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status
from unfold.admin import ModelAdmin
from unfold.decorators import display

from articles.admin.base import RecordMixin

admin.site.unregister(ProcrastinateJob)
apps.get_app_config("procrastinate").verbose_name = "Job queue"
ProcrastinateJob._meta.verbose_name, ProcrastinateJob._meta.verbose_name_plural = "job", "jobs"
OPEN = (Status.TODO.value, Status.DOING.value, Status.FAILED.value)


class StateFilter(admin.SimpleListFilter):
    """What waits and what failed, unless all is asked for."""

    title, parameter_name = "state", "state"

    def lookups(self, request, model_admin):
        return [("failed", "Failed"), ("all", "All, the done ones too")]

    def choices(self, changelist):
        waiting, *others = super().choices(changelist)
        return [waiting | {"display": "Waiting and failed"}, *others]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        return queryset.filter(status__in=[Status.FAILED.value] if self.value() == "failed" else OPEN)


@admin.register(ProcrastinateJob)
class JobAdmin(RecordMixin, ModelAdmin):
    list_display = ["what", "state", "args", "attempts", "scheduled_at", "last_event_at"]
    list_filter = [StateFilter, "task_name"]
    ordering = ["-id"]
    list_per_page = 50
    show_full_result_count = False
    actions = ["retry"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("procrastinateevent_set")

    def has_retry_permission(self, request):
        return request.user.has_perm("procrastinate.change_procrastinatejob")

    @admin.action(description="Try again now", permissions=["retry"])
    def retry(self, request: HttpRequest, jobs: QuerySet[ProcrastinateJob]) -> None:
        """Put failed jobs back in the queue, and let waiting ones wait no longer; what runs or is done is left alone."""
        tried = [_retry(job) for job in jobs.filter(status__in=[Status.FAILED.value, Status.TODO.value]).order_by("-id")]
        self.message_user(request, f"{sum(tried)} will be tried now.", messages.SUCCESS)
        if not all(tried):
            self.message_user(request, f"{len(tried) - sum(tried)} left alone: the same is waiting or running already.", messages.WARNING)

    @display(description="Job")
    def what(self, job: ProcrastinateJob) -> str:
        """Say what it does, in its own words."""
        task = app.tasks.get(job.task_name)
        return task.func.__doc__.partition("\n")[0] if task and task.func.__doc__ else job.task_name

    @display(
        description="State",
        label={"todo": "info", "doing": "warning", "failed": "danger", "succeeded": "success"},
    )
    def state(self, job: ProcrastinateJob) -> tuple[str, str]:
        words = {"todo": "Waiting", "doing": "Running", "failed": "Failed", "succeeded": "Done"}
        return job.status, words.get(job.status, job.status.title())

    @display(description="Last event")
    def last_event_at(self, job: ProcrastinateJob):
        return max((event.at for event in job.procrastinateevent_set.all() if event.at), default=None)


def _retry(job: ProcrastinateJob) -> bool:
    """Have a job tried now, and say whether it will be: two of some kinds never wait at once."""
    try:
        with transaction.atomic():
            if job.status == Status.FAILED.value:
                app.job_manager.retry_job_by_id(job.pk, timezone.now(), job.priority, job.queue_name, job.lock)
            else:
                with connection.cursor() as cursor:
                    cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE id = %s AND status = 'todo'", [job.pk])
    except ConnectorException:
        return False
    return True
