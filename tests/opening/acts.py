"""What is done from the first bid to the end: each act with whose it is by nature, signed as that person would."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from remote_bid.opening import commands as c
from remote_bid.opening.rules.record import line_hash, readout_line
from remote_bid.opening.statements import (
    Answer,
    Confirmation,
    Custody,
    DepositNote,
    Objection,
    RecordRefusal,
    RecordSignature,
    Release,
)
from remote_bid.opening.terms import Deposit, DepositForm, DepositStatus, SealedPart
from remote_bid.people.certificates import Signed
from remote_bid.people.noting import NoteCrl
from remote_bid.people.revocation import CrlNoted
from remote_bid.seal.canonical import b64
from remote_bid.seal.dealing import commitment
from remote_bid.seal.dealing import deal as deal_evenly
from remote_bid.seal.drill import Dummy, secret_in
from remote_bid.seal.envelope import ctx_of
from remote_bid.seal.statements import id_of, statement_id
from remote_bid.seal.tree import root_of
from remote_bid.seal.xwing import key_id
from remote_bid.tender.statements import CheckInStatement, Deal, DrillAnswer, Withdraw
from remote_bid.tender.terms import READOUT_FORM
from remote_bid.timeline import instant
from remote_bid.timeline.context import CLOCK, LOG, Command
from remote_bid.timeline.entry import Who
from remote_bid.timeline.marks import RecordCheckpoint, Tick
from remote_bid.timeline.note import Checkpoint, cosign, parse, platform_leaf, sign
from tests.given import Act, Story
from tests.opening.actors import COSIGNERS, HOST, LOG_NAME, TSA, log_key_of, public_of, seed_of, signed
from tests.opening.sealed import Offer, halves_of, offered, publics_of
from tests.opening.tender import LOT, SESSION, after_t0
from tests.timeline.tsa import Tsa

OPEN_LOBBY = Act(c.OpenLobby(), CLOCK)
TICK = Act(Tick(), CLOCK)
CLOSE_BIDS = Act(c.CloseBids(), CLOCK)
HOLD = Act(c.HoldOpening(), CLOCK)
OPEN_RELEASE = Act(c.OpenRelease(), HOST)
CLOSE_WINDOW = Act(c.CloseWindow(), CLOCK)
SETTLE = Act(c.SettleBids(), CLOCK)
CLOSE_OPENING = Act(c.CloseOpening(), HOST)
OPEN_OBJECTIONS = Act(c.OpenObjections(), CLOCK)
PREPARE_RECORD = Act(c.PrepareRecord(), CLOCK)
NOTED = CrlNoted(
    authority="A", hash="first", this_update=instant.text(after_t0(-60)), next_update=instant.text(after_t0(60))
)
NOTE_CRL = Act(NoteCrl(crl=NOTED), LOG)


def submit(who: Who, lot: str = LOT, **how: Any) -> Act:
    """A bid of one's own form, with every part its lot declares; `how` changes what the form's Offer says."""

    def ask(story: Story) -> Command:
        others = [part.part for name, part in story.state.parts() if name == lot and part.part != READOUT_FORM]
        parts = [offered(story, who, lot, Offer(**how)), *(offered(story, who, lot, Offer(), part) for part in others)]
        return c.SubmitBid(lot=lot, parts=parts)

    return Act(ask, who)


def withdraw(who: Who, lot: str = LOT, **changes: Any) -> Act:
    def ask(story: Story) -> Command:
        live = story.state.bid_of(who.person, lot)
        version, ids = story.state.versions.get((lot, who.person), 1), list(live.submissions) if live else ["no bid"]
        taken_back = Withdraw(session=SESSION, bidder=who.person, version=version, submissions=ids)
        return c.WithdrawBid(signed=signed(replace(taken_back, **changes), who))

    return Act(ask, who)


def check_in(who: Who, signer: Who | None = None, **changes: Any) -> Act:
    def ask(story: Story) -> Command:
        expires = instant.text(instant.later(story.at, 300_000))
        here = CheckInStatement(session=SESSION, person=who.person, role=who.role, nonce="once", expires=expires)
        return c.CheckIn(signed=signed(replace(here, **changes), signer or who))

    return Act(ask, who)


def record_checkpoint(covers: Callable[[Story], int], *times: datetime | None) -> Act:
    """The log hands in a note over an entry, which each cosigner has signed at its own time, or not at all."""

    def ask(story: Story) -> Command:
        seq = covers(story)
        head = b64(story.folded.main[seq - 1].leaf)
        root = root_of([platform_leaf(SESSION, seq, head)])
        note = sign(Checkpoint(origin=LOG_NAME, size=1, root=root), LOG_NAME, log_key_of(LOG_NAME))
        lines = [
            cosign(parse(note)[1], name, log_key_of(name), int(time.timestamp()))
            for name, time in zip(COSIGNERS, times, strict=True)
            if time is not None
        ]
        return RecordCheckpoint(covers=seq, head=head, note=note + "".join(lines), index=0, path=[])

    return Act(ask, LOG)


def record_stamp(covers: Callable[[Story], int], late_s: float = 0, tsa: Tsa = TSA, leaf: bytes | None = None) -> Act:
    """The log hands in what the authority of time signed so many seconds after T0."""

    def ask(story: Story) -> Command:
        seq = covers(story)
        stamped = leaf or story.folded.main[seq - 1].leaf
        return c.RecordStamp(covers=seq, token=tsa.stamp(stamped, after_t0(late_s)))

    return Act(ask, LOG)


def stamp_close(late_s: float = 0, **how: Any) -> Act:
    """The close is stamped."""
    return record_stamp(lambda story: int(story.state.close_seq), late_s, **how)


def stamp_last_tick(late_s: float = 0, **how: Any) -> Act:
    """The tick before the close is stamped."""
    return record_stamp(lambda story: int(story.state.close_seq) - 1, late_s, **how)


def cosign_close(*seconds: float | None) -> Act:
    """The three cosigners sign the close so many seconds after T0; None: not at all."""
    times = [None if late is None else after_t0(late) for late in seconds or (0, 0, 0)]
    return record_checkpoint(lambda story: int(story.state.close_seq), *times)


def cosign_window(*seconds: float | None) -> Act:
    """They sign the end of the bidders' window."""
    times = [None if late is None else after_t0(late) for late in seconds or (2000, 2000, 2000)]
    return record_checkpoint(lambda story: int(story.state.window_closed_seq), *times)


