"""Who sees what of an opening: the only redaction. Sockets, downloads, replays and reports all pass here.

`see` is a person's page, `show` says which fields of an entry an audience may read. What may not even be known to exist
lies in side lines and reaches nobody but its author before it is disclosed.
"""

from collections.abc import Collection
from functools import lru_cache

import msgspec
from msgspec import UNSET, UnsetType

from remote_bid.opening.rules.order import in_order
from remote_bid.opening.rules.state import WRONG_TRIES, Bid, Opening
from remote_bid.opening.rules.submitting import custodian_kids
from remote_bid.opening.rules.unsealing import wants_deal
from remote_bid.opening.terms import AbortCause, Cause, Member, Outcome, Phase, Role, reached
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.statements import Statement, said
from remote_bid.seal.tree import inclusion_path, leaf_hash
from remote_bid.tender.statements import Deal
from remote_bid.tender.terms import ReadoutForm, Tender
from remote_bid.timeline import instant
from remote_bid.timeline.check_code import check_code
from remote_bid.timeline.entry import MAIN, Fields, Who
from remote_bid.timeline.note import parse


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a view; what an audience may not see is absent, never null."""


class CheckCodeView(_Part, frozen=True):
    """核对码 of the last cosigned phase change, and the note it is made from."""

    code: str
    phase: Phase
    covers: int
    note: str


class LotCount(_Part, frozen=True):
    """How many live bids a lot has."""

    lot: str
    bids: int


class BidRow(_Part, frozen=True):
    """One bid of the roster."""

    number: int
    lot: str
    name: str | UnsetType = UNSET
    checked_in_at: str | UnsetType = UNSET
    released: bool | UnsetType = UNSET
    outcome: Outcome | UnsetType = UNSET
    cause: Cause | UnsetType = UNSET
    form: ReadoutForm | UnsetType = UNSET
    signed_record: bool | UnsetType = UNSET


class CustodianRow(_Part, frozen=True):
    """One custodian, and whether its key is public."""

    name: str
    side: str
    published: bool
    drilled: bool | UnsetType = UNSET


class SetProof(_Part, frozen=True):
    """That a submission is leaf `index` of the `size` under its lot's root in `close`."""

    index: int
    size: int
    path: list[str]


class OwnBid(_Part, frozen=True):
    """A bidder's own bid: everything it is owed."""

    lot: str
    version: int
    submitted_at: str
    receipts: list[Statement]
    drilled: bool | UnsetType = UNSET
    deal_again: bool | UnsetType = UNSET
    proofs: dict[str, SetProof] | UnsetType = UNSET
    released_at: str | UnsetType = UNSET
    tries_left: int | UnsetType = UNSET
    outcome: Outcome | UnsetType = UNSET
    cause: Cause | UnsetType = UNSET


class Me(_Part, frozen=True):
    """The viewer: who, as what, and what is asked of it now (a code that the page words)."""

    person: str
    role: Role
    ask: str
    bids: dict[str, OwnBid] | UnsetType = UNSET


class OpeningView(_Part, frozen=True):
    """An opening as one person may see it now. Instants are server time; `ends_at` is what the countdown runs to."""

    session: str
    phase: Phase
    me: Me
    phase_since: str | UnsetType = UNSET
    ends_at: str | UnsetType = UNSET
    deadline: str | UnsetType = UNSET
    tender: Tender | UnsetType = UNSET
    members: dict[str, Member] | UnsetType = UNSET
    present: list[str] | UnsetType = UNSET
    policies: list[str] | UnsetType = UNSET
    timetable: str | UnsetType = UNSET
    k: int | UnsetType = UNSET
    custodians: dict[str, CustodianRow] | UnsetType = UNSET
    counts: list[LotCount] | UnsetType = UNSET
    bids: dict[str, BidRow] | UnsetType = UNSET
    aborted: dict[str, AbortCause] | UnsetType = UNSET
    released: int | UnsetType = UNSET
    check_code: CheckCodeView | UnsetType = UNSET
    record_hash: str | UnsetType = UNSET
    signed_by: list[str] | UnsetType = UNSET


