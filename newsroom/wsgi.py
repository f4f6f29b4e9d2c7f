"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from newsroom import startup

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
startup.prepare()
application = get_wsgi_application()
