"""What the OpenAPI document says of the API as a whole: settings of drf-spectacular."""

from typing import Any

_DESCRIPTION = """
Order boxed grapes from the farm and follow them to the door; book a visit and come to the gate with its tickets.

Money is whole fen (1/100 yuan), weights are net grams, times carry their zone. Texts come in the language of
`Accept-Language` (zh-Hans or en). Every refusal is a problem document (RFC 9457): `code` for programs, `detail` and
`fields` for people, each saying what to do next. A request that orders or books carries an `Idempotency-Key`, so that
it can be sent again without doing it twice.
"""

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Beizhen Grapes",
    "DESCRIPTION": _DESCRIPTION.strip(),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PREPROCESSING_HOOKS": ["beizhen.api.only_version_one"],
    "ENUM_NAME_OVERRIDES": {
        "OrderStatus": "shop.models.Order.Status",
        "DamageStatus": "shop.models.DamageReport.Status",
        "PaymentStatus": "farm.models.Payment.Status",
        "TrackingCode": "shop.models.TrackingEvent.Code",
        "BookingStatus": "tours.models.Booking.Status",
        "PaymentPlan": "tours.models.Booking.Plan",
        "WaitingOrderStatus": "shop.models.WaitingOrder.Status",
        "WaitingPartyStatus": "tours.models.WaitingParty.Status",
        "ClosureStatus": "tours.models.Closure.Status",
        "SlotStatus": "tours.availability.Status",
        "SlotRuns": "tours.models.Slot.Runs",
    },
}
