"""The demo's visitors: families, couples, seniors and school classes, all of them invented."""

import datetime as dt
import random
import tomllib
from pathlib import Path
from typing import Any

from beizhen.demo.deck import Deck
from beizhen.demo.people import new_phone
from tours import sheets
from tours.booking import Contact, Wish
from tours.models import Booking, Slot
from tours.party import Party

PLAN: dict[str, Any] = tomllib.loads(Path(__file__).with_name("data").joinpath("people.toml").read_text("utf-8"))
PARTIES: dict[str, tuple[dict[str, int], ...]] = {
    "kyoho-picking": (
        {"adult": 2}, {"adult": 2, "child": 1}, {"family": 1}, {"family": 1, "infant": 1}, {"adult": 2, "senior": 2},
        {"adult": 4}, {"family": 1, "senior": 2}, {"adult": 1, "child": 2},
    ),
    "growers-morning": ({"adult": 2}, {"adult": 2, "child": 2}, {"adult": 1}, {"adult": 4}),
    "cold-store-tasting": ({"adult": 2}, {"adult": 2, "child": 1}, {"senior": 2}, {"adult": 4}, {"adult": 3}),
    "vineyard-walk": ({"adult": 2}, {"senior": 2}, {"family": 1}, {"adult": 2, "child": 1, "infant": 1}),
    "school-visit": ({"pupil": 20, "teacher": 2}, {"pupil": 32, "teacher": 4}, {"pupil": 38, "teacher": 4}),
}  # fmt: skip
LIKED = {"kyoho-picking": 44, "vineyard-walk": 20, "cold-store-tasting": 22, "growers-morning": 11, "school-visit": 3}
"""How many of a hundred parties want what."""
ALLERGIES = ("", "", "", "", "", "", "一个孩子对花生过敏", "对蜂蜇过敏，带了药")
SCHOOLS = ("广宁小学三年级", "北镇一中七年级", "富屯学校五年级", "锦州实验小学四年级")
FOREIGNERS = 0.05
DEPOSITS = 0.6
LOOK_AHEAD = dt.timedelta(days=21)
FRESH = 2


class Guests:
    """Everybody who might come."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._liked = Deck(LIKED, dice)

    def wanted(self) -> str:
        """The code of what the next party wants to do."""
        return self._liked.deal()

    def choose_time(self, code: str, now: dt.datetime) -> Slot | None:
        """A time that suits the next party: near ones are liked best, full ones too."""
        coming = Slot.objects.bookable(now).filter(experience__code=code, starts_at__lte=now + LOOK_AHEAD)
        slots = list(coming.select_related("experience", "day").order_by("starts_at"))
        weights = [1 / (FRESH + (slot.starts_at - now).days) for slot in slots]
        return self._dice.choices(slots, weights=weights)[0] if slots else None

    def wish(self, slot: Slot, now: dt.datetime, *, phone: str = "", credit: str = "") -> Wish:
        """What a party books for this time; somebody known by `phone` may pay with a credit."""
        is_foreign = self._dice.random() < FOREIGNERS
        known = phone or new_phone(self._dice)
        sheet = sheets.recent(slot.experience_id, now)
        return Wish(
            slot=slot.pk,
            party=Party.of(self._dice.choice(PARTIES[slot.experience.code])),
            contact=Contact(self._name(is_foreign=is_foreign), known),
            plan=self._plan(slot),
            answers=tuple((question.code, self._answer(question.code, is_foreign)) for question in sheet.questions),
            waiver=sheet.waiver.version if sheet.waiver else "",
            credit=credit,
        )

    def _plan(self, slot: Slot) -> str:
        if slot.experience.may_pay_on_arrival:
            return Booking.Plan.ARRIVAL
        takes_deposit = slot.experience.deposit_percent and self._dice.random() < DEPOSITS
        return Booking.Plan.DEPOSIT if takes_deposit else Booking.Plan.FULL

    def _name(self, *, is_foreign: bool) -> str:
        if is_foreign:
            return str(self._dice.choice(PLAN["foreigners"]))
        return str(self._dice.choice(PLAN["surnames"]) + self._dice.choice(PLAN["given_names"]))

    def _answer(self, question: str, is_foreign: bool) -> str:
        if question == "language":
            return "en" if is_foreign else "zh"
        return self._dice.choice(SCHOOLS if question == "school" else ALLERGIES)


def language_of(wish: Wish) -> str:
    """Who asked for English reads English."""
    return "en" if ("language", "en") in wish.answers else "zh-hans"
