"""Yesterday's statement of each provider against our ledger: every morning, in both directions, never lost."""

import datetime as dt

import pytest
from django.test import Client

from farm import ledgers, payments
from farm.models import CashierTrade, Job, LedgerEntry, Payment, StaffTask, StatementCheck
from farm.payments import cashier, fake, providers, statements
from farm.payments.providers import NotReady, StatementLine
from tests.builders import DAY, NOW, an_attempt, work_off
from tests.staff import a_boss, a_member, act, list_of

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
TOMORROW = NOW.replace(hour=10, minute=30) + dt.timedelta(days=1)


def a_paid_attempt(payable: str = "thing:TEST", at: dt.datetime = NOW) -> str:
    payment = an_attempt(payable=payable, expires_at=at + dt.timedelta(minutes=15), now=at)
    cashier.pay(payment, at)
    return payment.trade_no


def a_lost_attempt(at: dt.datetime = NOW) -> str:
    """The cashier has the money and nobody ever told us."""
    payment = an_attempt(payable="thing:LOST")
    fake.open_trade(payment.trade_no).update(state="paid", paid_at=at)
    return payment.trade_no


def morning_after(now: dt.datetime = TOMORROW) -> None:
    """What beat and worker do on the morning after."""
    payments.ask_for_statements(now)
    work_off(now)


def asked() -> list[str]:
    return list(StaffTask.objects.order_by("pk").values_list("what", flat=True))


def yesterday_s(provider: str = "practice") -> StatementCheck:
    return StatementCheck.objects.get(provider=provider, date=TODAY)


def test_a_day_on_which_we_agree_is_written_down_and_nobody_is_asked():
    a_paid_attempt()
    a_paid_attempt("thing:OTHER")

    morning_after()

    assert (yesterday_s().lines, yesterday_s().differences, yesterday_s("desk").lines) == (2, 0, 0)
    assert asked() == []


def test_money_that_only_the_provider_knows_is_one_task():
    number = a_lost_attempt()

    morning_after()

    assert asked() == [f"Statement of 2026-09-08: {number}: practice cashier says ¥128.00, we say nothing"]
    assert yesterday_s().differences == 1


def test_money_that_only_we_know_is_one_task():
    number = a_paid_attempt()
    CashierTrade.objects.update(state="closed")

    morning_after()

    assert asked() == [f"Statement of 2026-09-08: {number}: practice cashier says nothing, we say ¥128.00"]


def test_another_amount_is_one_task_and_a_line_told_twice_too():
    number = a_paid_attempt()
    CashierTrade.objects.update(amount_fen=12799)

    morning_after()

    assert asked() == [f"Statement of 2026-09-08: {number}: practice cashier says ¥127.99, we say ¥128.00"]


def test_the_same_difference_found_twice_is_one_task():
    a_lost_attempt()
    morning_after()

    payments.check_statement(provider="practice", date=TODAY, now=TOMORROW + dt.timedelta(hours=1))

    assert len(asked()) == StatementCheck.objects.filter(date=TODAY, provider="practice").count() == 1


def test_what_was_mended_is_no_difference_any_more():
    number = a_lost_attempt()
    morning_after()
    LedgerEntry.objects.create(at=NOW, payable="thing:LOST", payment_id=payment_pk(number), amount_fen=12800)

    payments.check_statement(provider="practice", date=TODAY, now=TOMORROW)

    assert yesterday_s().differences == 0


def payment_pk(trade_no: str) -> int:
    return Payment.objects.get(trade_no=trade_no).pk


def test_nothing_is_asked_for_before_half_past_ten():
    payments.ask_for_statements(TOMORROW - dt.timedelta(seconds=1))
    assert not Job.objects.filter(key__contains=str(TODAY)).exists()

    payments.ask_for_statements(TOMORROW)
    assert Job.objects.filter(key__contains=str(TODAY)).count() == 2


def test_each_statement_is_asked_for_once():
    morning_after()
    jobs_of_the_morning = Job.objects.count()

    assert payments.ask_for_statements(TOMORROW + dt.timedelta(hours=5)) == 0
    assert Job.objects.count() == jobs_of_the_morning


def test_a_farm_that_was_off_for_two_days_catches_up():
    a_paid_attempt()

    morning_after(TOMORROW + dt.timedelta(days=2))

    assert yesterday_s().lines == 1


