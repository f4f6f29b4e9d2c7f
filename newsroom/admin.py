"""The job queue as the desk sees it: what waits, what failed, and another try."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Status
from unfold.admin import ModelAdmin
from unfold.decorators import display

from articles.admin.base import RecordMixin

admin.site.unregister(ProcrastinateJob)


@admin.register(ProcrastinateJob)
class JobAdmin(RecordMixin, ModelAdmin):
    list_display = ["task_name", "state", "args", "attempts", "scheduled_at", "last_event_at"]
    list_filter = ["status", "task_name"]
    ordering = ["-id"]
    list_per_page = 50
    show_full_result_count = False
    actions = ["retry"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("procrastinateevent_set")

    def has_retry_permission(self, request):
        return request.user.has_perm("procrastinate.change_procrastinatejob")

    @admin.action(description="Try the failed ones again", permissions=["retry"])
    def retry(self, request: HttpRequest, jobs: QuerySet[ProcrastinateJob]) -> None:
        failed = list(jobs.filter(status=Status.FAILED.value))
        for job in failed:
            app.job_manager.retry_job_by_id(job.pk, timezone.now(), job.priority, job.queue_name, job.lock)
        self.message_user(request, f"{len(failed)} put back in the queue.", messages.SUCCESS)

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
