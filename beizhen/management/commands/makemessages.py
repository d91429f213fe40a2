"""Collect the house's English sentences into the Chinese catalogue (needs gettext's tools; then compilemessages)."""

from django.core.management.base import CommandParser
from django.core.management.commands import makemessages


class Command(makemessages.Command):
    help = (
        "Collect the house's sentences: makemessages -l zh_Hans, translate, then compilemessages -l zh_Hans -i .venv."
    )
    # Admin modules translate lazily as `_` and at once as `_now`, or at once as `_` and lazily as `_lazy`.
    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=_now", "--keyword=_lazy"]
    # A guessed translation is worse than a missing one, which a test refuses.
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        not_ours = [".venv", "tests", "benchmarks", "var", "staticfiles"]
        parser.set_defaults(ignore_patterns=not_ours, no_location=True, no_wrap=True, no_obsolete=True)
