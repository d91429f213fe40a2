"""The gate over REST: what its page asks the farm, for staff who may let visitors in."""

import datetime as dt
import re
from typing import Any

from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from farm import idempotency
from farm.api.schema import BAD_FIELDS, KEY_REUSED, NOT_STAFF, Answer, Sent, told
from farm.api.shapes import read
from farm.api.views import StaffDoor
from tours import gate, manifest, offline, walkins
from tours.api import gate_examples as examples
from tours.api import gate_shown as shown
from tours.api import refused
from tours.api.gate_serializers import (
    NONCE,
    AdmissionOut,
    AnyScansIn,
    BalanceIn,
    GateDayOut,
    LookIn,
    QueuedScanIn,
    ScanIn,
    UploadIn,
    UploadOut,
    VerdictOut,
    WalkInIn,
    WithdrawalIn,
    WithdrawalOut,
)
from tours.gate import Scan, Whom
from tours.offline import QueuedScan, Unreadable
from tours.party import Party

NO_SUM = -1
"""What nothing costs: a sale without a sum is answered when it was heard before, and refused otherwise."""


class GateDoor(StaffDoor):
    needs = {"GET": manifest.CHECK_IN, "POST": manifest.CHECK_IN}

    def scan(self, request: Request, said: dict[str, Any], now: dt.datetime) -> Scan:
        return Scan(nonce=said["nonce"], gate=said["gate"], by=self.by(request), at=now)


class GateDay(GateDoor):
    @told(
        "getGateDay",
        "What a gate needs to work without network",
        gives=Answer(GateDayOut, examples.DAY),
        refuses=[NOT_STAFF],
    )
    def get(self, request: Request) -> Response:
        """Today's parties with masked names and no phones, the keys that verify tickets, places for sale, conflicts."""
        now = timezone.now()
        return Response({**offline.bundle(now), "walk_ins": shown.for_sale(now), "conflicts": shown.conflicts(now)})


class GateLooks(GateDoor):
    @told(
        "lookAtCode",
        "Look at a ticket's code or a booking's number",
        takes=Sent(LookIn, {"code": examples.NUMBER}),
        gives=Answer(VerdictOut, examples.VERDICT),
        refuses=[BAD_FIELDS, NOT_STAFF],
    )
    def post(self, request: Request) -> Response:
        """Green, or why not and what to do. Nothing is changed; a strange code is an answer, too."""
        verdict = gate.look(read(LookIn, request.data)["code"], now=timezone.now())
        return Response(shown.verdict(verdict, request.user))


class GateAdmissions(GateDoor):
    @told(
        "letIn",
        "Let one, some or all of a party in",
        takes=Sent(ScanIn, examples.SCAN),
        gives=Answer(AdmissionOut, examples.ADMISSION),
        refuses=[
            BAD_FIELDS,
            examples.NOT_OURS,
            examples.UNKNOWN_TICKET,
            NOT_STAFF,
            examples.NOT_LET_IN,
            examples.TOO_MANY,
            examples.NONCE_USED,
        ],
    )
    def post(self, request: Request) -> Response:
        """Everybody once. The same nonce again gives the same answer; `look` of a refusal is the verdict to show.

        Who comes at another time of the day, or to a closed visit, is let in when our people say so.
        """
        said, now = read(ScanIn, request.data), timezone.now()
        try:
            admission = gate.admit(code=said["code"], whom=_whom(said), scan=self.scan(request, said, now), now=now)
        except gate.NotLetIn as red:
            red.extra["look"] = shown.verdict(red.verdict, request.user)
            raise
        return Response(shown.admission(admission))


class GateBalances(GateDoor):
    @told(
        "takeBalance",
        "Take what a party still has to pay",
        takes=Sent(BalanceIn, examples.BALANCE),
        gives=Answer(VerdictOut, examples.PAID),
        refuses=[
            BAD_FIELDS,
            examples.NOT_OURS,
            examples.UNKNOWN_TICKET,
            NOT_STAFF,
            examples.NOTHING_TO_PAY,
            examples.OTHER_SUM,
        ],
    )
    def post(self, request: Request) -> Response:
        """Into the till, in cash or by the farm's QR code: exactly the sum that was shown, or nothing."""
        said, now = read(BalanceIn, request.data), timezone.now()
        booking = gate.claimed(said["number"]).booking
        tender = {"amount_fen": said["amount_fen"], "how": said["how"]}
        gate.take_balance(booking=booking, **tender, by=self.by(request), now=now)
        return Response(shown.verdict(gate.look(booking.number, now=now), request.user))


