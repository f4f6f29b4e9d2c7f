"""What the rights desk does when nobody waits."""

from procrastinate.contrib.django import app


@app.task
def send_links(email: str) -> None:
    """Send somebody the links to their orders; an address that never ordered gets nothing."""
    from .models import LicenceOrder

    LicenceOrder.objects.send_links(email)
