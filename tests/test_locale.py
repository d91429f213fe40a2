"""The Chinese catalogue is complete: each English sentence of the house has its Chinese one, and the .mo is the .po."""

import ast
import gettext
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.utils.translation.template import templatize

from beizhen import verify

pytestmark = pytest.mark.once("it reads files")
ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "beizhen" / "locale" / "zh_Hans" / "LC_MESSAGES"
ROOMS = ("beizhen", "farm", "shop", "tours")
SAYING = {"_", "_now", "_lazy", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
SAYING_IN_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext"}
LITERAL = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
IN_TEMPLATES = re.compile(rf"\b(_|gettext|[np]+gettext)\({LITERAL}(?:, {LITERAL})?")
HOLE = re.compile(r"%\(\w+\)[sd]|%[sd]")
CHINESE = re.compile(r"[\u3400-\u9fff]")
CORRECTED = {"Null characters are not allowed."}
"""Sentences of Django's whose own Chinese says something else."""
SAME_IN_BOTH = {"%(label)s: %(old)s → %(new)s", "Cookies", "%(row)s: %(said)s."}
Key = str | tuple[str, str]
"""An English sentence, or one with the context that tells it from its twin."""


def test_every_sentence_of_the_house_is_in_the_catalogue():
    assert sorted(sentences() - entries().keys(), key=str) == []


def test_the_catalogue_has_no_sentence_that_nobody_says():
    assert entries().keys() - sentences() == CORRECTED


def test_every_sentence_is_translated_and_none_by_guess():
    text = (CATALOGUE / "django.po").read_text("utf-8")

    assert [key for key, zh in entries().items() if not zh.strip()] == []
    assert "fuzzy" not in text
    assert "#~" not in text


def test_every_translation_is_chinese():
    latin = {key for key, zh in entries().items() if isinstance(key, str) and not CHINESE.search(zh)}

    assert latin <= SAME_IN_BOTH


def test_a_translation_fills_the_same_holes():
    odd = [key for key, zh in entries().items() if set(HOLE.findall(english(key))) != set(HOLE.findall(zh))]

    assert odd == []


def test_the_compiled_catalogue_is_the_written_one():
    with (CATALOGUE / "django.mo").open("rb") as compiled:
        spoken = gettext.GNUTranslations(compiled)._catalog

    assert {key_of(key): zh for key, zh in spoken.items() if key} == entries()


def test_what_is_open_again_and_what_opens_it_are_told_apart_by_more_than_a_capital():
    assert entries()["done", "open again"] == "已重新开放"
    assert entries()["Open again"] == "重新开放"
    assert "open again" not in entries()


def test_refusals_speak_chinese():
    with override("zh-hans"):
        assert _("Choose at least one box.") == "请至少选一箱。"


@pytest.mark.parametrize("template", sorted(ROOT.glob("shop/templates/**/*.html")), ids=lambda path: path.name)
def test_a_page_says_nothing_untranslated(template):
    text = template.read_text("utf-8")
    for hidden in (r"{% blocktranslate.*?{% endblocktranslate %}", r"{%.*?%}", r"{{.*?}}", r"<[^>]*>", r"&\w+;"):
        text = re.sub(hidden, " ", text, flags=re.DOTALL)

    assert re.findall(r"[A-Za-z\u3400-\u9fff]{2,}", text) == []


@cache
def entries() -> dict[Key, str]:
    """The catalogue, read without gettext's tools: English to Chinese."""
    blocks = (CATALOGUE / "django.po").read_text("utf-8").split("\n\n")[1:]
    return dict(entry(block) for block in blocks if not block.startswith("#~"))


def entry(block: str) -> tuple[Key, str]:
    said = {"msgctxt": "", "msgid": "", "msgid_plural": "", "msgstr": ""}
    word = ""
    for line in block.strip().splitlines():
        if not line.startswith("#"):
            name, _space, literal = ("", "", line) if line.startswith('"') else line.partition(" ")
            word = name.partition("[")[0] or word
            said[word] += ast.literal_eval(literal)
    return ((said["msgctxt"], said["msgid"]) if said["msgctxt"] else said["msgid"]), said["msgstr"]


def key_of(compiled: str | tuple[str, int]) -> Key:
    """A compiled catalogue writes the context before an EOT, and a sentence with a plural as a pair."""
    words = compiled[0] if isinstance(compiled, tuple) else compiled
    context, eot, sentence = words.partition("\x04")
    return (context, sentence) if eot else words


def english(key: Key) -> str:
    return key if isinstance(key, str) else key[1]


@cache
def sentences() -> frozenset[Key]:
    """Everything that code and templates ask to have translated, and what each check of the ledgers proves."""
    code = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    templates = [path for room in ROOMS for path in (ROOT / room).rglob("templates/**/*.html")]
    return frozenset(
        {
            *(said for path in code for said in said_in_code(ast.parse(path.read_text("utf-8")))),
            *(said for path in templates for said in said_in_template(path)),
            *(verify.proof_of(import_string(check)) for check in verify.DRIFT + verify.LATE),
        }
    )


def said_in_code(tree: ast.AST) -> Iterator[Key]:
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        words = [word.value for word in call.args if isinstance(word, ast.Constant) and isinstance(word.value, str)]
        if call.func.id in SAYING and words:
            yield words[0]
        elif call.func.id in SAYING_IN_CONTEXT and len(words) > 1:
            yield words[0], words[1]


def said_in_template(path: Path) -> Iterator[Key]:
    for kind, first, second in IN_TEMPLATES.findall(templatize(path.read_text("utf-8"), origin=str(path))):
        words = ast.literal_eval(first)
        yield (words, ast.literal_eval(second)) if kind.endswith("pgettext") else words