def test_a_farm_that_was_off_for_a_week_goes_on_where_it_was():
    morning_after()
    lost = a_lost_attempt(TOMORROW)

    morning_after(TOMORROW + dt.timedelta(days=8))

    days = StatementCheck.objects.filter(provider="practice", date__gte=TODAY).values_list("date", flat=True)
    assert sorted(days) == [TODAY + dt.timedelta(days=days) for days in range(9)]
    assert lost in "".join(asked())


def test_a_farm_that_was_off_since_its_first_day_goes_on_there():
    a_paid_attempt()

    morning_after(TOMORROW + dt.timedelta(days=8))

    assert yesterday_s().lines == 1


def test_a_farm_that_was_off_for_a_year_asks_for_no_more_than_providers_keep():
    morning_after()

    assert payments.ask_for_statements(TOMORROW + dt.timedelta(days=365)) == 2 * statements.MOST_DAYS_BACK


def test_a_statement_that_is_not_ready_is_asked_for_again_until_it_is(monkeypatch):
    a_lost_attempt()
    ready, tries = fake.PracticeCashier.statement, []

    def later(self, date):
        tries.append(date)
        if len(tries) <= 6:
            raise NotReady("after ten o'clock")
        return ready(self, date)

    payments.ask_for_statements(TOMORROW)
    Job.objects.exclude(payload__date=str(TODAY)).delete()
    monkeypatch.setattr(fake.PracticeCashier, "statement", later)
    for half_hours in range(7):
        assert asked() == []
        work_off(TOMORROW + half_hours * statements.AGAIN_AFTER)

    assert tries == [TODAY] * 7
    assert len(asked()) == 1
    assert not Job.objects.exclude(state="done").exists()


def test_a_statement_that_never_comes_is_a_task_for_staff(monkeypatch):
    def never(self, date):
        raise NotReady("not today")

    monkeypatch.setattr(fake.PracticeCashier, "statement", never)

    words = {"provider": "practice", "date": str(TODAY), "tries": statements.MOST_TRIES - 1}
    statements.compare(**words, now=TOMORROW)()

    assert asked() == ["practice still has no statement of 2026-09-08"]


def test_a_provider_that_fails_is_tried_again_by_its_job(monkeypatch):
    def cut(self, date):
        raise TimeoutError

    monkeypatch.setattr(fake.PracticeCashier, "statement", cut)

    morning_after()

    assert Job.objects.filter(state="waiting", error__contains="TimeoutError").count() == 3


def test_a_whole_statement_gone_wrong_does_not_bury_the_staff(monkeypatch):
    lines = [StatementLine(f"PT{number:018d}", "", 100, NOW) for number in range(150)]
    monkeypatch.setattr(fake.PracticeCashier, "statement", lambda self, date: lines)

    payments.check_statement(provider="practice", date=TODAY, now=TOMORROW)

    assert len(asked()) == statements.MOST_TASKS + 1
    assert yesterday_s().differences == 150


def test_a_statement_is_one_farm_day():
    a_paid_attempt(at=dt.datetime.combine(DAY, dt.time(0, 0, 1), NOW.tzinfo))

    assert list(providers.named("practice").statement(DAY - dt.timedelta(days=1))) == []
    assert len(list(providers.named("practice").statement(DAY))) == 1


def test_verify_names_what_nobody_has_explained_yet():
    a_lost_attempt()
    morning_after()

    assert list(ledgers.statements_are_explained(TOMORROW)) == asked()
    StaffTask.objects.update(settled_at=TOMORROW)
    assert list(ledgers.statements_are_explained(TOMORROW)) == []


def test_staff_see_each_day_and_compare_it_again(client: Client):
    a_lost_attempt()
    morning_after()
    a_boss(client)
    assert "1 differences" in client.get(list_of(StatementCheck)).content.decode()

    CashierTrade.objects.all().delete()
    page = act(client, "compare_again", yesterday_s())

    assert "compared again" in page
    assert yesterday_s().differences == 0


@pytest.mark.parametrize(("group", "status"), [("money", 200), ("packing", 403)])
def test_the_statements_are_for_those_who_look_after_the_money(client: Client, group, status):
    a_member(client, group)

    assert client.get(list_of(StatementCheck)).status_code == status
