"""Collect the house's English sentences into the Chinese catalogue (needs gettext's tools; then compilemessages)."""

import json
from pathlib import Path

from django.core.management.base import CommandParser
from django.core.management.commands import makemessages
from django.utils.module_loading import import_string

from beizhen import verify


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

    def build_potfiles(self) -> list[str]:
        """Add what each check of the ledgers proves: the first line of its docstring, which xgettext passes over."""
        files: list[str] = super().build_potfiles()
        proofs = (verify.proof_of(import_string(check)) for check in verify.DRIFT + verify.LATE)
        entries = "".join(f'\nmsgid {json.dumps(proof, ensure_ascii=False)}\nmsgstr ""\n' for proof in proofs)
        with Path(files[0]).open("a", encoding="utf-8") as collected:
            collected.write(entries)
        return files