def deal_again(who: Who, signer: Who | None = None, lot: str = LOT, secret: bytes | None = None, **changes: Any) -> Act:
    """A bidder deals every part of its bid, or another secret, to the custodians of now."""

    def ask(story: Story) -> Command:
        bid = story.state.bid_of(who.person, lot)
        deals = [redealt(story, who, part, secret, **changes) for part in bid.parts] if bid else []
        return c.DealAgain(bid=bid_of(story, who, lot), deals=[signed(deal, signer or who) for deal in deals])

    return Act(ask, who)


def redealt(story: Story, who: Who, part: SealedPart, secret: bytes | None, **changes: Any) -> Deal:
    core = part.header.core
    policy = story.state.current(core.policy)
    s_t = secret or halves_of(who, core.version, core.lot, core.part).s_t
    sound = Deal(
        policy=core.policy,
        bidder=who.person,
        version=core.version,
        prev=statement_id(part.deal),
        ctx=b64(ctx_of(core)),
        k=policy.k,
        shares=deal_evenly(ctx_of(core), s_t, policy.k, publics_of(policy)),
    )
    return replace(sound, **changes)


def pass_drill(who: Who, lot: str = LOT) -> Act:
    """A bidder's device still opens its bid."""
    return Act(lambda story: c.PassDrill(bid=bid_of(story, who, lot)), who)


def begin_drill(who: Who, key_of: Who | None = None) -> Act:
    """A custodian asks for a dummy for its key, or another's."""
    return Act(c.BeginDrill(kid=key_id(public_of(key_of or who))), who)


def answer_drill(who: Who, signer: Who | None = None, **changes: Any) -> Act:
    """It opens the last dummy that was dealt to it."""

    def ask(story: Story) -> Command:
        dealt = [e.fields["dummy"] for t in story.turns for e in t if e.type == "DrillDealt"]
        kid = key_id(public_of(who))
        mine = [dummy for dummy in dealt if dummy["kid"] == kid]
        secret = secret_in(SESSION, Dummy(**mine[-1]), seed_of(who)) if mine else b64(bytes(32))
        answer = DrillAnswer(session=SESSION, kid=kid, secret=secret)
        return c.AnswerDrill(signed=signed(replace(answer, **changes), signer or who))

    return Act(ask, who)


def release(
    who: Who,
    half: bytes | None = None,
    signer: Who | None = None,
    lot: str = LOT,
    part: str = READOUT_FORM,
    **changes: Any,
) -> Act:
    """A bidder hands over its half of a part, or another one."""

    def ask(story: Story) -> Command:
        version = story.state.versions.get((lot, who.person), 1)
        mine = half or halves_of(who, version, lot, part).s_b
        named = submission_of(story, who, part, lot)
        bid = story.state.bid_of(who.person, lot)
        ctx = ctx_of(bid.part_of(named).header.core) if bid and named in bid.submissions else b""
        handed = Release(session=SESSION, submission=named, close=close_of(story), c=commitment(ctx, "B", mine))
        told = replace(handed, **{name: value for name, value in changes.items() if name != "s_b"})
        return c.ReleaseKey(signed=signed(told, signer or who), s_b=changes.get("s_b", b64(mine)))

    return Act(ask, who)


