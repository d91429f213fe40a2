"""The staff's tool as a site: unfold's, without what no page of ours shows."""

from typing import Any

from django.utils.functional import SimpleLazyObject
from unfold.sites import UnfoldAdminSite

from farm.api import marks


class StaffSite(UnfoldAdminSite):  # type: ignore[misc]  # the library is untyped
    def login(self, request: Any, extra_context: Any = None) -> Any:
        answer = super().login(request, extra_context)
        if request.method == "POST" and request.user.is_authenticated:
            marks.mark(answer, request.user)
        return answer

    def get_app_list(self, request: Any, app_label: str | None = None) -> Any:
        """Every model with its addresses, made when a page shows it: few do, our side bar stands in its place."""
        return SimpleLazyObject(lambda: super(StaffSite, self).get_app_list(request, app_label))
