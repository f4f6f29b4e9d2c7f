"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.db.backends.signals import connection_created

from newsroom import patience, startup

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
startup.prepare()
connection_created.connect(patience.limit)
application = get_wsgi_application()
