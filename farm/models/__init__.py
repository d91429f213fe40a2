from farm.models.accounts import Consent, SignIn, SignInCode
from farm.models.calendar import ClosedDay
from farm.models.messages import Job, Notice, OutboxMessage, RememberedRequest, StaffTask
from farm.models.movements import Movement
from farm.models.payments import (
    CashierTrade,
    LedgerEntry,
    PaidAnotherWay,
    Payment,
    PaymentEvent,
    Refund,
    RefundEvent,
    StatementCheck,
    TillEntry,
)
from farm.models.people import Customer, StaffSession, User

__all__ = [
    "CashierTrade",
    "ClosedDay",
    "Consent",
    "Customer",
    "Job",
    "LedgerEntry",
    "Movement",
    "Notice",
    "OutboxMessage",
    "PaidAnotherWay",
    "Payment",
    "PaymentEvent",
    "Refund",
    "RefundEvent",
    "RememberedRequest",
    "SignIn",
    "SignInCode",
    "StaffSession",
    "StaffTask",
    "StatementCheck",
    "TillEntry",
    "User",
]
