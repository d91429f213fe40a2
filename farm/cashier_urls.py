"""The address of the practice cashier: a page that people read."""

from django.urls import path

from farm import pages

app_name = "cashier"

urlpatterns = [path("<slug:trade_no>/", pages.cashier, name="page")]
