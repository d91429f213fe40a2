"""Codes of tickets and questions: bookings and parties in line name them, so they stay as they were first written."""

import pytest

from tests.staff import a_boss, form_of, page_of
from tests.visits import a_slot
from tours.models import Question, TicketType

pytestmark = pytest.mark.django_db


def test_a_ticket_keeps_its_code(client):
    adult = a_slot().experience.ticket_types.get(code="adult")
    a_boss(client)

    client.post(page_of(adult), form_of(client, adult) | {"code": "renamed", "name_en": "Grown-up"})

    adult.refresh_from_db()
    assert (adult.code, adult.name_en) == ("adult", "Grown-up")


def test_an_experiences_page_keeps_the_codes_of_its_tickets_and_questions(client):
    experience = a_slot().experience
    Question.objects.create(experience=experience, code="allergies", words_zh="过敏", words_en="Allergies")
    before = set(TicketType.objects.values_list("code", flat=True))
    a_boss(client)
    form = form_of(client, experience)
    renamed = {name: f"r{place}" for place, name in enumerate(form) if name.endswith("-code")}

    client.post(page_of(experience), form | renamed | {"questions-0-words_en": "Any allergies"})

    question = Question.objects.get()
    assert (question.code, question.words_en) == ("allergies", "Any allergies")
    assert set(TicketType.objects.values_list("code", flat=True)) == before


def test_a_new_question_gets_the_code_that_is_written(client):
    experience = a_slot().experience
    a_boss(client)
    written = {"code": "shoes", "words_zh": "鞋码", "words_en": "Shoes", "choices": "", "position": 1}

    page = form_of(client, experience) | {f"questions-0-{name}": value for name, value in written.items()}
    client.post(page_of(experience), page | {"questions-TOTAL_FORMS": 1})

    assert Question.objects.get().code == "shoes"
