"""Handing in, replacing and taking back bids; checking in."""

from collections.abc import Sequence
from datetime import datetime

from remote_bid.opening.commands import CheckIn, OfferedPart, SubmitBid, WithdrawBid
from remote_bid.opening.events import BidderCheckedIn, BidSubmitted, BidWithdrawn, MemberCheckedIn
from remote_bid.opening.known import StoredEnvelope
from remote_bid.opening.rules.bid import Bid
from remote_bid.opening.rules.guards import (
    cadence,
    deadline,
    known,
    require_phase,
    require_role,
    require_room_in_line,
    require_session,
)
from remote_bid.opening.rules.late import late_submission, past_deadline
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.terms import Phase, Role, SealedPart
from remote_bid.people.certificates import Certified
from remote_bid.people.required import refuse, signed_by_sender, signers
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.envelope import Header, ctx_of
from remote_bid.seal.statements import Statement, said, state, statement_id
from remote_bid.seal.xwing import key_id
from remote_bid.tender.statements import (
    CheckInStatement,
    Custodian,
    CustodianKey,
    Deal,
    Policy,
    Receipt,
    Submission,
    Withdraw,
)
from remote_bid.tender.terms import READOUT_FORM
from remote_bid.timeline import instant
from remote_bid.timeline.context import Aside, Event, Turn


def submit(opening: Opening, command: SubmitBid, turn: Turn) -> list[Event | Aside]:
    require_role(opening, turn.by, Role.BIDDER)
    bidder = turn.by.person
    ids = [statement_id(part.submission.statement) for part in command.parts]
    live = opening.bid_of(bidder, command.lot)
    if live is not None and ids == [statement_id(part.submission) for part in live.parts]:
        deals = [statement_id(part.deal.statement) for part in command.parts]
        if deals != [statement_id(part.deal) for part in live.parts]:
            refuse(
                "dealt_already",
                "该文件的份额已经分存。",
                "It is dealt already; seal a new version.",
            )
        return []
    if past_deadline(opening, turn):
        offered = [part.submission for part in command.parts]
        raise late_submission(opening, turn, offered, Submission)
    require_phase(opening, Phase.SCHEDULED, Phase.LOBBY)
    deadline(opening)
    require_room_in_line(opening, turn, bidding=True)
    version = opening.versions.get((command.lot, bidder), 0) + 1
    parts = [_part(opening, command.lot, part, version, live, turn) for part in command.parts]
    _require_every_part(opening, command.lot, parts)
    certified, name = _one_signer(turn, command)
    first = next(part for part in parts if part.part == READOUT_FORM)
    submitted = BidSubmitted(
        bid=statement_id(first.submission),
        bidder=bidder,
        name=name,
        lot=command.lot,
        version=version,
        parts=parts,
        certificates=certified,
        receipt=receipt(opening, turn, ids),
    )
    return [Aside(bidder, submitted)]


def _one_signer(turn: Turn, command: SubmitBid) -> tuple[list[str], str]:
    signed = [item for part in command.parts for item in (part.submission, part.deal)]
    certificates = signed[0].certificates
    if any(item.certificates != certificates for item in signed):
        refuse("several_signers", "一份投标须用同一张证书签署。", "All parts of a bid are signed with one certificate.")
    person: Certified = known(turn).signers[statement_id(signed[0].statement)][0]
    return certificates, person.name


def _require_every_part(opening: Opening, lot: str, parts: list[SealedPart]) -> None:
    wanted = sorted(part.part for name, part in opening.parts() if name == lot)
    if sorted(part.part for part in parts) != wanted or not wanted:
        refuse("parts_missing", "投标文件的组成部分不完整。", f"A bid on this lot has the parts {', '.join(wanted)}.")


def _part(opening: Opening, lot: str, offered: OfferedPart, version: int, live: Bid | None, turn: Turn) -> SealedPart:
    submission, _ = signed_by_sender(turn, offered.submission, Submission)
    deal, _ = signed_by_sender(turn, offered.deal, Deal)
    stored = known(turn).envelopes.get(offered.upload)
    if stored is None:
        refuse("not_uploaded", "投标文件尚未上传完毕。", "The envelope is not in the safe; upload it first.")
    core = stored.header.core
    policy = opening.current(submission.policy) if submission.policy in opening.policies else None
    if policy is None or {(policy.lot, policy.part), (core.lot, core.part)} != {(lot, core.part)}:
        refuse("unknown_policy", "投标文件不是按本标段规则密封的。", "There is no such policy for this lot.")
    before = next((part for part in live.parts if part.part == core.part), None) if live else None
    _require_place(stored, submission, deal, turn.by.person, version)
    _require_order(submission, deal, before)
    require_deal(stored.header, deal, policy)
    return SealedPart(
        part=core.part,
        submission=offered.submission.statement,
        deal=offered.deal.statement,
        header=stored.header,
        upload=offered.upload,
    )


