"""The choices of a question: staff write one a line, the row keeps a list, and visitors answer with its codes."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from farm.models import User
from tests.builders import made
from tests.staff import a_boss, form_of, given, page_of, sign_in, undrawn
from tests.visits import an_experience
from tours.models import Question

pytestmark = pytest.mark.django_db
CHINESE, ENGLISH = {"code": "zh", "zh": "中文", "en": "Chinese"}, {"code": "en", "zh": "英语", "en": "English"}
LINES = "zh | 中文 | Chinese\nen | 英语 | English"
FIELD = "questions-0-choices"


def a_question(*choices) -> Question:
    words = {"words_zh": "讲解用哪种语言？", "words_en": "In which language?"}
    return made(Question(experience=an_experience(), code="language", choices=list(choices), **words))


def save(client, question: Question, lines: str):
    """What comes back when its page is sent with these lines."""
    sent = form_of(client, question.experience) | {FIELD: lines}
    with undrawn():
        answer = client.post(page_of(question.experience), sent)
    question.refresh_from_db()
    return answer


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        (LINES, [CHINESE, ENGLISH]),
        ("en | 英语 | English\r\nzh | 中文 | Chinese\r\n", [ENGLISH, CHINESE]),
        ("\n  zh｜中文　｜ Chinese \n \nen|英语|English", [CHINESE, ENGLISH]),
        ("no nuts | 不吃坚果 | No nuts, please", [{"code": "no nuts", "zh": "不吃坚果", "en": "No nuts, please"}]),
        ("zh\t中文\tChinese\n\t\t\nen\t英语\tEnglish", [CHINESE, ENGLISH]),
        (" \n ", []),
    ],
)
def test_choices_are_written_one_a_line_and_stay_in_order(client, lines, kept):
    a_boss(client)
    question = a_question({"code": "fr", "zh": "法语", "en": "French"})

    answer = save(client, question, lines)

    assert (answer.status_code, question.choices) == (302, kept)


def test_choices_open_as_lines_and_saved_as_they_were_change_nothing(client):
    a_boss(client)
    question = a_question(CHINESE, ENGLISH)

    shown = form_of(client, question.experience)
    save(client, question, LINES.replace("\n", "\r\n"))

    assert (shown[FIELD], shown[f"initial-{FIELD}"]) == (LINES, LINES)
    assert question.choices == [CHINESE, ENGLISH]
    assert LogEntry.objects.latest("pk").change_message == "[]"


def test_choices_from_before_there_were_lines_stand_in_nobodys_way(client):
    a_boss(client)
    older = [{"code": "S/M", "zh": "小|中", "en": "small\nor medium"}, {"code": "无", "zh": "无", "en": "None"}]
    question = a_question(*older)

    page = form_of(client, question.experience)
    answer = client.post(page_of(question.experience), page | {"summary_en": "Pick what you eat."})

    question.refresh_from_db()
    assert page[FIELD] == "S/M | 小/中 | small or medium\n无 | 无 | None"
    assert (answer.status_code, question.choices) == (302, older)


def test_an_old_page_puts_no_older_choices_back(client):
    a_boss(client)
    question = a_question(CHINESE)
    old = form_of(client, question.experience)

    save(client, question, LINES)
    client.post(page_of(question.experience), old | {"questions-0-words_en": "Which language?"})

    question.refresh_from_db()
    assert (question.choices, question.words_en) == ([CHINESE, ENGLISH], "Which language?")


THREE = "write code, Chinese and English with | between them, like “zh | 中文 | Chinese”."


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ("zh 中文 Chinese", f"Line 1: {THREE}"),
        ("zh | 中文", f"Line 1: {THREE}"),
        ("zh | 中文 | Chinese | 汉语", f"Line 1: {THREE}"),
        ("zh | | Chinese", f"Line 1: {THREE}"),
        ('[{"code": "zh", "zh": "中文", "en": "Chinese"}]', f"Line 1: {THREE}"),
        (f"{'z' * 51} | 中文 | Chinese", f"Line 1: write a shorter code than “{'z' * 50}…”, of at most 50 letters."),
        (f"{LINES}\n\nzh | 汉语 | Mandarin", "Line 4: “zh” is the code of a line above: write another."),
        ("\nz | 中文\nen", f"Line 2: {THREE}<br>Line 3: {THREE}"),
        ("<b>", f"Line 1: {THREE}"),
        ("<i> | 斜 | Italic\n<i> | 斜 | Italic", "Line 2: “&lt;i&gt;” is the code of a line above: write another."),
        ("zh | 中\0文 | Chinese", "Null characters are not allowed."),
    ],
)
def test_a_line_that_does_not_fit_is_named_and_nothing_is_changed(client, lines, wrong):
    a_boss(client)
    question = a_question(CHINESE)

    refused = save(client, question, lines)

    questions = refused.context_data["inline_admin_formsets"][1].formset
    assert questions.forms[0].errors == {"choices": [wrong]}
    assert questions.forms[0]["choices"].value() == lines
    assert question.choices == [CHINESE]


def test_a_refused_page_shows_the_lines_and_what_is_wrong_with_them(client):
    a_boss(client)
    question = a_question(CHINESE)
    sent = form_of(client, question.experience) | {FIELD: "zh 中文"}

    page = client.post(page_of(question.experience), sent).content.decode()

    assert "Line 1: write code, Chinese and English with | between them" in page
    assert re.search(rf'name="{FIELD}"[^>]*>\s*zh 中文<', page)


@pytest.mark.parametrize("may", [["view_question"], ["view_question", "add_question"]])
@pytest.mark.parametrize(("choices", "seen"), [([CHINESE, ENGLISH], LINES.replace("\n", "<br>")), ([], "-")])
def test_who_may_not_change_them_reads_lines_too(client, choices, seen, may):
    question = a_question(*choices)
    reader = made(User(username="reader", is_staff=True))
    reader.user_permissions.set(Permission.objects.filter(codename__in=["view_experience", *may]))
    sign_in(client, reader)

    context = given(client, page_of(question.experience))

    [questions] = context["inline_admin_formsets"]
    row = next(iter(questions))
    fields = {field.field["name"]: field.contents() for fieldset in row for line in fieldset for field in line}
    assert fields["offered"] == seen
    assert "choices" not in fields
