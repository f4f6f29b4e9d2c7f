"""The newsletter's rounds."""

from procrastinate.contrib.django import app


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="send_newsletter")
def send_newsletter(timestamp: int) -> None:
    """Make the newsletter of the day when it is time, and write whatever is unfinished to its readers, also what a killed worker left."""
    from .models import Issue

    Issue.objects.make()
    for issue in Issue.objects.unfinished():
        while issue.write_to_next():
            pass


@app.periodic(cron="11 3 * * *")
@app.task(queueing_lock="forget_unconfirmed")
def forget_unconfirmed(timestamp: int) -> None:
    """Forget the addresses that were given to us and never confirmed."""
    from .models import Subscription

    Subscription.objects.forget_unconfirmed()
