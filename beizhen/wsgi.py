"""The door for web servers."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import reverse
from django.utils.translation import override

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beizhen.settings")
application = get_wsgi_application()
# All doors are loaded before somebody knocks, and where each is in either language. Of the 200,000 things then in
# memory none goes away: the collector need not look through them now and again, while everybody waits (60 ms and more).
gc.disable()
for language, _ in settings.LANGUAGES:
    with override(language):
        reverse("home")
gc.freeze()
gc.enable()
