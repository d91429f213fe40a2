"""One report of damage, answered by many hands at once. The first test takes the guard away and shows the race."""

import pytest

from farm.models import OutboxMessage, Refund
from farm.refusals import Refused
from farm.states import WrongState
from shop import damage, ledgers
from shop.damage import Hurt
from shop.models import DamageReport
from tests.builders import NOW, a_delivered_order, a_shop, work_off
from tests.concurrency.crowd import crowd
from tests.worlds import a_shop_with_a_delivered_order

pytestmark = pytest.mark.django_db(transaction=True)


def a_report() -> DamageReport:
    hurt = [Hurt("kyoho-2500", 1, percent=50)]
    return damage.report(order=a_delivered_order(2), hurt=hurt, words="", photos=(), now=NOW)


def grant() -> str:
    try:
        damage.grant(report=DamageReport.objects.get(), amount_fen=3400, words="", by="li.na", now=NOW)
    except (WrongState, Refused) as refusal:
        return type(refusal).__name__
    return "granted"


def test_control_answering_by_what_was_read_grants_more_than_once(monkeypatch):
    a_shop()
    a_report()

    def carelessly(mine, to, words, by, now, **fields) -> None:
        if mine.status != "open":
            raise WrongState(mine, to)
        DamageReport.objects.filter(pk=mine.pk).update(status=to, **fields)

    monkeypatch.setattr(damage, "_answer", carelessly)
    mine = DamageReport.objects.get()

    crowd(lambda: damage.grant(report=mine, amount_fen=1, words="", by="li.na", now=NOW))

    assert OutboxMessage.objects.filter(topic="refund.due").count() > 1


def test_eight_hands_grant_once():
    a_shop()
    a_report()

    answers = crowd(grant)
    work_off()

    assert answers == {"granted": 1, "WrongState": 7}
    assert Refund.objects.get().amount_fen == 3400
    assert list(ledgers.damage_is_paid_as_granted(NOW)) == list(ledgers.paid_orders_keep_their_price(NOW)) == []


def test_eight_hands_report_once():
    order = a_shop_with_a_delivered_order(2)

    def report() -> str:
        try:
            damage.report(order=order, hurt=[Hurt("kyoho-2500", 1)], words="", photos=(), now=NOW)
        except damage.ReportedAlready:
            return "already"
        return "reported"

    assert crowd(report) == {"reported": 1, "already": 7}
