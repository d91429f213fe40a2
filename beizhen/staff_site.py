"""The staff's tool as a site: unfold's, without what no page of ours shows."""

from typing import Any

from django.utils.functional import SimpleLazyObject
from unfold.sites import UnfoldAdminSite


class StaffSite(UnfoldAdminSite):  # type: ignore[misc]  # the library is untyped
    def get_app_list(self, request: Any, app_label: str | None = None) -> Any:
        """Every model with its addresses, made when a page shows it: few do, our side bar stands in its place."""
        return SimpleLazyObject(lambda: super(StaffSite, self).get_app_list(request, app_label))
