"""The care of the job queue itself."""

from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="take_up_stalled_jobs", pass_context=True)
async def take_up_stalled_jobs(context, timestamp: int) -> None:
    """Put the jobs of a worker that was killed back in the queue; every job can be done twice without harm."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        await manager.retry_job(job)


@app.periodic(cron="23 4 * * *")
@app.task(queueing_lock="forget_old_jobs", pass_context=True)
async def forget_old_jobs(context, timestamp: int) -> None:
    """Forget jobs that were done a week ago; failed ones are kept until somebody has looked at them."""
    await context.app.job_manager.delete_old_jobs(nb_hours=7 * 24)


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="forget_uses")
def forget_uses(timestamp: int) -> None:
    """Forget who used a public form, once it no longer counts."""
    from .models import Use

    Use.objects.forget()