def _require_place(stored: StoredEnvelope, submission: Submission, deal: Deal, bidder: str, version: int) -> None:
    core = stored.header.core
    if (stored.header_hash, stored.ct, stored.n) != (submission.header, submission.ct, submission.n):
        refuse("other_envelope", "上传的文件与签署内容不符。", "The uploaded envelope is not the one you signed for.")
    sealed_for = {(core.bidder, core.version), (submission.bidder, submission.version), (deal.bidder, deal.version)}
    if sealed_for != {(bidder, version)} or {core.policy, deal.policy} != {submission.policy}:
        refuse("not_your_seal", "投标文件不是为本次递交密封的。", f"Seal as yourself, as version {version}.")


def _require_order(submission: Submission, deal: Deal, before: SealedPart | None) -> None:
    prev = (statement_id(before.submission), statement_id(before.deal)) if before else (None, None)
    if (submission.prev, deal.prev) != prev:
        refuse("not_the_latest", "本次递交不是接续上一版本的。", "The statements must name the version they replace.")


def require_deal(header: Header, deal: Deal, policy: Policy) -> None:
    """The deal is for this envelope and for the policy's custodians."""
    if deal.ctx != b64(ctx_of(header.core)) or deal.k != policy.k:
        refuse("bad_deal", "份额不是为该文件分存的。", "The deal is not for this envelope and policy.")
    if [share.kid for share in deal.shares] != custodian_kids(policy):
        refuse("bad_deal", "份额与保管人不符。", "The deal must have one share for each custodian, in order.")
    if deal.escrow and [share.kid for share in deal.escrow] != escrow_kids(policy):
        refuse("bad_deal", "托管份额与托管人不符。", "The escrow deal must have one share for each holder, in order.")


def escrow_kids(policy: Policy) -> list[str]:
    """The key ids of a policy's escrow holders, in its order."""
    return kids_of(policy.escrow.holders) if policy.escrow else []


def custodian_kids(policy: Policy) -> list[str]:
    """The key ids of a policy's custodians, in its order."""
    return kids_of(policy.custodians)


def kids_of(custodians: Sequence[Custodian]) -> list[str]:
    """Their key ids."""
    offers = [said(custodian.proof.statement, CustodianKey) for custodian in custodians]
    return [key_id(unb64(offer.public_key)) for offer in offers]


def receipt(opening: Opening, turn: Turn, statements: list[str]) -> Statement:
    """The server's promise for the first entry of this turn, in the sender's side line."""
    line = turn.line_of(turn.by.person)
    last = opening.last_tick_at or turn.at
    promised = Receipt(
        session=turn.session,
        statements=statements,
        line=line,
        seq=turn.lines.length(line) + 1,
        salt=b64(turn.entry_salt(0)),
        at=instant.text(turn.at),
        tick_due=instant.text(instant.later(max(last, turn.at), cadence(opening).every_ms)),
    )
    return state(promised, turn.office)


def withdraw(opening: Opening, command: WithdrawBid, turn: Turn) -> list[Event | Aside]:
    if signers(turn, command.signed) and statement_id(command.signed.statement) in opening.withdrawals:
        return []
    require_role(opening, turn.by, Role.BIDDER)
    if past_deadline(opening, turn):
        raise late_submission(opening, turn, [command.signed], Withdraw)
    require_phase(opening, Phase.SCHEDULED, Phase.LOBBY)
    taken_back, _ = signed_by_sender(turn, command.signed, Withdraw)
    require_session(turn, taken_back.session)
    bid = next((b for b in opening.bids.values() if _names(b, taken_back)), None)
    if bid is None or (taken_back.bidder, bid.bidder) != (turn.by.person, turn.by.person):
        refuse("no_such_bid", "没有可撤回的投标。", "You have no such bid.")
    require_room_in_line(opening, turn)
    return [Aside(turn.by.person, BidWithdrawn(bidder=bid.bidder, lot=bid.lot, signed=command.signed))]


def _names(bid: Bid, withdrawn: Withdraw) -> bool:
    return bid.version == withdrawn.version and [statement_id(p.submission) for p in bid.parts] == withdrawn.submissions


def check_in(opening: Opening, command: CheckIn, turn: Turn) -> list[Event | Aside]:
    if turn.by.person in opening.present and signers(turn, command.signed):
        return []
    require_phase(opening, Phase.LOBBY, Phase.COUNT_CHECK, Phase.ROSTER, Phase.RELEASE)
    present, certified = signed_by_sender(turn, command.signed, CheckInStatement)
    require_session(turn, present.session)
    if opening.window_closed is not None:
        refuse("too_late", "解密已经结束，不再签到。", "The bidders' window is over; check-in is closed.")
    if (present.person, present.role) != (turn.by.person, turn.by.role) or expired(present, turn.at):
        refuse(
            "bad_check_in", "签到内容与身份不符或已过期。", "The check-in is for another person or role, or too old."
        )
    if opening.role_of(turn.by.person) is not Role.BIDDER:
        return [MemberCheckedIn(person=turn.by.person, signed=command.signed)]
    require_room_in_line(opening, turn)
    event = BidderCheckedIn(person=turn.by.person, name=certified.name, signed=command.signed)
    return [Aside(turn.by.person, event)]


_FRESH_MS = 600_000


def expired(present: CheckInStatement, at: datetime) -> bool:
    """Whether a check-in is no longer to be used then, or was made for longer than anybody may ask."""
    try:
        return not at <= instant.when(present.expires) <= instant.later(at, _FRESH_MS)
    except ValueError:
        return True
