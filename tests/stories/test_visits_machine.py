"""Any order of events a farm's visits can live through: after every step nobody's seat, ticket or fen is lost.

The sums are added up from rows and share no code with what they check; the books' own checks run beside them.
"""

import os

import pytest
from django.db.models import F
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from farm import payments
from farm.models import Payment
from farm.payments import cashier
from tests.stories.told import any_of
from tests.stories.visits_farm import BY_HAND, Farm, nonces, refused
from tests.visits import a_confirmed_booking, a_visit_wish, pay
from tours import booking as holding
from tours import cancelling, capacity, changing, closures, gate, moving, offers, paying, reopening, waiting, walkins
from tours.booking import Contact
from tours.gate import Whom
from tours.models import Booking, Closure, ClosureOffer, Credit, Rebooking, Slot, TicketType, VisitorsDay, WaitingParty
from tours.party import Party

CONTACTS = [Contact("李小红", "13987654321"), Contact("王芳", "13911112222"), Contact("赵强", "13933334444")]
PARTIES = [
    {"adult": 1},
    {"adult": 2},
    {"adult": 3},
    {"family": 1},
    {"family": 1, "infant": 1},
    {"adult": 2, "child": 2},
    {"infant": 1},
]
AT_THE_CASHIER = Payment.objects.exclude(provider="desk")
picks, parties = st.integers(min_value=0, max_value=10**6), st.sampled_from(PARTIES)


