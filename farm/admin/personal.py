"""Lists of people: masked for most of the staff; who may see and export whole names leaves a line in the history."""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from farm import looking
from farm.admin.lists import StaffAdmin


class Personal(StaffAdmin):
    """A list of rows with names and phones; `personal` is the permission to see them whole."""

    personal: ClassVar[str]

    def sees_people(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(self.personal))

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is not None and self.sees_people(request):
            self.note(request, row, _("looked at personal data"))
        return super().change_view(request, object_id, *args, **kwargs)

    def note_export(self, request: HttpRequest, rows: QuerySet[Model], words: str) -> None:
        """Write down that a file with whole names left the house; `words` say of what, e.g. `12 orders`."""
        if self.sees_people(request):
            looking.note(user=request.user, kind=rows.model, what=words, how=_("exported personal data"))
