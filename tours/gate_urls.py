"""Addresses of the gate: its page, the list to print, and its service worker beside them."""

from django.urls import path

from tours.pages import gate

app_name = "gate"

urlpatterns = [
    path("", gate.show, name="page"),
    path("worker.js", gate.worker, name="worker"),
    path("manifest/<str:date>/", gate.show_manifest, name="manifest"),
]
