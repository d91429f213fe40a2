import gc

from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig


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
        gc.freeze()  # what is loaded stays to the end: nobody looks there for rubbish again
        gc.set_threshold(20_000, 20, 100)  # nor every 700 new things: rows and forms are let go of without it
        gc.enable()
