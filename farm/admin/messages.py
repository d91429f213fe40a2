"""What the farm says and what waits: notices, staff tasks, jobs and the outbox."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display

from farm import chores, jobs, naming, outbox, security
from farm.admin import places
from farm.admin.lists import CalledByName, InWords, ReadOnly, StaffAdmin, in_short, moment, of
from farm.admin.people import PERSONAL
from farm.models import Job, Notice, OutboxMessage, StaffTask
from farm.payments import refunds, settling, statements
from farm.people import hand
from farm.refusals import Refused

ABOUT_MONEY = (refunds.TASK_PREFIX, settling.TASK_PREFIX, statements.TASK)
"""How the keys of tasks begin that ask for money: what is owed, what nobody can explain, what a statement has."""
JOB_COLOURS = {"waiting": "info", "running": "primary", "done": "success", "parked": "danger"}


class MoneyIsAsked(Refused):
    """Whoever may not pay money back cannot say that it was."""

    code = "permission_denied"


@admin.register(Notice)
class NoticeAdmin(ReadOnly, StaffAdmin):
    """Messages to people. On an embedded farm they are read here; nobody else delivers them."""

    list_display = ("written", "channel", "masked_to", "subject", "leads_to", "sent")
    written = moment("written_at", _("written"))
    list_filter = ("channel", "standing", ("sent_at", admin.EmptyFieldListFilter))
    search_fields = ("about",)
    search_help_text = _("a whole number of an order or a booking")
    readonly_fields = ("masked_to", "leads_to")

    @display(description=_("about"))
    def leads_to(self, notice: Notice) -> str:
        return self.link_to(notice.about)

    @display(description=_("to"))
    def masked_to(self, notice: Notice) -> str:
        return security.mask_phone(notice.to) if notice.channel == Notice.Channel.SMS else security.mask_mail(notice.to)

    @display(description=_("sent"), ordering="sent_at")
    def sent(self, notice: Notice) -> str:
        if notice.standing == Notice.Standing.HELD_BACK:
            return notice.get_standing_display()
        return in_short(notice.sent_at) if notice.sent_at else "-"

    def get_fields(self, request: HttpRequest, obj: Notice | None = None) -> tuple[str, ...]:
        """The text names its reader and carries their link, so it needs the permission for personal data."""
        told = ("to", "subject", "text") if request.user.has_perm(PERSONAL) else ("masked_to", "subject")
        return ("channel", *told, "leads_to", "standing", "written_at", "sent_at")

    def found(self, queryset: QuerySet[Notice], term: str) -> QuerySet[Notice]:
        return queryset.filter(places.named("about", term))

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        notice = self.get_object(request, object_id)
        if notice is not None and request.user.has_perm(PERSONAL):
            self.note(request, notice, _now("looked at personal data"))
        return super().change_view(request, object_id, *args, **kwargs)


class Asks(admin.SimpleListFilter):
    title = _("about")
    parameter_name = "asks"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("money", _("questions about money"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[StaffTask]) -> QuerySet[StaffTask]:
        return queryset.filter(key__startswith=settling.TASK_PREFIX) if self.value() else queryset


@admin.register(StaffTask)
class StaffTaskAdmin(ReadOnly, CalledByName):
    names = "about"
    list_display = ("what", "leads_to", "raised", "due", "settled", "settled_by")
    fields = ("what", "leads_to", ("raised_at", "due_at"), ("settled_at", "settled_by"))
    readonly_fields = ("leads_to",)
    raised = moment("raised_at", _("raised"))
    due = moment("due_at", _("due"))
    settled = moment("settled_at", _("settled"))
    list_filter = (("settled_at", admin.EmptyFieldListFilter), Asks)
    search_fields = ("what", "about")
    date_hierarchy = "due_at"
    actions = ("settle",)
    actions_detail = ("settle_one",)

    @display(description=_("about"))
    def leads_to(self, task: StaffTask) -> str:
        return self.linked(task)

    def has_settle_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if not request.user.has_perm("farm.settle_stafftask"):
            return False
        if object_id is None:
            return True
        return any(_may_settle(request, task) for task in StaffTask.objects.filter(pk=object_id, settled_at=None))

    def has_right(self, request: HttpRequest, action: UnfoldAction, row: Any) -> bool:
        return super().has_right(request, action, row) and _may_settle(request, row)

    @action(description=_("Settle: it is done"), permissions=["settle"])
    def settle(self, request: HttpRequest, queryset: QuerySet[StaffTask]) -> None:
        self._settle(request, queryset)

    @action(description=_("Settle: it is done"), permissions=["settle"], icon="task_alt")
    def settle_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        task = StaffTask.objects.get(pk=object_id)
        self._settle(request, [task])
        return self.back_to(request, task)

    def _settle(self, request: HttpRequest, tasks: Iterable[StaffTask]) -> None:
        by, now = hand(request.user), timezone.now()

        def settle(task: StaffTask) -> None:
            if not _may_settle(request, task):
                raise MoneyIsAsked(
                    _now("This task is about money."),
                    advice=_now("Leave it to somebody who may take money at the desk and pay it back."),
                )
            chores.settle(task=task, by=by, now=now)
            if left := chores.what_is_left(task):
                messages.warning(request, of(task, left))

        self.do(request, tasks, settle, said=_now("settled"))


def _may_settle(request: HttpRequest, task: StaffTask) -> bool:
    """A question about money is answered by those who may hand it out: ticked off, nobody asks for it again."""
    return not task.key.startswith(ABOUT_MONEY) or bool(request.user.has_perm("farm.take_at_desk"))


class Releasable(ReadOnly, StaffAdmin):
    """Work that parks itself after too many failures and waits for a person."""

    actions = ("release",)

    def has_release_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(f"farm.release_{self.opts.model_name}"))


class ByKind(InWords):
    title = _("kind")
    parameter_name = "kind"
    words = naming.WORK


class ByState(InWords):
    """Also those that are put off: they wait as others do, and yet somebody has to look at them."""

    title = _("state")
    parameter_name = "state"
    words = {**dict(Job.State.choices), "put_off": _("put off")}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        if self.value() == "put_off":
            return queryset.filter(pk__in=jobs.put_off(timezone.now()))
        return super().queryset(request, queryset)


@admin.register(Job)
class JobAdmin(Releasable):
    list_display = ("key", "work", "status", "attempts", "next_try", "asked", "error_in_short")
    next_try = moment("next_try_at", _("next try"))
    asked = moment("asked_at", _("asked"))
    list_filter = (ByState, ByKind)
    search_fields = ("key__exact",)
    fields = ("key", ("work", "says"), ("state", "attempts"), ("asked_at", "next_try_at", "done_at"), "error")
    readonly_fields = ("work", "says")

    @display(description=_("kind"), ordering="kind")
    def work(self, job: Job) -> str:
        return naming.work(job.kind)

    @display(description=_("payload"))
    def says(self, job: Job) -> str:
        return ", ".join(naming.facts(job.payload)) or "-"

    @display(description=_("state"), ordering="state", label=JOB_COLOURS)
    def status(self, job: Job) -> tuple[str, str]:
        return job.state, job.get_state_display()

    @display(description=_("error"))
    def error_in_short(self, job: Job) -> str:
        return job.error[:80]

    @action(description=_("Let failed jobs try again now"), permissions=["release"])
    def release(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        self.do(request, queryset, lambda job: jobs.release(job, now=timezone.now()), said=_now("released"))


class Told(admin.SimpleListFilter):
    title = _("told")
    parameter_name = "told"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("waiting")), ("parked", _("parked")), ("told", _("told"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> QuerySet[OutboxMessage]:
        if self.value() == "waiting":
            return queryset.filter(next_try_at__isnull=False)
        if self.value() == "parked":
            return queryset.filter(sent_at__isnull=True, next_try_at__isnull=True)
        return queryset.filter(sent_at__isnull=False) if self.value() == "told" else queryset


class ByTopic(InWords):
    title = _("topic")
    parameter_name = "topic"
    words = naming.TOPIC


@admin.register(OutboxMessage)
class OutboxMessageAdmin(Releasable):
    list_display = ("number", "subject", "says", "written", "sent", "attempts", "next_try", "error_in_short")
    written = moment("written_at", _("written"))
    sent = moment("sent_at", _("sent"))
    next_try = moment("next_try_at", _("next try"))
    list_filter = (Told, ByTopic)
    ordering = ("-pk",)
    fields = (("subject", "says"), ("written_at", "sent_at"), ("attempts", "next_try_at"), "error")
    readonly_fields = ("subject", "says")

    @display(description=_("number"), ordering="pk")
    def number(self, message: OutboxMessage) -> int:
        return message.pk

    @display(description=_("topic"), ordering="topic")
    def subject(self, message: OutboxMessage) -> str:
        return naming.topic(message.topic)

    @display(description=_("payload"))
    def says(self, message: OutboxMessage) -> str:
        return ", ".join(naming.facts(message.payload)) or "-"

    @display(description=_("error"))
    def error_in_short(self, message: OutboxMessage) -> str:
        return message.error[:80]

    @action(description=_("Let parked messages be told again"), permissions=["release"])
    def release(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> None:
        self.do(request, queryset, lambda one: outbox.release(one, now=timezone.now()), said=_now("released"))