class Visits(Farm):
    """Three visitors, buyers at the gate and the staff, all at once."""

    # Visitors

    @rule(slot=picks, party=parties, who=st.sampled_from(CONTACTS), plan=st.sampled_from(Booking.Plan.values))
    def hold(self, slot, party, who, plan):
        credit = Credit.objects.filter(phone=who.phone, taken__lt=F("limit")).order_by("pk").first()
        wish = a_visit_wish(
            self.pick(Slot.objects, slot), contact=who, plan=plan, credit=credit.code if credit else "", **party
        )
        refused(holding.hold, wish=wish, language="en", key=str(next(nonces)), now=self.now)

    @rule(slot=picks, party=parties, who=st.sampled_from(CONTACTS), plan=st.sampled_from(["full", "deposit"]))
    def book_and_pay(self, slot, party, who, plan):
        slot = self.pick(Slot.objects, slot)
        refused(a_confirmed_booking, slot=slot, contact=who, plan=plan, now=self.now, **party)

    @any_of(Booking)
    @rule(number=picks)
    def go_to_the_cashier(self, number):
        refused(paying.start, booking=self.pick(Booking.objects, number), return_url="/v/t/", now=self.now)

    @precondition(lambda self: AT_THE_CASHIER.exists())
    @rule(
        number=picks,
        choice=st.sampled_from([cashier.pay, cashier.pay, cashier.fail, cashier.pay_late, cashier.pay_twice]),
    )
    def press_a_button_at_the_cashier(self, number, choice):
        payment = self.pick(AT_THE_CASHIER.all(), number)
        refused(lambda: choice(payment, self.now))

    @any_of(Booking)
    @rule(number=picks)
    def extend(self, number):
        refused(holding.extend, booking=self.pick(Booking.objects, number), now=self.now)

    @any_of(Booking)
    @rule(number=picks, slot=picks, party=parties)
    def change(self, number, slot, party):
        booking, slot = self.pick(Booking.objects, number), self.pick(Slot.objects, slot)
        party = Party.of(party)
        refused(changing.change, booking=booking, slot=slot.pk, party=party, by="visitor", now=self.now)

    @any_of(Rebooking)
    @rule(number=picks)
    def pay_a_difference(self, number):
        refused(pay, booking=self.pick(Rebooking.objects, number).booking, now=self.now)

    @any_of(Rebooking)
    @rule(number=picks)
    def drop_a_change(self, number):
        refused(changing.drop, rebooking=self.pick(Rebooking.objects, number), by="visitor", now=self.now)

    @any_of(Booking)
    @rule(number=picks, story=st.sampled_from([cancelling.cancel, cancelling.cancel_for_the_farm]))
    def cancel(self, number, story):
        refused(story, booking=self.pick(Booking.objects, number), by="somebody", reason="rain", now=self.now)

    @rule(slot=picks, party=parties, who=st.sampled_from(CONTACTS))
    def join_the_line(self, slot, party, who):
        slot, party = self.pick(Slot.objects, slot).pk, Party.of(party)
        refused(waiting.join, slot=slot, party=party, contact=who, language="en", now=self.now)

    @any_of(WaitingParty)
    @rule(number=picks, plan=st.sampled_from(Booking.Plan.values))
    def accept_seats(self, number, plan):
        party = self.pick(WaitingParty.objects, number)
        wish = a_visit_wish(party.slot, contact=CONTACTS[0], plan=plan)
        refused(waiting.accept, party=party, wish=wish, key=str(next(nonces)), now=self.now)

    @any_of(WaitingParty)
    @rule(number=picks)
    def leave_the_line(self, number):
        refused(waiting.leave, party=self.pick(WaitingParty.objects, number), by="visitor", now=self.now)

    @any_of(ClosureOffer)
    @rule(number=picks, slot=picks, answer=st.sampled_from(["slot", "kept slot", "refund", "credit", "credit"]))
    def answer_the_rain(self, number, slot, answer):
        offer, slot = self.pick(ClosureOffer.objects, number), self.pick(Slot.objects, slot)
        how = {"offer": offer, "by": "visitor", "now": self.now}
        if answer == "kept slot":
            slot = offer.alternatives.first() or slot
        if "slot" in answer:
            refused(offers.choose_slot, slot=slot.pk, **how)
        else:
            refused(offers.choose_refund if answer == "refund" else offers.choose_credit, **how)

    # Staff

    @any_of(Booking)
    @rule(number=picks, more_fen=st.sampled_from([0, 0, 0, 1]))
    def take_the_rest_at_the_desk(self, number, more_fen):
        booking = self.pick(Booking.objects, number)
        shown_fen = booking.balance_fen + more_fen
        refused(gate.take_balance, booking=booking, amount_fen=shown_fen, how="cash", by="li.na", now=self.now)

    @any_of(Booking)
    @rule(number=picks, people=st.sampled_from([1, 2, None]))
    def admit(self, number, people):
        code = self.pick(Booking.objects, number).number
        whom = Whom(people=people, despite="closed")
        refused(gate.admit, code=code, whom=whom, scan=self.scan(), now=self.now)

    @rule(slot=picks, party=parties, more_fen=st.sampled_from([0, 0, 0, 1]))
    def sell_to_walk_ins(self, slot, party, more_fen):
        sale = {"slot": self.pick(Slot.objects, slot).pk, "party": Party.of(party), "now": self.now}

        def sell():
            fen = walkins.asked_fen(**sale) + more_fen
            walkins.sell(**sale, how="qr", agreed_fen=fen, scan=self.scan())

        refused(sell)

    @any_of(Booking)
    @rule(number=picks, slot=picks)
    def staff_move(self, number, slot):
        booking, slot = self.pick(Booking.objects, number), self.pick(Slot.objects, slot)
        refused(moving.move_for_the_farm, booking=booking, slot=slot.pk, by="li.na", now=self.now)

    @rule(first=picks, many=st.integers(1, 2), otherwise=st.sampled_from(["refund", "credit"]))
    def rain(self, first, many, otherwise):
        slots = [self.pick(Slot.objects, first + more).pk for more in range(many)]
        reason = closures.Reason("雨", "rain", otherwise)
        refused(closures.close, slots=slots, reason=reason, by="li.na", now=self.now)
        if first % 3:  # at times the sweep has not come by yet
            closures.carry_on(self.now)

    @any_of(Closure)
    @rule(number=picks)
    def the_sun_comes_out(self, number):
        refused(closures.undo, closure=self.pick(Closure.objects, number), by="li.na", now=self.now)

    @rule(number=picks)
    def a_whole_day_is_closed(self, number):
        day = self.pick(VisitorsDay.objects, number)
        slots, reason = list(day.slots.values_list("pk", flat=True)), closures.Reason("雨", "rain", "credit")
        refused(closures.close, slots=slots, reason=reason, day=day, by="li.na", now=self.now)
        if number % 3:
            closures.carry_on(self.now)

    @rule(number=picks, whole_day=st.booleans())
    def staff_open_again(self, number, whole_day):
        slot = self.pick(Slot.objects, number)
        if whole_day:
            refused(reopening.open_day, day=slot.day, now=self.now)
        else:
            refused(reopening.open_again, slot=slot, now=self.now)

    @rule(people=st.integers(3, 5), each=st.sampled_from([1, 2, None]))
    def staff_edit_the_tickets(self, people, each):
        TicketType.objects.filter(code="family").update(people=people)
        TicketType.objects.filter(code="infant").update(per_grown_up=each)

    @rule(number=picks, slots=st.integers(4, 12), days=st.integers(8, 18))
    def limits_are_set(self, number, slots, days):
        slot, day = self.pick(Slot.objects, number), self.pick(VisitorsDay.objects, number)
        refused(capacity.set_slot_limit, slot=slot, limit=slots, now=self.now)
        refused(capacity.set_day_limit, day=day, limit=days, now=self.now)

    @precondition(lambda self: BY_HAND.exists())
    @rule(number=picks)
    def pay_back_by_hand(self, number):
        refund = self.pick(BY_HAND.all(), number)
        refused(payments.pay_back, refund=refund, by="li.na", how="cash", now=self.now)


@pytest.mark.slow(seconds=20)
@pytest.mark.django_db
def test_whatever_happens_no_seat_no_ticket_and_no_fen_is_lost():
    thorough = settings(
        max_examples=int(os.environ.get("MACHINE_EXAMPLES", "5")),
        stateful_step_count=int(os.environ.get("MACHINE_STEPS", "25")),
        deadline=None,
        phases=list(Phase) if "MACHINE_SHRINK" in os.environ else [Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Visits, settings=thorough)
