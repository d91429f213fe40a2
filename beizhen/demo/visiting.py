"""The demo's past at the gate: parties book, pay, move, cancel, are rained out, come, stay away or just walk in."""

import datetime as dt
import random
import uuid
from collections import Counter
from collections.abc import Callable
from functools import partial

from django.utils import timezone

from beizhen.demo.deck import Deck
from beizhen.demo.guests import Guests, language_of
from beizhen.demo.weather import Weather
from beizhen.demo.worker import Agenda, Worker
from farm.models import Payment, TillEntry
from farm.payments import cashier
from farm.refusals import Refused
from tours import aftermath, cancelling, changing, closures, gate, line, minimum, paying, waiting, walkins
from tours import booking as holding
from tours.booking import Wish
from tours.gate import Scan, Whom
from tours.models import Booking, Slot, WaitingParty
from tours.party import Party

DOOR, KEEPER = "南门", "sun.lei"
HABITS = {
    "comes": 58,
    "comes in two groups": 5,
    "stays away": 4,
    "never pays": 6,
    "leaves the cashier": 3,
    "pays late": 1,
    "cancels": 8,
    "moves": 8,
    "brings one more": 7,
}
"""What becomes of a party after it has its seats, and how many of a hundred do so."""
PARTIES_PER_ORDER = 1 / 8
WEEKEND = 1.8
WALK_INS = 0.4
WAITS = 0.7
SOLD = ({"adult": 1}, {"adult": 2}, {"adult": 1, "child": 1}, {"adult": 2, "child": 1})
Choose = Callable[[Payment, dt.datetime], None]
Story = Callable[[Booking, dt.datetime], None]