class GateWalkIns(GateDoor):
    @told(
        "sellWalkIn",
        "Sell places to people without a booking",
        takes=Sent(WalkInIn, examples.SALE),
        gives=Answer(AdmissionOut, examples.SOLD, status=201),
        refuses=[
            BAD_FIELDS,
            refused.UNKNOWN_SLOT,
            refused.BAD_PARTY,
            refused.UNKNOWN_TICKET,
            NOT_STAFF,
            refused.SOLD_OUT,
            examples.OTHER_SUM,
            examples.OLD_PAGE,
            examples.NOT_TODAY,
            examples.NONCE_USED,
            KEY_REUSED,
        ],
    )
    def post(self, request: Request) -> Response:
        """Paid at the desk and let in at once, for exactly the sum that was shown.

        The same nonce again sells nothing and gives the same answer.
        """
        said, now = read(WalkInIn, request.data), timezone.now()
        scan = self.scan(request, said, now)
        asked = {"slot": said["slot"], "how": said["how"], "agreed_fen": said.get("amount_fen", NO_SUM)}
        try:
            sold = walkins.sell(**asked, party=Party.of(said["party"]), scan=scan, now=now)
        except gate.OtherSum as refusal:
            raise (walkins.old_page() if asked["agreed_fen"] == NO_SUM else refusal) from None
        return Response(shown.admission(sold), status=201)


class GateWalkInWithdrawals(GateDoor):
    @told(
        "withdrawWalkIn",
        "Give up a sale whose answer never came",
        takes=Sent(WithdrawalIn, examples.LEFT),
        gives=Answer(WithdrawalOut, examples.LEFT, status=201),
        refuses=[BAD_FIELDS, NOT_STAFF, examples.SOLD_ALREADY],
    )
    def post(self, request: Request) -> Response:
        """The people have left: should the sale still arrive, it sells nothing. `sold_already` names its booking."""
        said = read(WithdrawalIn, request.data)
        walkins.withdraw(nonce=said["nonce"], now=timezone.now())
        return Response(said, status=201)


class GateScans(GateDoor):
    @told(
        "tellScans",
        "Tell the scans of a gate that had no network",
        takes=Sent(UploadIn, examples.UPLOAD),
        gives=Answer(UploadOut, examples.TOLD),
        refuses=[BAD_FIELDS, NOT_STAFF],
    )
    def post(self, request: Request) -> Response:
        """Each for itself, in the order in which they were made; a nonce that is known changes nothing.

        One that cannot be read is told of as `unreadable` and becomes a task for our people; the others go on.
        """
        now = timezone.now()
        said = [self._read(one, self.by(request)) for one in read(AnyScansIn, request.data)["scans"]]
        bad = [one for one in said if isinstance(one, Unreadable)]
        good = [one for one in said if isinstance(one, QueuedScan)]
        told_of = offline.upload(good, unreadable=bad, now=now)
        return Response({"told": [vars(one) for one in told_of], "conflicts": shown.conflicts(now)})

    @staticmethod
    def _read(said: Any, by: str) -> QueuedScan | Unreadable:
        try:
            one = read(QueuedScanIn, said)
        except ValidationError as error:
            nonce = said.get("nonce") if isinstance(said, dict) else None
            sound = nonce if isinstance(nonce, str) and re.fullmatch(NONCE, nonce) else ""
            return Unreadable(sound, by, _words_of(error), idempotency.fingerprint(said))
        scan = Scan(nonce=one["nonce"], gate=one["gate"], by=by, at=one["at"])
        return QueuedScan(scan, one["code"], _whom(one))


def _words_of(error: ValidationError) -> str:
    """The fields that are wrong, in words; nothing of what was sent."""
    fields = error.detail if isinstance(error.detail, dict) else {"": error.detail}
    return "; ".join(
        f"{name}: {reasons[0] if isinstance(reasons, list) else reasons}" for name, reasons in fields.items()
    )


def _whom(said: dict[str, Any]) -> Whom:
    people = None if said["keys"] else said["people"]
    return Whom(keys=tuple(said["keys"]), people=people, despite=said["despite"])
