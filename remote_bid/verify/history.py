"""Steps 3 to 5: the chain, its cosigned checkpoints, the side lines."""

from remote_bid.opening.events import AbortOrdered, BidsClosed, BidSubmitted, LotAborted, TimetableSigned
from remote_bid.opening.rules.closing import TOLERANCE_S
from remote_bid.opening.statements import Close
from remote_bid.opening.terms import AbortCause
from remote_bid.seal.canonical import NotCanonical, b64, unb64, unb64_sized
from remote_bid.seal.statements import said, statement_id
from remote_bid.seal.tree import includes
from remote_bid.tender.statements import Timetable
from remote_bid.timeline import instant
from remote_bid.timeline.chain import check, genesis, leaf_of
from remote_bid.timeline.entry import MAIN, Mismatch, Shown, shown_root
from remote_bid.timeline.marks import CheckpointCosigned, Disclosed, LogKeyRotated, Ticked
from remote_bid.timeline.note import BadNote, cosigned_at, is_signed, parse, platform_leaf
from remote_bid.timeline.sideline import MOST_SLOTS, DisclosedEntry, DisclosedTick, TickTree
from remote_bid.verify.case import Case, Failed, about, entry_name

_OF_A_LOT = ("BidSubmitted", "BidWithdrawn", "DealtAgain", "DrillPassed")
_WITHHELD = (*_OF_A_LOT, "ConsortiumDeclared", "BidderCheckedIn", "SubmissionRefused")
"""Side-line entries of bidders whose lot has too few bids."""


_STRANGERS = ("ConsortiumDeclared", "BidderCheckedIn", "SubmissionRefused")
"""What somebody without a bid may have in its line."""


def chain(case: Case) -> None:
    """Step 3: every entry of the main line follows the one before it, and is what its leaf commits to."""
    head, last_at = genesis(case.session, MAIN), ""
    for number, shown in enumerate(case.main, start=1):
        name = entry_name(shown)
        if (shown.line, shown.seq) != (MAIN, number):
            raise Failed(name, f"entry {number} is expected here")
        try:
            head = check(shown, head)
        except (Mismatch, NotCanonical) as error:
            raise Failed(name, str(error)) from error
        at = (shown.event or {}).get("at", last_at)
        if at < last_at:
            raise Failed(name, "the entry is dated before the one before it")
        last_at = at
        if case.whole(shown) is None and not case.hides:
            raise Failed(name, "a session that is over hides nothing of its main line")
    case.report.holds(3, "timeline.json", f"{len(case.main)} entries in one chain")


def checkpoints(case: Case) -> None:
    """Step 4: every tick and phase change is in a checkpoint that the log and a quorum of cosigners signed, and the
    close was cosigned within two seconds of the deadline.
    """
    _log_keys(case)
    covered: dict[int, list[int]] = {}
    size = 0
    for shown, event in case.happened(CheckpointCosigned):
        name = entry_name(shown)
        covered[event.covers] = _checkpoint(case, shown, event)
        _not_before(case, name, event.covers, covered[event.covers])
        grown = parse(event.note)[0].size
        if grown < size:
            raise Failed(name, "the platform log has shrunk")
        size = grown
    for shown in case.main:
        if isinstance(case.whole(shown), case.cosigned) and shown.seq not in covered:
            raise Failed(entry_name(shown), "no cosigned checkpoint covers it")
    case.report.holds(4, "checkpoints", f"{len(covered)} cosigned by at least {case.vouched.quorum}")
    _close_in_time(case, covered)


def _checkpoint(case: Case, shown: Shown, event: CheckpointCosigned) -> list[int]:
    name = entry_name(shown)
    if not 0 < event.covers <= len(case.main) or case.main[event.covers - 1].leaf != event.head:
        raise Failed(name, f"the checkpoint does not hold entry {event.covers} as it is here")
    try:
        checkpoint, _, _ = parse(event.note)
        signed = any(is_signed(event.note, key) for key in case.log_keys_at(shown))
        times = [time for key in case.vouched.cosigner_keys() if (time := cosigned_at(event.note, key)) is not None]
    except BadNote as error:
        raise Failed(name, str(error)) from error
    if not signed or len(times) < case.vouched.quorum:
        raise Failed(name, "the checkpoint lacks the signature of the log or of its cosigners")
    leaf = platform_leaf(case.session, event.covers, event.head)
    if not includes(checkpoint.root, checkpoint.size, event.index, leaf, [unb64(node) for node in event.path]):
        raise Failed(name, "the checkpoint's tree does not hold the session's head")
    return times


