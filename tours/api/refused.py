"""How the visits' doors say no, as the documentation shows it; a test checks each against its schema."""

from farm.api.schema import refusal
from tours.api.examples import NUMBER

UNKNOWN_SLOT = refusal(
    400, "unknown_slot", "slot", "There is no such time for a visit.", "Choose a time that the calendar shows."
)
BAD_PARTY = refusal(
    400,
    "bad_party",
    "party",
    "“Infant” cannot come alone: Adult or Family must be in the party.",
    "Add one of them.",
)
UNKNOWN_TICKET = refusal(
    400,
    "unknown_ticket_type",
    "party",
    "There is no ticket “dog” for this experience.",
    "Choose tickets from the list.",
)
BAD_PLAN = refusal(400, "bad_plan", "plan", "This visit cannot be paid that way.", "Choose one of the ways it offers.")
NO_ANSWER = refusal(
    400,
    "bad_answer",
    "answers.language",
    "The question “In which language?” needs an answer.",
    "Answer it, please.",
)
NO_WAIVER = refusal(
    400,
    "waiver_not_accepted",
    "waiver",
    "The rules of the visit were not accepted.",
    "Read and accept version 2026-09 of them.",
    version="2026-09",
)
BAD_CONTACT = refusal(
    400,
    "bad_contact",
    "contact.phone",
    "This is not a mobile number in mainland China.",
    "Write 11 digits, for example 138 1234 5678.",
)
CLOSED = refusal(409, "slot_not_open", "slot", "Bookings for Sat 12 Sep, 09:30 have closed.", "Choose a later time.")
SOLD_OUT = refusal(
    409,
    "sold_out",
    "slot",
    "Sat 12 Sep, 09:30 has fewer seats left than your party needs.",
    "The next times with room: Sun 13 Sep, 09:30.",
    next_slots=["2026-09-13T09:30:00+08:00"],
    left=1,
)
TOO_MANY_ON_ARRIVAL = refusal(
    409,
    "too_many_on_arrival",
    "plan",
    "This phone number has 2 visits already that are to be paid on arrival.",
    "Pay one of them by its link, pay this one now, or call the farm.",
)
BAD_CREDIT = refusal(
    409,
    "bad_credit",
    "credit",
    "This credit is not yours, is used up or has expired.",
    "Book without it, or call the farm.",
)
WRONG_STATE = refusal(
    409, "wrong_state", "", f"Booking {NUMBER} is cancelled.", "Reload its page to see what can be done now."
)
TOO_LATE = refusal(
    409,
    "too_late",
    "",
    f"Booking {NUMBER} can no longer be changed.",
    "Its time has come or changes have closed; call the farm if something is wrong.",
)
UNKNOWN_PROVIDER = refusal(
    400, "unknown_provider", "provider", "The farm does not take this way of paying.", "Choose one of: practice."
)
ANSWER_TOO_LATE = refusal(
    409,
    "answer_too_late",
    "",
    "This choice is over.",
    "Reload the booking's page to see what became of it.",
)
ROOM_IS_LEFT = refusal(409, "room_is_left", "slot", "There is room for your party.", "Book it now.")
WAITS_ALREADY = refusal(
    409,
    "waits_already",
    "",
    "This phone number waits for that time already.",
    "You hear from us when seats come free.",
)
OFFER_ENDED = refusal(
    409,
    "offer_ended",
    "",
    "These seats are no longer offered to you.",
    "Look at the calendar for times with room.",
)
