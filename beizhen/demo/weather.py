"""The demo's rain: now and then outdoor visits of a day are closed, and each party chooses or stays silent."""

import datetime as dt
import random
from collections.abc import Callable
from functools import partial

from django.utils import timezone

from beizhen.demo.deck import Deck
from beizhen.demo.worker import Agenda, Worker
from farm.refusals import Refused
from tours import closures, offers
from tours.closures import Reason
from tours.models import ClosureOffer, Slot

RAINY = 1 / 9
HEAVY_RAIN = Reason("大雨，地里积水", "Heavy rain, the rows are under water")
KEEPER = "wang.mei"
CHOICES = {"time": 48, "money": 22, "credit": 14, "nothing": 16}
"""What a rained-out party answers, and how many of a hundred do so."""
THINKS, BOOKS_AGAIN = (10, 2_000), (1_000, 12_000)
"""Least and most minutes until a party answers, and until it uses its credit."""
BookAgain = Callable[[str, str, dt.datetime], None]


class Weather:
    """Closes visits by the real story and answers for the parties; `book_again` takes a credit's phone and code."""

    def __init__(self, dice: random.Random, at: Agenda, worker: Worker, book_again: BookAgain) -> None:
        self._dice = dice
        self._deck = Deck(CHOICES, dice)
        self._at = at
        self._worker = worker
        self._book_again = book_again
        self._asked: set[int] = set()

    def look_out(self, now: dt.datetime) -> None:
        """At six in the morning somebody looks at the sky."""
        if self._dice.random() > RAINY:
            return
        today = Slot.objects.filter(date=timezone.localdate(now), experience__is_outdoor=True)
        slots = list(today.filter(is_closed=False, starts_at__gt=now).order_by("pk").values_list("pk", flat=True))
        if slots:
            closures.close(slots=slots, reason=HEAVY_RAIN, by=KEEPER, now=now)
            closures.carry_on(now)
            self._worker.tell(now)
            self.ask_parties(now)

    def ask_parties(self, now: dt.datetime) -> None:
        """Parties with a new offer make up their minds within a day and a half."""
        silent = ClosureOffer.objects.filter(status=ClosureOffer.Status.WAITING).exclude(pk__in=self._asked)
        for offer in silent.order_by("pk").values_list("pk", flat=True):
            self._asked.add(offer)
            choice = self._deck.deal()
            if choice != "nothing":
                thinks = dt.timedelta(minutes=self._dice.randint(*THINKS))
                self._at(now + thinks, partial(self._answer, offer, choice))

    def _answer(self, offer: int, choice: str, now: dt.datetime) -> None:
        found = ClosureOffer.objects.select_related("booking", "closure").get(pk=offer)
        try:
            self._choose(found, choice, now)
        except Refused:  # the kept times came closer than the party's answer
            return
        finally:
            self._worker.tell(now)

    def _choose(self, offer: ClosureOffer, choice: str, now: dt.datetime) -> None:
        kept = offer.alternatives.filter(cut_off_at__gt=now, is_closed=False).order_by("starts_at").first()
        if choice == "time" and kept:
            offers.choose_slot(offer=offer, slot=kept.pk, by="visitor", now=now)
        elif choice == "credit":
            self._keep_credit(offer, now)
        else:
            offers.choose_refund(offer=offer, by="visitor", now=now)

    def _keep_credit(self, offer: ClosureOffer, now: dt.datetime) -> None:
        credit = offers.choose_credit(offer=offer, by="visitor", now=now)
        if credit:
            later = now + dt.timedelta(minutes=self._dice.randint(*BOOKS_AGAIN))
            self._at(later, partial(self._book_again, credit.phone, credit.code))
