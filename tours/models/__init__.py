from tours.models.bills import Bill
from tours.models.bookings import BookedUnit, Booking, BookingEvent, Ticket
from tours.models.check_ins import CheckIn, ScanConflict
from tours.models.closures import Closure, ClosureEvent, ClosureOffer, ClosureOfferEvent
from tours.models.credits import Credit
from tours.models.experiences import Experience, Price, PriceList, Question, TicketType, Waiver
from tours.models.rebookings import Rebooking, RebookingEvent
from tours.models.schedule import ScheduleException, ScheduleRule
from tours.models.slots import Slot, VisitorsDay
from tours.models.waiting import WaitingParty, WaitingPartyEvent

__all__ = [
    "Bill",
    "BookedUnit",
    "Booking",
    "BookingEvent",
    "CheckIn",
    "Closure",
    "ClosureEvent",
    "ClosureOffer",
    "ClosureOfferEvent",
    "Credit",
    "Experience",
    "Price",
    "PriceList",
    "Question",
    "Rebooking",
    "RebookingEvent",
    "ScanConflict",
    "ScheduleException",
    "ScheduleRule",
    "Slot",
    "Ticket",
    "TicketType",
    "VisitorsDay",
    "WaitingParty",
    "WaitingPartyEvent",
    "Waiver",
]
