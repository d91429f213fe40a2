"""The farm of the visits' state machine: where it begins, how time passes, what must hold and how it comes to rest."""

import datetime as dt
import itertools
import os

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from farm import outbox, payments
from farm.models import Refund
from farm.refusals import Refused
from farm.states import WrongState
from tests.builders import work_off
from tests.stories import visits_sums
from tests.stories.told import Story
from tests.visits import MORNING, NOW, SATURDAY, VISITOR, a_booking, a_confirmed_booking, a_day, a_slot, an_experience
from tests.worlds import told_before
from tours import aftermath, changing, closures, line, waiting
from tours import booking as holding
from tours.booking import Contact
from tours.gate import Scan
from tours.models import ClosureOffer, Credit, Price, PriceList, Slot, TicketType
from tours.party import Party

SUNDAY = SATURDAY + dt.timedelta(days=1)
BOOKS_EACH = int(os.environ.get("MACHINE_BOOKS", "5"))  # reading all the books takes longer than most steps
BY_HAND = Refund.objects.filter(payment__provider="desk")
SWEEPS = (holding.expire_holds, changing.expire_changes, waiting.end_lapsed, line.offer_due, closures.carry_on)
nonces = itertools.count()


def refused(story, **wish) -> str:
    """Try a story; a refusal is an answer too."""
    try:
        story(**wish)
    except (Refused, WrongState) as refusal:
        return str(refusal)
    return ""


@told_before
def a_busy_farm() -> None:
    """Two days with little room and four slots at two prices, parties who paid or have not, and two in line."""
    picking = an_experience(deposit_percent=30, may_pay_on_arrival=True)
    dear = PriceList.objects.create(experience=picking, name="Sunday")
    for kind in TicketType.objects.exclude(code="infant"):
        Price.objects.create(price_list=dear, ticket_type=kind, price_fen=kind.price_fen + 999)
    a_day(SATURDAY, limit=11)
    a_day(SUNDAY, limit=9)
    a_slot(SATURDAY, MORNING, seats=7)
    a_slot(SATURDAY, dt.time(14, 0), seats=6)
    a_slot(SUNDAY, MORNING, seats=6, price_list=dear)
    a_slot(SUNDAY, dt.time(14, 0), seats=8)
    money = {"given_at": NOW, "expires_on": SUNDAY}
    Credit.objects.create(code="CR1", phone=VISITOR.phone, limit=40_000, **money)
    first, full, sunday, _last = Slot.objects.order_by("pk")
    a_confirmed_booking(first)
    a_confirmed_booking(sunday, plan="deposit", family=1)
    a_confirmed_booking(full, family=1)
    a_booking(full)
    for number in (1, 2):
        who = Contact("王芳", f"1390000000{number}")
        waiting.join(slot=full.pk, party=Party.of({"adult": number}), contact=who, language="en", now=NOW)


class Farm(Story):
    """Two days with little room and four slots at two prices. Whoever acts in it is another's business."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW

    @initialize()
    def open_the_farm(self) -> None:
        a_busy_farm()

    def scan(self) -> Scan:
        return Scan(nonce=f"n{next(nonces)}", gate="south", by="li.na", at=self.now)

    @rule(minutes=st.sampled_from([1, 11, 21, 31, 600, 24 * 60, 49 * 60]))
    def time_passes(self, minutes):
        self.now += dt.timedelta(minutes=minutes)

    @rule(hours=st.sampled_from([-49, -25, -3, -1, 1]))
    def the_day_comes(self, hours):
        """The clock goes on to some hours before, or after, a slot begins."""
        coming = Slot.objects.filter(starts_at__gt=self.now - dt.timedelta(hours=hours)).order_by("starts_at").first()
        if coming:
            self.now = coming.starts_at + dt.timedelta(hours=hours)

    @rule(sweep=st.sampled_from(SWEEPS))
    def a_sweep_comes_by(self, sweep):
        sweep(self.now)

    @rule()
    def who_came_is_marked(self):
        aftermath.mark_who_came(self.now)

    @rule(work=st.sampled_from([outbox.deliver_due, payments.ask_about_open, work_off]))
    def workers_work(self, work):
        work(self.now)

    @invariant()
    def nothing_is_lost(self):
        if self.has_written():
            visits_sums.nothing_is_oversold_and_nothing_leaks()
            visits_sums.everybody_who_is_sure_has_a_ticket_and_nobody_else()
            visits_sums.whoever_fits_is_not_left_waiting(self.now)
            if self.written % BOOKS_EACH == 0:
                assert visits_sums.findings(visits_sums.CHECKS, self.now) == []

    def teardown(self) -> None:
        try:
            if Slot.objects.exists():
                self.everything_comes_to_rest()
        finally:
            self.undo()

    def everything_comes_to_rest(self) -> None:
        for hours in (1, 49, 1, 1):
            self.now += dt.timedelta(hours=hours)
            for sweep in SWEEPS:
                sweep(self.now)
            payments.ask_about_open(self.now)
            work_off(self.now)
        for refund in BY_HAND.filter(status="due"):
            payments.pay_back(refund=refund, by="li.na", how="cash", now=self.now)
        assert visits_sums.findings([*visits_sums.CHECKS, *visits_sums.LATE], self.now) == []
        assert not ClosureOffer.objects.filter(status="waiting").exists()
        visits_sums.all_money_is_where_it_should_be()
