"""Closing visits in the staff's tool: what is met by it, who has not chosen, answers by telephone, undo, credits."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.builders import work_off
from tests.staff import a_boss, a_member, act, cost_more, given, list_of, page_of, press, told
from tests.visits import NOW, SATURDAY, a_confirmed_booking, a_slot, an_experience
from tests.worlds import told_before
from tours import closures
from tours.booking import Contact
from tours.closures import Reason
from tours.models import Closure, ClosureOffer, Credit, Experience, Slot, VisitorsDay

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_september")]
SUNDAY = SATURDAY + dt.timedelta(days=1)
CLOSE = "/staff/tours/closure/close/"
RAIN = {"reason_zh": "大雨", "reason_en": "Heavy rain", "otherwise": "credit"}


@told_before
def a_closure(parties: int = 1) -> Closure:
    """Saturday's rained out; each party has an offer with Sunday's seats kept."""
    a_slot(SUNDAY)
    slot = Slot.objects.filter(date=SATURDAY).first() or a_slot()
    for number in range(parties):
        a_confirmed_booking(slot, contact=Contact(f"李小{number}", f"1398765432{number}"))
    closure = closures.close(slots=[slot.pk], reason=Reason("雨", "Rain"), by="boss", now=NOW)
    closures.carry_on(NOW)
    return closure


def test_chosen_times_of_the_list_are_closed_with_a_reason(client, boss):
    first, second, kept = a_slot(), a_slot(time=dt.time(14)), a_slot(SUNDAY)
    chosen = {"action": "close_chosen", "_selected_action": [first.pk, second.pk]}

    page = client.post(list_of(Slot), chosen, follow=True)
    place = page.redirect_chain[0][0]
    client.post(place, {"slots": [first.pk, second.pk], **RAIN})

    closure = Closure.objects.get()
    assert page.content.decode().count('name="slots"') == 2
    assert set(closure.slots.values_list("pk", flat=True)) == {first.pk, second.pk}
    assert (closure.otherwise, closure.made_by, closure.reason_zh) == ("credit", "boss", "大雨")
    kept.refresh_from_db()
    assert not kept.is_closed


def test_a_whole_day_is_closed(client, boss):
    a_slot(), a_slot(experience=an_experience("tasting"), time=dt.time(14))

    page = client.get(f"{CLOSE}?first={SATURDAY}&last={SATURDAY}").content.decode()
    client.post(f"{CLOSE}?first={SATURDAY}&last={SATURDAY}", {"whole_day": "on", **RAIN})

    assert 'name="whole_day"' in page
    assert VisitorsDay.objects.get().is_closed
    assert set(Slot.objects.values_list("is_closed", flat=True)) == {True}


def test_what_is_indoors_is_not_ticked_until_it_is_named(client, boss):
    outdoors, indoors = a_slot(), a_slot(experience=an_experience("tasting", is_outdoor=False), time=dt.time(14))

    day = given(client, f"{CLOSE}?first={SATURDAY}&last={SATURDAY}")
    named = given(client, f"{CLOSE}?slot={indoors.pk}")

    assert (day["chosen"], named["chosen"]) == ({str(outdoors.pk)}, {str(indoors.pk)})


def test_the_week_counts_the_parties_that_have_not_chosen(client, boss):
    a_closure(parties=2)

    assert "2 parties have not chosen" in client.get(f"/staff/tours/slot/week/?date={SATURDAY}").content.decode()


def test_an_experience_is_closed_for_some_days_and_others_go_on(client, boss):
    tasting = a_slot(experience=an_experience("tasting"))
    walks = [a_slot(), a_slot(SUNDAY)]
    place = f"{CLOSE}?first={SATURDAY}&last={SUNDAY}&experience=picking"

    page = client.get(place).content.decode()
    client.post(place, {"slots": [slot.pk for slot in walks], **RAIN})

    assert page.count('name="slots"') == 2
    assert 'name="whole_day"' not in page
    tasting.refresh_from_db()
    assert (tasting.is_closed, Closure.objects.get().slots.count()) == (False, 2)


@pytest.mark.parametrize(
    "wrong", [{"slots": []}, {"reason_zh": ""}, {"otherwise": "grapes"}, {"slots": [999]}, {"whole_day": "on"}]
)
def test_a_closing_that_says_too_little_closes_nothing(client, boss, wrong):
    slot = a_slot()
    place = f"{CLOSE}?first={SATURDAY}&last={SUNDAY}"

    client.post(place, {"slots": [slot.pk], **RAIN, **wrong})

    slot.refresh_from_db()
    assert not slot.is_closed
    assert not Closure.objects.exists()


def test_odd_addresses_show_today(client, boss):
    a_slot()

    odd_days = ("first=x&last=y", "first=9999-12-31", "last=0001-01-01")
    odd_keys = ("slot=x&slot=99999", f"slot={'9' * 30}", "experience=none", "experience=%00")
    for odd in odd_days + odd_keys:
        assert client.get(f"{CLOSE}?{odd}").status_code == 200


def test_the_page_to_close_costs_the_same_with_1_and_with_3_times(client, boss):
    def more() -> None:
        a_slot(time=dt.time(14)), a_slot(experience=an_experience("tasting"))

    a_slot()

    assert cost_more(client, [f"{CLOSE}?first={SATURDAY}&last={SATURDAY}"], after=more) == {}


def test_the_lists_of_closures_choices_and_credits_cost_the_same_with_1_and_with_3_rows(client, boss):
    def rains(number: int) -> None:
        slot = a_slot(SATURDAY + dt.timedelta(days=7 * number))
        a_confirmed_booking(slot, contact=Contact("李小", f"1398765432{number}"))
        closure = closures.close(slots=[slot.pk], reason=Reason("雨", "Rain", "credit"), by="boss", now=NOW)
        closures.carry_on(NOW)
        closures.carry_on(closure.answer_until)

    rains(1)
    lists = map(list_of, (Closure, ClosureOffer, Credit))

    assert cost_more(client, lists, after=lambda: [rains(2), rains(3)]) == {}
    assert Credit.objects.count() == 3


def test_a_closures_page_costs_the_same_with_1_and_with_3_parties(client, boss):
    closure = a_closure()

    def more() -> None:
        slot = closure.slots.get()
        Slot.objects.filter(pk=slot.pk).update(is_closed=False)
        for number in (5, 6):
            a_confirmed_booking(slot, contact=Contact("李小", f"1398765432{number}"))
        Slot.objects.filter(pk=slot.pk).update(is_closed=True)
        closures.carry_on(NOW)

    assert cost_more(client, [page_of(closure)], after=more) == {}
    assert closure.offers.count() == 3


def test_the_closure_shows_who_has_not_chosen_with_the_phone_masked(client, boss):
    closure = a_closure(2)
    answered, silent = closure.offers.order_by("pk")
    press(client, "take_money", answered)

    page = client.get(page_of(closure)).content.decode()

    assert "139******21" in page
    assert "13987654321" not in page
    assert page.index(silent.booking.number) < page.index(answered.booking.number)
    assert "09-13 09:30" in page


def test_the_name_of_what_a_party_moved_to_is_words_and_no_page(client, boss):
    closure = a_closure()
    press(client, "take_time", closure.offers.get(), to=Slot.objects.get(date=SUNDAY).pk)
    Experience.objects.update(name_en="<i>Picking</i>")

    page = client.get(page_of(closure)).content.decode()

    assert "→ 09-13 09:30 &lt;i&gt;Picking&lt;/i&gt;" in page
    assert "<i>Picking" not in page


def test_staff_answer_for_a_party_that_calls(client, boss):
    closure = a_closure(3)
    time, money, credit = closure.offers.order_by("pk")
    sunday = Slot.objects.get(date=SUNDAY)

    press(client, "take_time", time, to=sunday.pk)
    press(client, "take_money", money)
    press(client, "take_credit", credit)
    work_off(NOW)

    assert [offer.status for offer in closure.offers.order_by("pk")] == ["moved", "refunded", "credited"]
    assert time.booking.events.filter(what="changed", by="boss").exists()
    assert Credit.objects.get().limit == 17600
    sunday.refresh_from_db()
    assert sunday.taken == 2


def test_a_party_that_calls_is_offered_only_times_that_it_may_still_choose(client, boss, monkeypatch):
    offer, sunday, later = a_closure().offers.get(), Slot.objects.get(date=SUNDAY), a_slot(SUNDAY, dt.time(14))
    monkeypatch.setattr(timezone, "now", lambda: sunday.cut_off_at)
    Closure.objects.update(answer_until=later.starts_at)

    page = client.get(reverse("admin:tours_closureoffer_take_time", args=[offer.pk])).content.decode()

    assert (f'value="{sunday.pk}"' in page, f'value="{later.pk}"' in page) == (False, True)


def test_an_answer_is_written_once(client, boss):
    offer = a_closure().offers.get()
    press(client, "take_money", offer)

    assert "cannot be done" in told(press(client, "take_credit", offer))
    assert not Credit.objects.exists()


def test_a_closure_is_undone_until_somebody_has_chosen(client, boss):
    closure = a_closure(2)
    press(client, "take_money", closure.offers.first())
    assert "cannot be done" in told(press(client, "undo", closure))

    other = a_slot(SATURDAY, dt.time(14))
    again = closures.close(slots=[other.pk], reason=Reason("雨", "Rain"), by="boss", now=NOW)
    press(client, "undo", again)

    other.refresh_from_db()
    assert not other.is_closed
    assert Closure.objects.get(pk=again.pk).status == "undone"


def test_a_credits_phone_is_masked_for_those_who_may_not_see_people(client):
    closure = a_closure()
    closure.offers.update(status="waiting")
    Closure.objects.update(otherwise="credit")
    closures.carry_on(closure.answer_until)
    credit = Credit.objects.get()

    a_member(client, "money")
    masked = client.get(page_of(credit)).content.decode()
    a_boss(client)
    whole = client.get(page_of(credit)).content.decode()

    assert credit.code in masked
    assert credit.phone not in masked
    assert credit.phone in whole
    assert "¥176.00" in whole


def test_only_who_may_close_closes(client):
    a_member(client, "gate")
    slot = a_slot()

    assert client.get(CLOSE).status_code == 403
    assert client.post(f"{CLOSE}?slot={slot.pk}", {"slots": [slot.pk], **RAIN}).status_code == 403
    assert client.get(reverse("admin:tours_slot_close_one", args=[slot.pk])).status_code == 403
    act(client, "close_chosen", slot)
    assert not Closure.objects.exists()


def test_a_slot_and_a_day_lead_to_the_page_that_closes_them(client, boss):
    slot = a_slot()

    one = client.get(reverse("admin:tours_slot_close_one", args=[slot.pk]))
    day = client.get(reverse("admin:tours_visitorsday_close_day", args=[slot.day_id]))

    assert one["Location"] == f"{CLOSE}?slot={slot.pk}"
    assert day["Location"] == f"{CLOSE}?first=2026-09-12&last=2026-09-12"