def see(opening: Opening, who: Who) -> OpeningView:
    """The page of one person."""
    counted = opening.phase is not Phase.HELD and reached(opening.phase, Phase.ROSTER)
    return OpeningView(
        session=opening.session,
        phase=opening.phase,
        me=_me(opening, who),
        phase_since=instant.text(opening.phase_since) if opening.phase_since else UNSET,
        ends_at=_ends_at(opening),
        deadline=opening.timetable.deadline if opening.timetable else UNSET,
        tender=opening.tender or UNSET,
        members=opening.members or UNSET,
        present=sorted(p for p in opening.present if p in opening.members) or UNSET,
        policies=sorted(opening.policies) or UNSET,
        timetable=opening.timetable_id or UNSET,
        k=next((policy.k for policy in opening.policies.values()), UNSET),
        custodians=_custodians(opening, who) or UNSET,
        counts=_counts(opening) if counted or opening.disclosed else UNSET,
        bids=_rows(opening, who) if counted else UNSET,
        aborted=opening.aborted or UNSET,
        released=_released(opening, who),
        check_code=_check_code(opening),
        record_hash=opening.record_hash or UNSET,
        signed_by=sorted(opening.signatures) or UNSET,
    )


def _counts(opening: Opening) -> list[LotCount] | UnsetType:
    """What the close says; shown with the roster, or once the session was aborted."""
    return [LotCount(lot=lot.lot, bids=lot.count) for lot in opening.close.lots] if opening.close else UNSET


def _ends_at(opening: Opening) -> str | UnsetType:
    if opening.phase is Phase.SCHEDULED and opening.timetable:
        return opening.timetable.deadline
    return instant.text(opening.ends_at) if opening.ends_at else UNSET


def _custodians(opening: Opening, who: Who) -> dict[str, CustodianRow]:
    return {
        member.person: CustodianRow(
            name=member.name,
            side=member.side,
            published=member.person in opening.keys_by,
            drilled=_drilled(opening, member.person) if _watches_drills(who, member.person) else UNSET,
        )
        for member in opening.members.values()
        if member.role is Role.CUSTODIAN
    }


def _drilled(opening: Opening, person: str) -> bool:
    """Whether every key that this custodian holds under a policy has passed a drill."""
    kids = [
        kid
        for policy in map(opening.current, opening.policies)
        for custodian, kid in zip(policy.custodians, custodian_kids(policy), strict=True)
        if custodian.person == person
    ]
    return bool(kids) and all(kid in opening.drilled for kid in kids)


def _watches_drills(who: Who, custodian: str) -> bool:
    """Those who run the session, who can still replace it; and itself."""
    return who.role in (Role.HOST, Role.SUPERVISOR, Role.TENDERER) or who.person == custodian


def _check_code(opening: Opening) -> CheckCodeView | UnsetType:
    seen = opening.checkpoint
    if seen is None:
        return UNSET
    return CheckCodeView(code=check_code(parse(seen.note)[1]), phase=seen.phase, covers=seen.covers, note=seen.note)


def _released(opening: Opening, who: Who) -> int | UnsetType:
    """Progress is for those who run and watch the session."""
    if opening.phase is Phase.RELEASE and who.role in (Role.HOST, Role.SUPERVISOR, Role.TENDERER):
        return len(opening.bids) - len(opening.unreleased())
    return UNSET


def _names_shown(opening: Opening, who: Who) -> bool:
    """To the supervisor from the roster on, to the session after the bidders' window, to the public at readout."""
    if who.role == Role.SUPERVISOR:
        return reached(opening.phase, Phase.ROSTER)
    if who.role == Role.OBSERVER:
        return reached(opening.phase, Phase.READOUT)
    return opening.window_closed is not None and opening.phase is not Phase.ABORTED


