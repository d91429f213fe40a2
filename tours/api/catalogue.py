"""What visitors can do and when: the same for everybody, so it may be kept and asked for again cheaply."""

from django.http import Http404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from farm.api.dates import MonthIn, month_of
from farm.api.keeping import A_MOMENT, MINUTE, kept_for
from farm.api.schema import BAD_FIELDS, NOT_FOUND, TOO_MANY, Answer, in_path, in_query, listing, told
from farm.api.shapes import read, show
from farm.api.views import PublicDoor
from tours import availability
from tours.api import examples, shown
from tours.api.inputs import DayIn
from tours.api.serializers import ExperienceOut, SlotOut, WholeExperienceOut
from tours.models import Experience

CODE = in_path("code", "the experience's code", "picking")


@kept_for(MINUTE)
class Experiences(PublicDoor):
    @told(
        "listExperiences",
        "What visitors can do at the farm",
        gives=Answer(listing(ExperienceOut), {"results": [examples.EXPERIENCE]}),
        refuses=[TOO_MANY],
    )
    def get(self, request: Request) -> Response:
        """Everything on sale, in the order the farm shows it. Names are in the reader's language."""
        on_sale = Experience.objects.filter(is_on_sale=True)
        return Response({"results": [show(ExperienceOut, experience) for experience in on_sale]})


@kept_for(A_MOMENT)
class OneExperience(PublicDoor):
    @told(
        "getExperience",
        "One experience with its tickets, questions, rules and terms",
        gives=Answer(WholeExperienceOut, examples.WHOLE_EXPERIENCE),
        refuses=[NOT_FOUND, TOO_MANY],
        parameters=[CODE],
    )
    def get(self, request: Request, code: str) -> Response:
        """All that a booking of it needs. Send the version of the waiver with the booking to accept it."""
        experience = Experience.objects.filter(code=code, is_on_sale=True).first()
        if experience is None:
            raise Http404
        return Response(shown.experience(experience, timezone.now()))


@kept_for(A_MOMENT)
class ExperienceSlots(PublicDoor):
    @told(
        "listSlotsOfExperience",
        "The times of an experience in a month",
        gives=Answer(listing(SlotOut), {"results": [examples.SLOT]}),
        refuses=[BAD_FIELDS, NOT_FOUND, TOO_MANY],
        parameters=[CODE, in_query("month", "YYYY-MM", "2026-09", required=True)],
    )
    def get(self, request: Request, code: str) -> Response:
        """Every time of the month in order, past and closed ones too, with the seats left and what one person pays."""
        year, month = month_of(read(MonthIn, request.query_params.dict()))
        openings = availability.of_code(code=code, year=year, month=month, now=timezone.now())
        if not openings and not Experience.objects.filter(code=code, is_on_sale=True).exists():
            raise Http404
        return Response({"results": [shown.opening(opening, code) for opening in openings]})


@kept_for(A_MOMENT)
class Slots(PublicDoor):
    @told(
        "listSlotsOfDay",
        "What can be done on a day",
        gives=Answer(listing(SlotOut), {"results": [examples.SLOT]}),
        refuses=[BAD_FIELDS, TOO_MANY],
        parameters=[in_query("date", "YYYY-MM-DD, the farm's day", "2026-09-12", required=True)],
    )
    def get(self, request: Request) -> Response:
        """The times of all experiences on one day, in order."""
        date = read(DayIn, request.query_params.dict())["date"]
        openings = availability.of_days(first=date, last=date, now=timezone.now())
        codes = dict(Experience.objects.filter(is_on_sale=True).values_list("pk", "code"))
        return Response({"results": [shown.opening(opening, codes[opening.experience]) for opening in openings]})
