import pytest
from django.utils.translation import gettext as _
from django.utils.translation import override

from farm import chores
from farm.models import StaffTask
from tests.builders import NOW

pytestmark = pytest.mark.django_db


def test_staff_read_tasks_in_the_farms_language_whoever_raised_them(settings):
    settings.LANGUAGE_CODE = "zh-hans"

    with override("en"):
        chores.raise_task(key="t", what=lambda: _("nothing"), about="", due_at=NOW, now=NOW)

    with override("zh-hans"):
        assert StaffTask.objects.get().what == _("nothing") != "nothing"