def _rows(opening: Opening, who: Who) -> dict[str, BidRow]:
    """The roster, numbered from 1 in each lot."""
    numbers: dict[str, int] = {}
    rows = {}
    for bid in in_order(opening):
        numbers[bid.lot] = numbers.get(bid.lot, 0) + 1
        rows[bid.bid] = _row(opening, numbers[bid.lot], bid, who)
    return rows


def _row(opening: Opening, number: int, bid: Bid, who: Who) -> BidRow:
    row = BidRow(number=number, lot=bid.lot)
    if not _names_shown(opening, who):
        return row
    checked_in = opening.present.get(bid.bidder)
    row = msgspec.structs.replace(
        row,
        name=bid.name,
        checked_in_at=instant.text(checked_in) if checked_in else UNSET,
        released=bool(bid.release),
        signed_record=True if bid.bidder in opening.signatures else UNSET,
    )
    if bid.settlement is None or not bid.read_out:
        return row
    return msgspec.structs.replace(
        row, outcome=bid.settlement.outcome, cause=bid.settlement.cause, form=bid.settlement.form or UNSET
    )


def _me(opening: Opening, who: Who) -> Me:
    bids = [*opening.bids.values(), *opening.returned.values()]
    own = {bid.bid: _own(opening, bid) for bid in bids if bid.bidder == who.person}
    return Me(person=who.person, role=Role(who.role), ask=_ask(opening, who), bids=own or UNSET)


def _own(opening: Opening, bid: Bid) -> OwnBid:
    settlement = bid.settlement if bid.read_out else None
    return OwnBid(
        lot=bid.lot,
        version=bid.version,
        submitted_at=instant.text(bid.submitted_at),
        receipts=bid.receipts,
        drilled=bid.drilled or UNSET,
        deal_again=_wants_deal(opening, bid) or UNSET,
        proofs=_set_proofs(opening, bid) if _counted(opening, bid) else UNSET,
        released_at=instant.text(bid.released_at) if bid.released_at else UNSET,
        tries_left=WRONG_TRIES - len(bid.wrong) if bid.wrong else UNSET,
        outcome=settlement.outcome if settlement else UNSET,
        cause=settlement.cause if settlement else UNSET,
    )


def _wants_deal(opening: Opening, bid: Bid) -> bool:
    waiting = bool(opening.revisions) and opening.phase in (Phase.SCHEDULED, Phase.LOBBY)
    return waiting and any(wants_deal(opening, said(part.deal, Deal)) for part in bid.parts)


def _counted(opening: Opening, bid: Bid) -> bool:
    return reached(opening.phase, Phase.ROSTER) and bid.bid in opening.bids


def _set_proofs(opening: Opening, bid: Bid) -> dict[str, SetProof]:
    """For each of a bid's submissions."""
    ids = _sorted(tuple(name for other in in_order(opening) if other.lot == bid.lot for name in other.submissions))
    return {name: _place_in(ids, ids.index(name)) for name in bid.submissions}


@lru_cache(maxsize=64)
def _sorted(ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(ids, key=unb64))


@lru_cache(maxsize=4096)
def _place_in(ids: tuple[str, ...], index: int) -> SetProof:
    path = inclusion_path([leaf_hash(unb64(name)) for name in ids], index)
    return SetProof(index=index, size=len(ids), path=[b64(node) for node in path])


def _ask(opening: Opening, who: Who) -> str:
    """The one thing asked of this person now, or what it waits for."""
    asks = {
        Role.HOST: _ask_host,
        Role.SUPERVISOR: _ask_supervisor,
        Role.TENDERER: _ask_tenderer,
        Role.CUSTODIAN: _ask_custodian,
        Role.BIDDER: _ask_bidder,
    }
    asked = asks.get(Role(who.role))
    return (asked(opening, who) if asked else "") or "wait"


def _ask_host(opening: Opening, who: Who) -> str:
    if opening.phase is Phase.RECORD and who.person in opening.signatures:
        return "close_opening"
    return {
        Phase.ROSTER: "open_release",
        Phase.READOUT: "read_out",
        Phase.RECORD: "sign_record",
    }.get(opening.phase, "")


