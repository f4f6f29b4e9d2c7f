"""Putting jobs in the queue."""

from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import Task


def defer(task: Task, priority: int = 0, **arguments) -> int:
    """Put a job in the queue in the transaction that is open, and return its id.

    Also within another job: a worker's own connection, which `task.defer()` would use there, is not the one that the transaction is in.
    """
    deferrer = task.configure(priority=priority)
    deferrer.job_manager = JobManager(DjangoConnector())
    return deferrer.defer(**arguments)
