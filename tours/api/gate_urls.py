"""Every address of the gate's API, below /api/v1/gate/: apart and found first, for people wait for its answers."""

from django.urls import path

from tours.api import gate

app_name = "gate-api"

urlpatterns = [
    path("day", gate.GateDay.as_view(), name="day"),
    path("looks", gate.GateLooks.as_view(), name="looks"),
    path("admissions", gate.GateAdmissions.as_view(), name="admissions"),
    path("balances", gate.GateBalances.as_view(), name="balances"),
    path("walk-ins", gate.GateWalkIns.as_view(), name="walk-ins"),
    path("walk-in-withdrawals", gate.GateWalkInWithdrawals.as_view(), name="walk-in-withdrawals"),
    path("scans", gate.GateScans.as_view(), name="scans"),
]
