"""Answers to what the farm does not ask are refused over REST, so that none is lost unread."""

import pytest

from tests.rest import refused
from tests.visits import NOW, a_slot, an_experience
from tests.visits_rest import a_visit_body, booked, nothing_was_booked

pytestmark = pytest.mark.django_db
LISTED = "This visit asks no question “zzz”. Answer only what it asks: allergies, language."
NONE = "This visit asks no question “zzz”. Leave the answers out: it asks none."


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.mark.parametrize("answers", [{"zzz": "x"}, {"zzz": ""}])
@pytest.mark.parametrize(("asked", "words"), [(("allergies", "language"), LISTED), ((), NONE)])
def test_an_answer_to_no_question_names_the_questions_there_are(client, answers, asked, words):
    for position, code in enumerate(asked):
        an_experience().questions.create(code=code, words_zh=code, words_en=code, position=position)
    body = a_visit_body(a_slot(), answers=answers)

    document = refused(booked(client, body, **{"Accept-Language": "en"}), 400, "bad_answer")

    assert (document["detail"], document["fields"][0]["field"]) == (words, "answers.zzz")
    assert nothing_was_booked()


def test_the_refusal_speaks_chinese(client):
    body = a_visit_body(a_slot(), answers={"zzz": "x"})

    document = refused(booked(client, body, **{"Accept-Language": "zh-hans"}), 400, "bad_answer")

    assert document["detail"] == "这项体验没有“zzz”这个问题。 这项体验不提问，请去掉答案。"
