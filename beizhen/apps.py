import gc

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import SimpleAdminConfig
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

NO_PORT = "SMS_PORT is {path!r}: it must be the dotted path of a class with a method send, like farm.notify.Kept. {why}"


class StaffConfig(SimpleAdminConfig):
    """Django's admin with the farm's own site."""

    default = False  # INSTALLED_APPS names it; `beizhen` alone means the application below
    default_site = "beizhen.staff_site.StaffSite"


class BeizhenConfig(AppConfig):
    default = True
    name = "beizhen"
    verbose_name = "Beizhen"

    def ready(self) -> None:
        from beizhen.groups import GROUPS  # models are loaded only now
        from beizhen.wiring import LISTENERS
        from farm import outbox, people

        outbox.listeners = LISTENERS
        people.groups = GROUPS
        _check_port(settings.SMS_PORT)
        gc.freeze()  # what is loaded stays to the end: nobody looks there for rubbish again
        gc.set_threshold(20_000, 20, 100)  # nor every 700 new things: rows and forms are let go of without it
        gc.enable()


def _check_port(path: str) -> None:
    """Now, and not when the first text is to be sent.

    :raises ImproperlyConfigured: when there is no such class.
    """
    try:
        port = import_string(path)
    except ImportError as error:
        raise ImproperlyConfigured(NO_PORT.format(path=path, why=f"{error}.")) from error
    if not (isinstance(port, type) and callable(getattr(port, "send", None))):
        raise ImproperlyConfigured(NO_PORT.format(path=path, why="This one has none."))