def _log_keys(case: Case) -> None:
    """Every change of the log's key by which the bundle's later signatures are judged is in the timeline, in order."""
    told = case.happened(LogKeyRotated)
    for (shown, event), successor in zip(told, case.successors, strict=False):
        if event.statement != successor:
            raise Failed(entry_name(shown), "the log's key has another successor")
    if len(told) != len(case.successors):
        raise Failed("timeline.json", "it does not tell of every change of the log's key")


def _not_before(case: Case, name: str, seq: int, times: list[int]) -> None:
    """Nobody cosigns what has not happened yet; how much later one does depends on the line to it."""
    covers = case.main[seq - 1]
    if covers.event is None and case.hides:
        return
    at = instant.when((covers.event or {})["at"]).timestamp()
    if sum(time >= at - TOLERANCE_S for time in times) < case.vouched.quorum:
        raise Failed(name, f"entry {seq} was cosigned before it happened")


def _close_in_time(case: Case, covered: dict[int, list[int]]) -> None:
    """The last close, if the session did not stay held: at its timetable's deadline, just after the last tick."""
    closes = case.happened(BidsClosed)
    if not closes:
        return
    shown, event = closes[-1]
    name = entry_name(shown)
    with about(name):
        close = said(event.close, Close)
    signed = [e for s, e in case.happened(TimetableSigned) if s.seq < shown.seq]
    if not signed or statement_id(signed[-1].signed.statement) != close.timetable:
        raise Failed(name, "the close is not that of the timetable that held")
    deadline = instant.when(said(signed[-1].signed.statement, Timetable).deadline)
    near = [time for time in covered.get(shown.seq, []) if abs(time - deadline.timestamp()) <= TOLERANCE_S]
    if len(near) < case.vouched.quorum:
        raise Failed(name, "the close was not cosigned within two seconds of the deadline")
    if instant.when(close.at) < deadline or close.at != (shown.event or {}).get("at"):
        raise Failed(name, "the close is dated before the deadline, or otherwise than its entry")
    if close.tick != shown.seq - 1 or not isinstance(case.whole(case.main[close.tick - 1]), Ticked):
        raise Failed(name, "the close does not follow the last tick")
    case.report.holds(4, name, "the close was cosigned in time")


def side_lines(case: Case) -> None:
    """Step 5: every slot of every tick is a disclosed entry or a pad; the lines have no fork and no gap."""
    disclosed = case.happened(Disclosed)
    if len(disclosed) != 1:
        raise Failed("timeline.json", "the side lines are not disclosed exactly once")
    ticks = {shown.seq: event for shown, event in _ticked(case)}
    explained = disclosed[0][1].ticks
    if [tick.tick for tick in explained] != sorted(ticks):
        raise Failed(entry_name(disclosed[0][0]), "not every tick is explained")
    for tick in explained:
        _tick(tick, ticks[tick.tick])
    _dates(case, explained)
    entries = [entry for tick in explained for entry in tick.entries]
    _lines(case, entries)
    lines = len({entry.line for entry in entries})
    case.report.holds(5, "side lines", f"{len(entries)} entries in {lines} lines, {len(ticks)} ticks")


def _ticked(case: Case) -> list[tuple[Shown, Ticked]]:
    return [(shown, event) for shown, event in case.happened(Ticked) if shown.line == MAIN]


def _tick(tick: DisclosedTick, ticked: Ticked) -> None:
    name = f"timeline.json entry {tick.tick}"
    if ticked.slots not in (256, MOST_SLOTS):  # how many of the two the timetable wants is seen in the replay
        raise Failed(name, "a tick has 256 or 4096 slots")
    try:
        tree = TickTree(unb64_sized(tick.seed, 32), ticked.slots, [unb64_sized(e.leaf, 32) for e in tick.entries])
    except ValueError as error:
        raise Failed(name, str(error)) from error
    if b64(tree.root) != ticked.root or tick.seed != ticked.seed:
        raise Failed(name, "a slot of the tick is neither a disclosed entry nor a pad")