def _ask_supervisor(opening: Opening, who: Who) -> str:
    if opening.proposed is not None:
        return "countersign_timetable"
    if opening.proposed_strike is not None:
        return "countersign_strike"
    return "sign_record" if opening.phase is Phase.RECORD and who.person not in opening.signatures else ""


def _ask_tenderer(opening: Opening, who: Who) -> str:
    if opening.lacks_policy():
        return "publish_policy"
    waiting = opening.phase is Phase.HELD or (opening.timetable is None and bool(opening.policies))
    return "propose_timetable" if waiting and opening.proposed is None else ""


def _ask_custodian(opening: Opening, who: Who) -> str:
    wanted = [f"{who.person}/{lot}/{part}" for lot, part in opening.lacks_policy()]
    if wanted:
        return "" if all(offer in opening.offers for offer in wanted) else "offer_key"
    return "publish_key" if opening.phase is Phase.CUSTODY and who.person not in opening.keys_by else ""


def _ask_bidder(opening: Opening, who: Who) -> str:
    own = [bid for bid in opening.bids.values() if bid.bidder == who.person]
    if opening.phase in (Phase.SCHEDULED, Phase.LOBBY) and not own:
        return "submit" if opening.timetable else ""
    if any(_wants_deal(opening, bid) for bid in own):
        return "deal_again"
    if opening.phase is Phase.LOBBY and who.person not in opening.present:
        return "check_in"
    if opening.phase is Phase.RELEASE and opening.window_closed is None and any(map(opening.lacks_half, own)):
        return "release"
    return "sign_record" if opening.phase is Phase.RECORD and own and who.person not in opening.signatures else ""


VEILED = frozenset({"Ticked", "BidsClosed", "BidSettled", "DrillDealt", "CustodianDrilled"})
"""Entries of the main line that show more as the day goes on."""


def curtain(opening: Opening) -> object:
    """Changes whenever `show` may."""
    return opening.phase, opening.disclosed, sum(bid.read_out for bid in opening.bids.values())


_UNTIL_COUNTED = ("type", "at", "by")
_TICK = ("type", "at", "by", "slots", "root")


def show(opening: Opening, line: str, fields: Fields, who: Who, own: bool) -> Collection[str] | None:
    """The fields of an entry that `who` may read now: None is all of them, none is its leaf only.

    `own` says that the entry lies in the viewer's own side line.
    """
    if line != MAIN:
        return None if own else _side(opening, fields)
    match fields["type"]:
        case "Ticked":
            return None if opening.disclosed else _TICK
        case "BidsClosed":
            return None if reached(opening.phase, Phase.ROSTER) or opening.disclosed else _UNTIL_COUNTED
        case "BidSettled":
            return None if opening.bids[fields["bid"]].read_out else ()
        case "DrillDealt" | "CustodianDrilled":
            return None if opening.disclosed or _watches_drills(who, fields["person"]) else ()
        case "KeyEntrusted":
            return None if who.role == Role.SUPERVISOR or who.person == fields["person"] else _without_signed(fields)
        case _:
            return None


def _side(opening: Opening, fields: Fields) -> Collection[str] | None:
    """Side lines: the type once disclosed; everything when all is read out, so that anybody can check who bid and who
    withdrew. Of a lot with too few bids only the lot is told.
    """
    if not opening.disclosed:
        return ()
    stopped = opening.stopped_lots()
    if fields.get("lot") in stopped:
        return ("type", "lot")
    if not reached(opening.phase, Phase.RECORD):
        return ("type",)
    took_part = {bidder for lot, bidder in opening.versions if lot not in stopped}
    if fields["by"]["person"] not in took_part:
        return ("type",)
    return _without_signed(fields) if fields["type"] == "PartReleased" else None


def _without_signed(fields: Fields) -> Collection[str]:
    """All but the paper that holds a half or a key of a part that is not read out."""
    return [name for name in fields if name != "signed"]
