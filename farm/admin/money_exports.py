"""The columns in which money leaves the house for whoever keeps the books: in yuan and fen, with its order or visit."""

from typing import Any

from import_export.fields import Field

from farm.admin.exports import FarmResource
from farm.models import LedgerEntry, Payment, Refund, TillEntry
from farm.money import yuan


class InYuan(FarmResource):
    yuan = Field(column_name="yuan")

    def dehydrate_yuan(self, row: Any) -> str:
        return yuan(row.amount_fen)


class PaymentResource(InYuan):
    class Meta:
        model = Payment
        fields = ("trade_no", "payable", "provider", "provider_ref", "yuan", "amount_fen", "refunded_fen", "status",
                  "started_at", "captured_at")  # fmt: skip
        export_order = fields


class RefundResource(InYuan):
    class Meta:
        model = Refund
        fields = ("refund_no", "payment__payable", "payment__trade_no", "payment__provider", "yuan", "amount_fen",
                  "why", "status", "asked_at", "done_at")  # fmt: skip
        export_order = fields


class LedgerResource(InYuan):
    class Meta:
        model = LedgerEntry
        fields = ("at", "payable", "yuan", "amount_fen", "payment__trade_no", "refund__refund_no")
        export_order = fields


class TillResource(InYuan):
    class Meta:
        model = TillEntry
        fields = ("at", "trade_no", "refund_no", "yuan", "amount_fen", "how", "by")
        export_order = fields
