"""What the attempts to pay say on the page of what they pay for."""

from collections.abc import Sequence

from farm.models import Payment, Refund

Status = Payment.Status


class Attempts:
    """What an order's page and a booking's page tell of their money alike."""

    payments: Sequence[Payment]
    """Every attempt so far, oldest first."""

    @property
    def refunds(self) -> list[Refund]:
        return [refund for payment in self.payments for refund in payment.refunds.all()]

    @property
    def payments_to_show(self) -> list[Payment]:
        """Attempts that nobody paid are no news."""
        return [payment for payment in self.payments if payment.status == Status.CAPTURED]

    @property
    def is_open_at_the_cashier(self) -> bool:
        return any(payment.status == Status.PENDING for payment in self.payments)

    @property
    def attempts_now(self) -> Sequence[Payment]:
        """The attempts to pay what is asked for now."""
        return self.payments

    @property
    def last_attempt_failed(self) -> bool:
        return bool(self.attempts_now) and self.attempts_now[-1].status == Status.FAILED

    @property
    def last_attempt_is_open(self) -> bool:
        return bool(self.attempts_now) and self.attempts_now[-1].status == Status.PENDING
