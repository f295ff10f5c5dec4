"""The WSGI entry point; it does not start on a database without its guarding triggers."""

import os

from django.core.wsgi import get_wsgi_application

from journal import guards

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
guards.refuse_to_start_unguarded()