class Visiting:
    """One run through the past of the visits; `happened` counts beside the shop's, `habits` by booking number."""

    def __init__(self, *, seed: int, orders_per_day: int, at: Agenda, worker: Worker, happened: Counter[str]) -> None:
        self.habits: dict[str, str] = {}
        self._dice = random.Random(seed)  # noqa: S311  # a story, not a secret
        self._parties_per_day = orders_per_day * PARTIES_PER_ORDER
        self._at = at
        self._worker = worker
        self._happened = happened
        self._deck = Deck(HABITS, self._dice)
        self._guests = Guests(self._dice)
        self._weather = Weather(self._dice, at, worker, self._book_with_credit)
        self._offered: set[int] = set()

    def begin_day(self, now: dt.datetime) -> None:
        """Put the day on the agenda: who books, whether it rains, and each opening of the gate."""
        date = timezone.localdate(now)
        self._at(_moment(date, 6, 0), self._weather.look_out)
        for hour in (7, 12, 17, 22):
            self._at(_moment(date, hour, 20), self.sweep)
        share = self._dice.uniform(0.6, 1.4) * (WEEKEND if date.weekday() in (4, 5) else 1)
        for _ in range(round(self._parties_per_day * share)):
            moment = _moment(date, self._dice.randint(7, 22), self._dice.randrange(60))
            self._at(moment + self._seconds(1, 59), self._party)
        for slot, starts_at in Slot.objects.filter(date=date).values_list("pk", "starts_at"):
            self._at(starts_at - dt.timedelta(minutes=15), partial(self._open_gate, slot))

    def sweep(self, now: dt.datetime) -> None:
        """What beat does for the visits every few seconds."""
        holding.expire_holds(now)
        changing.expire_changes(now)
        waiting.end_lapsed(now)
        line.offer_due(now)
        minimum.decide_due(now)
        aftermath.mark_who_came(now)
        aftermath.remind_of_tomorrow(now)
        self._worker.tell(now)
        closures.carry_on(now)
        self._worker.tell(now)
        self._weather.ask_parties(now)
        self._call_those_in_line(now)

    def _party(self, now: dt.datetime) -> None:
        slot = self._guests.choose_time(self._guests.wanted(), now)
        if slot is None:
            return
        wish = self._guests.wish(slot, now)
        try:
            booking = holding.hold(wish=wish, language=language_of(wish), key=uuid.uuid4().hex, now=now)
        except Refused as refusal:
            self._count(f"refused: {refusal.code}")
            if refusal.code == "sold_out" and self._dice.random() < WAITS:
                self._wait(wish, now)
            return
        self._go_on(booking, now)

    def _go_on(self, booking: Booking, now: dt.datetime) -> None:
        """What the party does next depends on its habits."""
        habit = self.habits[booking.number] = self._deck.deal()
        self._count(habit)
        if booking.status == Booking.Status.HELD:
            self._will_pay(booking, habit, now)
        changes: dict[str, Story] = {
            "cancels": self._cancel, "moves": self._move, "brings one more": self._bring_one_more,
        }  # fmt: skip
        if habit in changes:
            thinks = self._seconds(1_000, 100_000)
            self._at(now + thinks, partial(self._reconsider, booking.pk, changes[habit]))

    def _will_pay(self, booking: Booking, habit: str, now: dt.datetime) -> None:
        ways: dict[str, Choose] = {"leaves the cashier": cashier.abandon, "pays late": cashier.pay_late}
        if habit != "never pays":
            choose = ways.get(habit, cashier.pay)
            self._at(now + self._seconds(40, 500), partial(self._pay, booking.pk, choose))
        if habit in ways or habit == "never pays":
            for seconds in (6, 45):
                self._at(booking.hold_until + dt.timedelta(seconds=seconds), self._let_go)

    def _pay(self, booking: int, choose: Choose, now: dt.datetime) -> None:
        found = Booking.objects.select_related("slot").get(pk=booking)
        try:
            choose(paying.start(booking=found, provider="practice", return_url="/", now=now), now)
        except Refused as refusal:  # it rained first
            self._count(f"refused: {refusal.code}")
        self._worker.tell(now)

    def _let_go(self, now: dt.datetime) -> None:
        holding.expire_holds(now)
        changing.expire_changes(now)
        self._worker.sweep(now)
        self._call_those_in_line(now)

    def _reconsider(self, booking: int, then: Story, now: dt.datetime) -> None:
        found = Booking.objects.select_related("slot__experience", "slot__day").get(pk=booking)
        try:
            then(found, now)
        except Refused as refusal:  # too late, or the other time is full: as it happens to people
            self._count(f"refused: {refusal.code}")
        self._worker.tell(now)
        self._call_those_in_line(now)

    def _cancel(self, booking: Booking, now: dt.datetime) -> None:
        cancelling.cancel(booking=booking, by="visitor", now=now)

    def _move(self, booking: Booking, now: dt.datetime) -> None:
        slot = self._guests.choose_time(booking.slot.experience.code, now)
        if slot and slot.pk != booking.slot_id:
            self._change(booking, slot, changing.party_of(booking), now)

    def _bring_one_more(self, booking: Booking, now: dt.datetime) -> None:
        party = changing.party_of(booking).as_dict()
        kind = "pupil" if "pupil" in party else "adult"
        self._change(booking, booking.slot, Party.of({**party, kind: party.get(kind, 0) + 1}), now)

    def _change(self, booking: Booking, slot: Slot, party: Party, now: dt.datetime) -> None:
        """A change that costs more is paid a minute later."""
        changed = changing.change(booking=booking, slot=slot.pk, party=party, by="visitor", now=now)
        if not isinstance(changed, Booking):
            self._at(now + self._seconds(40, 300), partial(self._pay, booking.pk, cashier.pay))

    def _wait(self, wish: Wish, now: dt.datetime) -> None:
        try:
            waiting.join(slot=wish.slot, party=wish.party, contact=wish.contact, language=language_of(wish), now=now)
            self._count("waits in line")
        except Refused as refusal:
            self._count(f"refused: {refusal.code}")

    def _call_those_in_line(self, now: dt.datetime) -> None:
        """Parties that were just offered seats take them, or let the offer lapse."""
        offered = WaitingParty.objects.filter(status=WaitingParty.Status.OFFERED).exclude(pk__in=self._offered)
        for party in offered.values_list("pk", flat=True):
            self._offered.add(party)
            if self._dice.random() < WAITS:
                self._at(now + self._seconds(60, 1_200), partial(self._accept, party))

    def _accept(self, party: int, now: dt.datetime) -> None:
        found = WaitingParty.objects.select_related("slot__experience").get(pk=party)
        wish = self._guests.wish(found.slot, now, phone=found.phone)
        try:
            booking = waiting.accept(party=found, wish=wish, key=uuid.uuid4().hex, now=now)
        except Refused as refusal:
            self._count(f"refused: {refusal.code}")
            return
        self._go_on(booking, now)

    def _book_with_credit(self, phone: str, code: str, now: dt.datetime) -> None:
        slot = self._guests.choose_time("kyoho-picking", now)
        if slot is None:
            return
        wish = self._guests.wish(slot, now, phone=phone, credit=code)
        try:
            booking = holding.hold(wish=wish, language=language_of(wish), key=uuid.uuid4().hex, now=now)
        except Refused as refusal:
            self._count(f"refused: {refusal.code}")
            return
        self._count("uses a credit")
        self._go_on(booking, now)

    def _open_gate(self, slot: int, now: dt.datetime) -> None:
        """The parties of a time come within half an hour, and people without a booking with them."""
        found = Slot.objects.select_related("day", "experience").get(pk=slot)
        if found.is_closed or found.day.is_closed:
            return
        coming = Booking.objects.filter(slot=slot, status=Booking.Status.CONFIRMED).order_by("pk")
        for booking, number in coming.values_list("pk", "number"):
            if self.habits.get(number) != "stays away":
                self._at(now + self._seconds(60, 1_500), partial(self._arrive, booking))
        if found.experience.min_party == 1 and self._dice.random() < WALK_INS:
            self._at(now + self._seconds(300, 1_800), partial(self._walk_in, slot))

    def _arrive(self, booking: int, now: dt.datetime) -> None:
        found = Booking.objects.get(pk=booking)
        if found.status != Booking.Status.CONFIRMED:  # given up at the last minute
            return
        if found.balance_fen:
            due_fen = found.balance_fen
            gate.take_balance(booking=found, amount_fen=due_fen, how=self._tender(), by=KEEPER, now=now)
            self._worker.tell(now)
        in_two = self.habits.get(found.number) == "comes in two groups" and found.people > 1
        gate.admit(code=found.number, whom=Whom(people=1) if in_two else Whom(), scan=self._scan(now), now=now)
        if in_two:
            self._at(now + self._seconds(60, 1_200), partial(self._follow, found.number))

    def _follow(self, number: str, now: dt.datetime) -> None:
        gate.admit(code=number, whom=Whom(), scan=self._scan(now), now=now)

    def _walk_in(self, slot: int, now: dt.datetime) -> None:
        party = Party.of(self._dice.choice(SOLD))
        try:
            fen = walkins.asked_fen(slot=slot, party=party, now=now)
            walkins.sell(slot=slot, party=party, how=self._tender(), agreed_fen=fen, scan=self._scan(now), now=now)
            self._count("walks in")
        except Refused as refusal:  # full, or not for single visitors
            self._count(f"refused: {refusal.code}")
        self._worker.tell(now)

    def _tender(self) -> str:
        return str(self._dice.choice(TillEntry.How.values))

    def _scan(self, now: dt.datetime) -> Scan:
        return Scan(nonce=uuid.uuid4().hex, gate=DOOR, by=KEEPER, at=now)

    def _count(self, what: str) -> None:
        self._happened[f"visit: {what}"] += 1

    def _seconds(self, least: int, most: int) -> dt.timedelta:
        return dt.timedelta(seconds=self._dice.randint(least, most))


def _moment(date: dt.date, hour: int, minute: int) -> dt.datetime:
    return dt.datetime.combine(date, dt.time(hour, minute), timezone.get_default_timezone())
