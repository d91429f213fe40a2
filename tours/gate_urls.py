"""Addresses of the gate: its page, what it asks, and its service worker beside them."""

from django.urls import path

from tours.pages import gate

app_name = "gate"

urlpatterns = [
    path("", gate.show, name="page"),
    path("worker.js", gate.worker, name="worker"),
    path("day", gate.Day.as_view(), name="day"),
    path("looks", gate.Looks.as_view(), name="looks"),
    path("admissions", gate.Admissions.as_view(), name="admissions"),
    path("balances", gate.Balances.as_view(), name="balances"),
    path("walk-ins", gate.WalkIns.as_view(), name="walk-ins"),
    path("scans", gate.Scans.as_view(), name="scans"),
    path("manifest/<str:date>/", gate.show_manifest, name="manifest"),
]
