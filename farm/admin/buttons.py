"""A row's page and its buttons: found by its own key alone; who presses too late reads what has become of the row."""

from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin
from unfold.dataclasses import UnfoldAction


class Buttons(ModelAdmin):
    """Each `has_…_permission` asks of the right alone, and with a row also of the state that offers the button."""

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """A key that no row can have is answered like one that no row has, before the page's buttons look it up."""
        if object_id is None or self._can_be_key(object_id):
            return super().changeform_view(request, object_id, form_url, extra_context)
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)

    def get_unfold_action(self, action: str) -> UnfoldAction:
        """A button is found only for a row that is there; what it asks and does may rely on that.

        A page may be older than its row: a button that it should no longer have leads back to it and says so.
        """
        found = super().get_unfold_action(action)
        press = found.method

        @wraps(press)
        def press_in_time(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if "object_id" not in kwargs:
                return press(request, *args, **kwargs)
            row = self._row(kwargs["object_id"])
            try:
                return press(request, *args, **kwargs)
            except PermissionDenied:
                if not self.has_right(request, found, row):
                    raise
            self.say_too_late(request, row)
            return self.back_to(request, row)

        found.method = press_in_time
        return found

    def has_right(self, request: HttpRequest, action: UnfoldAction, row: models.Model) -> bool:
        """Whether somebody might press this button of a row that they see, were it in another state."""
        asked = [getattr(self, f"has_{name}_permission") for name in action.method.allowed_permissions]
        return self.has_view_or_change_permission(request, row) and all(may(request) for may in asked)

    def say_too_late(self, request: HttpRequest, row: models.Model) -> None:
        """Tell what the row is now, and where it says what can be done with it."""
        words = _("This cannot be done in its present state. Load it again to see what can be done now.")
        messages.error(request, f"{row}: {words}")

    def back_to(self, request: HttpRequest, row: models.Model) -> HttpResponse:
        """Return to the row's page; a dialog cannot follow a redirect, so htmx is told to."""
        place = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
        answer = redirect(place, row.pk)
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": answer["Location"]})
        return answer

    def _row(self, key: str) -> models.Model:
        row = self.model._default_manager.filter(pk=key).first() if self._can_be_key(key) else None
        if row is None:
            raise Http404
        return row

    def _can_be_key(self, text: str) -> bool:
        """Whether `text` is a key as our own links spell it: of two spellings, page and buttons could mean two rows."""
        try:
            return str(self.opts.pk.to_python(text)) == text
        except ValidationError:
            return False