def publish_key(who: Who, signer: Who | None = None, lot: str = LOT, part: str = READOUT_FORM, **changes: Any) -> Act:
    return Act(lambda story: c.PublishKey(signed=custody(story, who, signer or who, lot, part, **changes)), who)


def entrust_key(who: Who, part: str, lot: str = LOT, **changes: Any) -> Act:
    return Act(lambda story: c.EntrustKey(signed=custody(story, who, who, lot, part, **changes)), who)


def custody(story: Story, who: Who, signer: Who, lot: str, part: str, **changes: Any) -> Signed:
    """A custodian's key for one part, for this close and window."""
    window, kid, seed = story.state.window_closed, key_id(public_of(who, lot, part)), b64(seed_of(who, lot, part))
    ends = id_of(window) if window else "no window"
    told = Custody(session=SESSION, close=close_of(story), window_closed=ends, kid=kid, seed=seed)
    return signed(replace(told, **changes), signer)


PAID = Deposit(
    status=DepositStatus.RECEIVED,
    form=DepositForm.BID_DEPOSIT,
    amount="200000.00",
    received_at=instant.text(after_t0(-86_400)),
)


def note_deposit(who: Who, deposit: Deposit = PAID, by: Who = HOST, signer: Who | None = None, **changes: Any) -> Act:
    """Host or tenderer notes what has come of a bidder's deposit, after the note before it."""

    def ask(story: Story) -> Command:
        bid = story.state.bid_of(who.person, LOT)
        note = DepositNote(
            session=SESSION,
            bid=bid_of(story, who),
            prev=(bid.deposit_note or None) if bid else None,
            deposit=deposit,
        )
        return c.NoteDeposit(signed=signed(replace(note, **changes), signer or by))

    return Act(ask, by)


def read_out(who: Who, lot: str = LOT) -> Act:
    """The host reads out this bidder's bid."""
    return Act(lambda story: c.ReadOut(bid=bid_of(story, who, lot)), HOST)


def confirm_line(who: Who, signer: Who | None = None, lot: str = LOT, **changes: Any) -> Act:
    """A bidder confirms its line, or says in `dispute` what is wrong with it."""

    def ask(story: Story) -> Command:
        bid = story.state.bid_of(who.person, lot)
        line = line_hash(readout_line(story.state, bid)) if bid and bid.settlement else ""
        told = Confirmation(session=SESSION, person=who.person, bid=bid_of(story, who, lot), line=line, dispute=None)
        return c.ConfirmLine(signed=signed(replace(told, **changes), signer or who))

    return Act(ask, who)


def say(who: Who, text: str = "大家好", nonce: str = "a nonce of the tests") -> Act:
    return Act(c.Say(text=text, nonce=nonce), who)


def raise_objection(who: Who, text: str = "唱标次序有误", signer: Who | None = None, **changes: Any) -> Act:
    told = replace(Objection(session=SESSION, person=who.person, text=text), **changes)
    return Act(lambda story: c.RaiseObjection(signed=signed(told, signer or who)), who)


def answer_objection(number: int = 1, text: str = "已核对，次序无误", signer: Who = HOST, **changes: Any) -> Act:
    def ask(story: Story) -> Command:
        ids = [name for name, raised in story.state.objections.items() if raised.number == number]
        told = Answer(session=SESSION, objection=ids[0] if ids else "no objection", text=text)
        return c.AnswerObjection(signed=signed(replace(told, **changes), signer))

    return Act(ask, HOST)


def refuse_record(who: Who, reason: str = "记录有遗漏", **changes: Any) -> Act:
    def ask(story: Story) -> Command:
        told = RecordRefusal(session=SESSION, person=who.person, record=story.state.record_hash, reason=reason)
        return c.RefuseRecord(signed=signed(replace(told, **changes), who))

    return Act(ask, who)


def sign_record(who: Who, **changes: Any) -> Act:
    def ask(story: Story) -> Command:
        signature = RecordSignature(session=SESSION, person=who.person, record=story.state.record_hash)
        return c.SignRecord(signed=signed(replace(signature, **changes), who))

    return Act(ask, who)


def bid_of(story: Story, who: Who, lot: str = LOT) -> str:
    """The id of a bidder's live bid."""
    bid = story.state.bid_of(who.person, lot)
    return str(bid.bid) if bid else "no bid"


def submission_of(story: Story, who: Who, part: str, lot: str = LOT) -> str:
    """The id of the submission of one part of a bidder's live bid."""
    bid = story.state.bid_of(who.person, lot)
    named = dict(zip((each.part for each in bid.parts), bid.submissions, strict=True)) if bid else {}
    return str(named.get(part, "no bid"))


def close_of(story: Story) -> str:
    """The id of the close."""
    return id_of(story.state.close) if story.state.close else "no close"
