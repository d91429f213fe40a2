"""Where rows lead: to pages that whoever reads may open, and to no others."""

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from farm.admin import places

if TYPE_CHECKING:
    from django.contrib.admin.views.main import ChangeList


class Leads(ModelAdmin):
    """A list whose links, and those on its pages, are for one reader; the list itself serves many at once."""

    reader: Any = AnonymousUser()

    def link_to(self, name: str) -> SafeString | str:
        """What a row names, like `order:BZ…`: a link, or the words alone."""
        return places.link(name, self.reader)

    def get_changelist_instance(self, request: HttpRequest) -> "ChangeList":
        shown = super().get_changelist_instance(request)
        shown.model_admin = self.for_reader(request.user)
        return shown

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **how: Any) -> HttpResponse:
        context["adminform"].model_admin = self.for_reader(request.user)
        return super().render_change_form(request, context, *args, **how)

    def for_reader(self, reader: Any) -> Self:
        mine = copy.copy(self)
        mine.reader = reader
        closed = [name for name, model in self._referred_to() if not places.may_open(model, reader)]
        mine.readonly_preprocess_fields = {**self.readonly_preprocess_fields, **dict.fromkeys(closed, _words_alone)}
        return mine

    def _referred_to(self) -> Iterator[tuple[str, str]]:
        for field in self.opts.concrete_fields:
            if (model := field.related_model) is not None:
                yield field.name, model._meta.label_lower.replace(".", "_")


def _words_alone(link: SafeString) -> SafeString:
    return SafeString(strip_tags(link))
