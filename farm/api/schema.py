"""What each operation tells of itself in the OpenAPI document: summary, examples, and how it says no."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from farm.api.keys import HEADER
from farm.api.problems import MEDIA_TYPE

JSON = "application/json"
Shape = type[serializers.Serializer[Any]]
Place = Literal["path", "query", "header"]


class ProblemField(serializers.Serializer[Any]):
    """One field of the request that is wrong."""

    field = serializers.CharField(help_text="dotted path, e.g. lines.0.quantity; empty for the body as a whole")
    reason = serializers.CharField()
    advice = serializers.CharField(help_text="what to do about it")


class Problem(serializers.Serializer[Any]):
    """Why a request was refused (RFC 9457). Some codes add members.

    `sold_out` has `next_dates` or `next_slots` and mostly what is `left`; and a `limit` when the date takes less in all
    than is wanted, though not while everybody hears that nothing is left of it.
    """

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="what is wrong and what to do, in the reader's language")
    code = serializers.CharField(help_text="for programs; never translated")
    fields = ProblemField(many=True)  # type: ignore[assignment]  # RFC 9457 leaves the name to us; a field hides it


@dataclass(frozen=True)
class Sent:
    """A request body, one example of it, and in which other forms it may come."""

    shape: Shape
    example: Any
    media: str = JSON
    others: tuple["Sent", ...] = ()

    @property
    def forms(self) -> dict[str, "Sent"]:
        """All of them by their media type."""
        return {one.media: one for one in (self, *self.others)}


@dataclass(frozen=True)
class Answer:
    """What comes back when all is well, and one example of it."""

    shape: Any
    example: Any = None
    status: int = 200
    means: str = ""
    media: str = JSON


@dataclass(frozen=True)
class Refusal:
    """One way in which an operation says no."""

    status: int
    code: str
    detail: str
    fields: tuple[Mapping[str, str], ...] = ()
    more: Mapping[str, Any] | None = None

    @property
    def example(self) -> dict[str, Any]:
        words = {
            "type": f"/problems/{self.code}",
            "title": self.code.replace("_", " ").capitalize(),
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "fields": list(self.fields),
        }
        return {**words, **(self.more or {})}


def refusal(status: int, code: str, field: str, reason: str, advice: str, **more: Any) -> Refusal:
    """A refusal as the farm words it: about one field, or about none."""
    fields = ({"field": field, "reason": reason, "advice": advice},) if field else ()
    return Refusal(status, code, f"{reason} {advice}", fields, more)


BAD_FIELDS = Refusal(
    400,
    "invalid",
    "Some fields are missing or wrong. Mend those listed in fields and send the request again.",
    (
        {
            "field": "lines.0.quantity",
            "reason": "Ensure this value is greater than or equal to 1.",
            "advice": "Choose a greater number.",
        },
    ),
)
NOT_FOUND = Refusal(404, "not_found", "There is nothing here. Check the number or link.")
WRONG_STATE = Refusal(
    409, "wrong_state", "Order BZ7K3M9QF2XA is cancelled. Reload its page to see what can be done now."
)
TOO_LARGE = Refusal(413, "too_large", "A body has at most 65536 bytes. Send less.")
NOT_JSON = Refusal(
    415,
    "unsupported_media_type",
    "Send JSON, with the header Content-Type: application/json, unless /api/docs names another form.",
)
TOO_MANY = Refusal(429, "too_many_requests", "Too many requests. Send it again in 12 seconds.")
PROVIDER_AWAY = refusal(
    503,
    "provider_away",
    "",
    "The payment provider does not answer at the moment.",
    "Wait a minute, then try again. Nothing was changed.",
)
NO_KEY = refusal(
    400,
    "idempotency_key_missing",
    HEADER,
    "The header Idempotency-Key is missing.",
    "Send a new random value with every new request, and the same one with a repeat.",
)
KEY_REUSED = refusal(
    422,
    "idempotency_key_reused",
    HEADER,
    "This Idempotency-Key was used before with another body.",
    "Send a new key with a new request, or the same body to get the first answer again.",
)
NOT_STAFF = Refusal(403, "not_authenticated", "This is for the farm's staff. Sign in at /staff/ first.")


def told(
    name: str,
    summary: str,
    *,
    takes: Sent | None = None,
    gives: Answer,
    refuses: Sequence[Refusal] = (),
    parameters: Sequence[OpenApiParameter] = (),
) -> Callable[[Any], Any]:
    """Describe one operation. Its docstring is the long description; what every body may meet is added here."""
    every = [*refuses, *([TOO_LARGE, NOT_JSON] if takes else [])]
    forms = takes.forms if takes else {}
    responses: dict[Any, Any] = {(gives.status, gives.media): _answer(gives)}
    responses.update({(status, MEDIA_TYPE): _refused(some) for status, some in _by_status(every).items()})
    decorate: Callable[[Any], Any] = extend_schema(
        operation_id=name,
        summary=summary,
        request={media: one.shape for media, one in forms.items()} or None,
        examples=[
            OpenApiExample("Request", one.example, request_only=True, media_type=media) for media, one in forms.items()
        ],
        responses=responses,
        parameters=list(parameters),
    )
    return decorate


@cache
def listing(kind: Shape) -> Shape:
    """`{"results": […]}` of a kind: a list that is short enough to come whole."""
    return type(f"{kind.__name__}List", (serializers.Serializer,), {"results": kind(many=True)})


@cache
def page(kind: Shape) -> Shape:
    """One page of a long list, with the addresses of the pages beside it."""
    link = serializers.CharField(allow_null=True, help_text="address of that page")
    fields = {"next": link, "previous": link, "results": kind(many=True)}
    return type(f"{kind.__name__}Page", (serializers.Serializer,), fields)


def in_path(name: str, means: str, example: Any) -> OpenApiParameter:
    return _parameter(name, "path", means, example, required=True)


def in_query(name: str, means: str, example: Any, *, required: bool = False) -> OpenApiParameter:
    return _parameter(name, "query", means, example, required=required)


def in_header(name: str, means: str, example: str) -> OpenApiParameter:
    return _parameter(name, "header", means, example, required=True)


def _parameter(name: str, place: Place, means: str, example: Any, *, required: bool) -> OpenApiParameter:
    kind = OpenApiTypes.INT if isinstance(example, int) else OpenApiTypes.STR
    examples = [OpenApiExample(name, example)]
    return OpenApiParameter(name, kind, place, required=required, description=means, examples=examples)


KEY = in_header(
    HEADER,
    "A new random value with every new request, the same one with a repeat: 8 to 255 characters.",
    "7f9c2b1e-6a53-4d0e-9b8f-2f1f0f4c8a11",
)
PAGING = (
    in_query("cursor", "where the page begins, from next or previous", "cD0xMjM0"),
    in_query("page_size", "how many rows, at most 100", 50),
)


def _answer(answer: Answer) -> OpenApiResponse:
    examples = [] if answer.example is None else [OpenApiExample("Answer", answer.example, media_type=answer.media)]
    return OpenApiResponse(answer.shape, description=answer.means or "Done.", examples=examples)


def _refused(some: Sequence[Refusal]) -> OpenApiResponse:
    examples = [OpenApiExample(one.code, one.example, media_type=MEDIA_TYPE) for one in some]
    codes = ", ".join(f"`{one.code}`" for one in some)
    return OpenApiResponse(Problem, description=f"Refused: {codes}.", examples=examples)


def _by_status(refusals: Sequence[Refusal]) -> dict[int, list[Refusal]]:
    sorted_out: dict[int, list[Refusal]] = {}
    for refusal in refusals:
        sorted_out.setdefault(refusal.status, []).append(refusal)
    return sorted_out
