"""What the state machines stand on: a story that is undone in the end, and added up after each step that wrote."""

from functools import cache

from django.db import connection, transaction
from hypothesis.stateful import RuleBasedStateMachine, precondition

from farm import rows


@cache
def every(model):
    """The rows of a model as a shape: rules ask after each step whether there are any."""
    return lambda: model.objects.all()


def any_of(model):
    """A rule's precondition: there is a row to choose."""
    return precondition(lambda self: rows.exists(every(model)))


class Story(RuleBasedStateMachine):
    """One run of a machine, in a transaction that is rolled back."""

    def __init__(self) -> None:
        super().__init__()
        self.story = transaction.atomic()
        self.story._from_testcase = True  # rolled back in the end, so `durable` blocks may nest in it
        self.story.__enter__()
        self.was_written, self.written = False, 0
        self.pen = connection.execute_wrapper(self.note_writing)
        self.pen.__enter__()

    def note_writing(self, execute, sql, params, many, context):
        """The books are added up again after each step that wrote, also if it was refused in the end."""
        self.was_written |= not sql.startswith(("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK"))
        return execute(sql, params, many, context)

    def has_written(self) -> bool:
        """Whether anything was written since this was asked last; `written` counts how often it was."""
        was_written, self.was_written = self.was_written, False
        self.written += was_written
        return was_written

    def pick(self, rows, number: int):
        rows = list(rows.order_by("pk"))
        return rows[number % len(rows)]

    def undo(self) -> None:
        self.pen.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.story.__exit__(None, None, None)
