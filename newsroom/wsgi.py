"""The WSGI application that gunicorn serves: Django, and before it what its pages are kept in."""

import os

from django.core.wsgi import get_wsgi_application
from django.db.backends.signals import connection_created

from newsroom import patience, startup

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
startup.prepare()
connection_created.connect(patience.limit)
application = get_wsgi_application()

from newsroom.caching import until_the_second_ends  # noqa: E402
from newsroom.memory import FromMemory  # noqa: E402 (it knows models, which are there only now)
from newsroom.settings import PAGE_MEMORY, TRUST_PROXY  # noqa: E402

if PAGE_MEMORY:
    application = FromMemory(application, PAGE_MEMORY * 1_000_000)
if TRUST_PROXY:
    application = until_the_second_ends(application)