def _dates(case: Case, explained: list[DisclosedTick]) -> None:
    """Every side-line entry is dated after the tick before it, and not after the tick that holds it."""
    held = {(entry.line, entry.seq): tick.tick for tick in explained for entry in tick.entries}
    at = {tick.tick: (case.main[tick.tick - 1].event or {}).get("at", "") for tick in explained}
    before = dict(zip(sorted(at), ["", *(at[tick] for tick in sorted(at))], strict=False))
    for shown in case.lines:
        tick, dated = held.get((shown.line, shown.seq), 0), (shown.event or {}).get("at")
        if tick and dated is not None and not before[tick] <= dated <= at[tick]:
            raise Failed(entry_name(shown), "the entry is not dated between the ticks around it")


def _lines(case: Case, entries: list[DisclosedEntry]) -> None:
    shown = {(entry.line, entry.seq): entry for entry in case.lines}
    if len(shown) != len(case.lines):
        raise Failed("lines.json", "two entries have one number")
    heads: dict[str, tuple[int, bytes]] = {}
    for entry in entries:
        name = f"lines.json {entry.line} entry {entry.seq}"
        seq, prev = heads.get(entry.line, (0, genesis(case.session, entry.line)))
        if entry.seq != seq + 1 or entry.prev != b64(prev):
            raise Failed(name, "the side line has a fork or a gap")
        leaf = unb64_sized(entry.leaf, 32)
        if leaf_of(prev, entry.seq, shown_root({"type": entry.type}, entry.proof)) != leaf:
            raise Failed(name, "the disclosed type is not what the leaf commits to")
        heads[entry.line] = (entry.seq, leaf)
        _same(case, name, entry, shown.pop((entry.line, entry.seq), None), prev)
    if shown:
        raise Failed("lines.json", "an entry is in no tick")
    if [(entry.line, entry.seq) for entry in case.lines] != [(entry.line, entry.seq) for entry in entries]:
        raise Failed("lines.json", "the entries are not in the order of their ticks")


def _same(case: Case, name: str, entry: DisclosedEntry, shown: Shown | None, prev: bytes) -> None:
    if shown is None or shown.leaf != entry.leaf:
        raise Failed(name, "the entry is missing, or not the disclosed one")
    try:
        check(shown, prev)
    except (Mismatch, NotCanonical) as error:
        raise Failed(name, str(error)) from error
    if case.whole(shown) is None:
        _withheld(case, name, entry.type, shown)


def _withheld(case: Case, name: str, kind: str, shown: Shown) -> None:
    """What belongs to a lot that came to nothing may be withheld: its bids, which name it, and what those did
    whose every bid it was; and the acts of those who never handed in a bid.
    """
    if kind in case.drafts:
        case.report.withheld(5, name, kind)
        return
    handed_in = {other.line for other in case.lines if (other.event or {}).get("type") == "BidSubmitted"}
    if kind in _STRANGERS and shown.line not in handed_in:
        case.report.withheld(5, name, kind)
        return
    causes = {event.lot: event.cause for _, event in case.happened(LotAborted)}
    stopped = {lot for lot, cause in causes.items() if cause is not AbortCause.NONE_OPENED}
    lot = (shown.event or {}).get("lot")
    took_part = {bid.line for bid, _ in case.happened(BidSubmitted)}
    if kind in _OF_A_LOT and lot not in stopped:
        raise Failed(name, f"{kind} is withheld, though it belongs to no lot with too few bids")
    elsewhere = kind == "ConsortiumDeclared" and lot in stopped
    acted = not stopped or kind not in _withholdable(case) or shown.line in took_part
    if kind not in _OF_A_LOT and acted and not elsewhere:
        raise Failed(name, f"{kind} is withheld, though its bidder took part")
    case.report.withheld(5, name, kind)


def _withholdable(case: Case) -> tuple[str, ...]:
    """Of a session that was aborted after its bidders began to release, the releases too."""
    tried = ("KeyReleased", "PartReleased", "ReleaseHindered", "WrongKeyTried")
    return (*_WITHHELD, *tried) if case.happened(AbortOrdered) else _WITHHELD
