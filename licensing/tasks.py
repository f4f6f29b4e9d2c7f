"""What the rights desk does when nobody waits."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app


@app.task
def send_links(email: str) -> None:
    """Send somebody the links to their orders; an address that never ordered gets nothing."""
    from .models import LicenceOrder

    LicenceOrder.objects.send_links(email)


@app.task(retry=RetryStrategy(max_attempts=5, exponential_wait=5))
def pack(licence: int) -> None:
    """Make the package of a licence, and that of the corrected story where there is one."""
    from .models import Licence, Package

    found = Licence.objects.get(pk=licence)
    Package.objects.make(found)
    if found.corrected_revision:
        Package.objects.make(found, found.corrected_revision)


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="tell_of_changes")
def tell_of_changes(timestamp: int) -> None:
    """Tell licensees of corrections and withdrawals of their stories, and license what was paid for and can be licensed again."""
    from .models import LicenceOrder, Notice

    Notice.objects.tell_of_changes()
    LicenceOrder.objects.settle_all()


@app.periodic(cron="11 7 * * *")
@app.task(queueing_lock="tell_of_ends")
def tell_of_ends(timestamp: int) -> None:
    """Remind licensees of the end of their licences, and let offers lapse that nobody has answered."""
    from .models import LicenceOrder, Notice

    Notice.objects.tell_of_ends()
    LicenceOrder.objects.lapse_offers()
    LicenceOrder.objects.forget_drafts()
