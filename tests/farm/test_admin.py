"""The staff's tool over the ground: who may see and do what, and that each list costs the same with many rows."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from farm import chores, people
from farm.models import (
    ClosedDay,
    Customer,
    Job,
    LedgerEntry,
    Notice,
    OutboxMessage,
    Payment,
    Refund,
    StaffTask,
    User,
)
from farm.people import ensure_groups
from shop import changes
from tests.builders import NOW, a_paid_order, a_shop, work_off
from tests.staff import a_member, act, cost_more, list_of, page_of, sign_in
from tests.worlds import a_shop_with_a_paid_order

pytestmark = pytest.mark.django_db


def a_customer(number: int) -> Customer:
    return Customer.objects.create(
        phone=f"1381234567{number}", name="王小明", first_seen_at=NOW, last_seen_at=NOW, language="zh-hans"
    )


def a_notice(number: int) -> Notice:
    return Notice.objects.create(
        key=f"n{number}", channel="sms", to="13812345678", text="王小明，您的订单", about="order:BZ", written_at=NOW
    )


def a_parked_job(number: int = 1) -> Job:
    return Job.objects.create(
        key=f"j{number}", kind="shop.tasks.pick", state="parked", next_try_at=NOW, asked_at=NOW, error="boom"
    )


def a_message(number: int = 1) -> OutboxMessage:
    return OutboxMessage.objects.create(topic="order.paid", payload={"number": "BZ"}, written_at=NOW, attempts=5)


def a_task(number: int = 1) -> StaffTask:
    chores.raise_task(key=f"t{number}", what=lambda: "Look", about="", due_at=NOW, now=NOW)
    return StaffTask.objects.get(key=f"t{number}")


def a_closed_day(number: int) -> ClosedDay:
    return ClosedDay.objects.create(date=dt.date(2026, 10, number), reason_zh="国庆", reason_en="Holiday")


def test_a_list_costs_the_same_with_1_and_with_3_rows(client, boss):
    makers = (a_customer, a_notice, a_parked_job, a_message, a_task, a_closed_day)
    places = [list_of(type(make(1))) for make in makers]

    assert cost_more(client, places, after=lambda: [make(number) for make in makers for number in (2, 3)]) == {}


def test_a_list_of_money_costs_the_same_with_1_and_with_3_rows(client, boss):
    def money_goes_back(times: int) -> None:
        for _ in range(times):
            changes.cancel(order=a_paid_order(), by="customer", now=NOW)
        work_off(NOW)

    a_shop(), money_goes_back(1)
    models = (Payment, Refund, LedgerEntry)

    assert cost_more(client, map(list_of, models), after=lambda: money_goes_back(2)) == {}
    assert all(model.objects.count() >= 3 for model in models)


def test_every_model_page_of_the_house_opens(client, boss):
    for model in admin.site._registry:
        assert client.get(list_of(model)).status_code == 200, model


def test_nothing_with_a_history_can_be_deleted_or_added_by_hand(client, boss):
    for model in (Payment, Refund, LedgerEntry, Job, OutboxMessage, Notice, StaffTask):
        may = admin.site._registry[model].get_model_perms(_request(boss))
        assert may == {"add": False, "change": False, "delete": False, "view": True}, model


def test_status_and_sums_are_never_editable():
    for model in admin.site._registry:
        editable = {field.name for field in model._meta.fields if field.editable}
        assert not editable & {"status", "state", "taken", "total_fen", "refunded_fen", "fence"}, model


def test_a_parked_job_is_released_and_the_hand_noted(client, boss):
    job = a_parked_job()

    act(client, "release", job)

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("waiting", 0)
    assert LogEntry.objects.get().change_message == "released"


def test_a_parked_message_is_told_again(client, boss):
    message = a_message()

    act(client, "release", message)

    message.refresh_from_db()
    assert message.next_try_at is not None
    assert message.attempts == 0


def test_a_task_is_settled_once(client, boss):
    task = a_task()

    act(client, "settle", task)
    second = act(client, "settle", task)

    task.refresh_from_db()
    assert task.settled_by == "boss"
    assert "settled already" in second


def test_who_has_a_long_name_can_work(client):
    a_shop()
    order, task = a_paid_order(), a_task()
    name = f"{'wang.xiaoming@' * 9}beizhen.example.cn"
    sign_in(client, User.objects.create_superuser(name))

    act(client, "settle", task)
    act(client, "cancel", order)

    task.refresh_from_db()
    assert len(name) > 140
    assert (task.settled_by, order.events.get(what="cancelled").by) == (name[:60], name[:60])


def test_the_provider_is_asked_about_a_payment(client, boss):
    a_shop_with_a_paid_order()

    answer = act(client, "ask_provider_now", Payment.objects.get())

    assert "asked the provider" in answer


def test_packers_cannot_release_or_look_at_money(client):
    a_member(client, "packing")
    job = a_parked_job()

    assert client.get(list_of(Payment)).status_code == 403
    assert client.get(reverse("ledgers")).status_code == 403
    act(client, "release", job)

    job.refresh_from_db()
    assert job.state == "parked"


def test_people_are_masked_in_lists_and_whole_only_for_those_who_may(client, boss):
    notice = a_notice(1)
    listed = client.get(list_of(Notice)).content.decode()
    assert "13812345678" not in listed
    assert "138******78" in listed

    whole = client.get(page_of(notice)).content.decode()

    assert "13812345678" in whole
    assert LogEntry.objects.get().change_message == "looked at personal data"


def test_a_notice_stays_masked_for_others(client):
    user = User.objects.create(username="new", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_notice"))
    client.force_login(user)

    whole = client.get(page_of(a_notice(1))).content.decode()

    assert "13812345678" not in whole
    assert "王小明" not in whole
    assert LogEntry.objects.count() == 0


def test_only_those_who_may_do_everything_hand_out_rights(client, boss):
    clerk = User.objects.create(username="clerk", is_staff=True)
    form = admin.site._registry[User]

    assert "is_superuser" in form.get_readonly_fields(_request(clerk), boss)
    assert "is_superuser" not in form.get_readonly_fields(_request(boss), clerk)


def test_staff_are_called_as_people_call_them(client, boss):
    User.objects.create(username="wang", first_name="梅", last_name="王")
    User.objects.create(username="lee", first_name="Ann", last_name="Lee")

    listed = client.get(list_of(User)).content.decode()

    assert "王梅" in listed
    assert "Ann Lee" in listed


def test_groups_are_made_once_and_keep_what_staff_added(django_assert_num_queries):
    Group.objects.all().delete()
    ensure_groups()
    extra = Permission.objects.get(codename="view_job")
    Group.objects.get(name="packing").permissions.add(extra)

    with django_assert_num_queries(1):
        ensure_groups()

    assert set(Group.objects.values_list("name", flat=True)) == set(people.groups)
    assert extra in Group.objects.get(name="packing").permissions.all()
    for name, granted in people.groups.items():
        assert _granted_to(name) >= set(granted)


def test_a_misspelt_permission_is_refused(monkeypatch):
    monkeypatch.setattr(people, "groups", {"packing": ("shop.fly",)})

    with pytest.raises(people.NoSuchPermission, match=r"shop\.fly"):
        ensure_groups()


def test_the_staff_tool_has_its_own_policy_and_nobody_else(client, boss):
    staff = client.get(reverse("admin:index"))["Content-Security-Policy"]
    live = client.get(reverse("health-live"))["Content-Security-Policy"]

    assert "'unsafe-eval'" in staff
    assert "frame-ancestors 'none'" in staff
    assert "unsafe" not in live


def _granted_to(group: str) -> set[str]:
    rows = Group.objects.get(name=group).permissions.values_list("content_type__app_label", "codename")
    return {".".join(row) for row in rows}


def _request(user):
    return SimpleNamespace(user=user)
