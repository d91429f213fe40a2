"""Where payment providers notify us."""

from django.urls import path

from farm.payments import callbacks

app_name = "payments"

urlpatterns = [path("<slug:provider>/notify", callbacks.notify, name="notify")]
