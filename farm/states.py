"""Status columns that only move along declared edges, safely under concurrency, and write down every move."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from farm import history, rows


class WrongState(Exception):
    """The row was not in a state from which this move is allowed."""

    def __init__(self, row: models.Model, to: str) -> None:
        super().__init__(f"{row} cannot become {to}")
        self.row = row
        self.to = to


class Event(models.Model):
    """One line of a row's history: append-only, never edited."""

    at = models.DateTimeField(_("at"))
    what = models.CharField(_("what happened"), max_length=24)
    by = models.CharField(
        _("done by"), max_length=60, blank=True, help_text="customer, system, or the staff member's name"
    )
    details = models.JSONField(_("details"), default=dict, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{localtime(self.at):%Y-%m-%d %H:%M} {history.happened(self.what, self.details)}"


class Moves(models.Model):
    """A row with a `status`, a table `MOVES = {to: (from, ...)}` and an `events` relation."""

    MOVES: ClassVar[dict[str, tuple[str, ...]]] = {}

    class Meta:
        abstract = True

    def move(
        self,
        to: str,
        *,
        at: dt.datetime,
        by: str = "system",
        details: dict[str, Any] | None = None,
        only_from: str = "",
        **fields: Any,
    ) -> None:
        """Set `status` to `to` if the row is still in one of MOVES[to], write `fields` with it and log the event.

        The check and the write are one UPDATE, so of two workers racing on a row exactly one wins. A story that takes
        only one of several ways to `to` says so in `only_from`.

        :raises WrongState: when another was faster or the step is out of turn; nothing is written.
        """
        self.become(to, only_from=only_from, **fields)
        self.log(to, at=at, by=by, **(details or {}))

    def become(self, to: str, *, only_from: str = "", **fields: Any) -> None:
        """A move without its line of history, for a story that writes several lines at once.

        :raises WrongState: as `move`.
        """
        fields["status"] = to
        before = [status for status in self.MOVES[to] if only_from in ("", status)]
        if not (before and rows.change_row(self, before, fields)):
            raise WrongState(self, to)
        for name, value in fields.items():
            setattr(self, name, value)

    def becoming(self, to: str, *, still: Sequence[str] = ()) -> rows.Change:
        """A move for a story that makes several changes at once; none when a field `still` is not as it was read."""
        return rows.changing(self, self.MOVES[to], {"status": to}, still)

    def log(self, what: str, *, at: dt.datetime, by: str = "system", **details: Any) -> None:
        """Write one line of history."""
        rows.insert([self.line(what, at=at, by=by, **details)])

    def line(self, what: str, *, at: dt.datetime, by: str = "system", **details: Any) -> models.Model:
        """One line of history, not written yet."""
        relation: Any = self._meta.get_field("events")  # `self.events` would make a manager each time
        event: models.Model = relation.related_model(at=at, what=what, by=by, details=details)
        setattr(event, relation.field.attname, self.pk)
        return event
