"""Every address of the account's API, below /api/v1/account."""

from django.urls import path

from beizhen.account.api import addresses, entering, own

app_name = "account-api"

urlpatterns = [
    path("account", own.Account.as_view(), name="account"),
    path("account/codes", entering.Codes.as_view()),
    path("account/sign-ins", entering.SignIns.as_view()),
    path("account/sign-ins/this", entering.ThisSignIn.as_view()),
    path("account/sign-ins/others", entering.OtherSignIns.as_view()),
    path("account/orders", own.Orders.as_view()),
    path("account/bookings", own.Bookings.as_view()),
    path("account/addresses", addresses.Addresses.as_view()),
    path("account/addresses/<int:address>", addresses.OneAddress.as_view()),
    path("account/default-address", addresses.DefaultAddress.as_view()),
    path("account/consents", own.Consents.as_view()),
    path("account/export", own.Export.as_view()),
    path("account/erasure", own.Erasure.as_view()),
]
