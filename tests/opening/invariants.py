"""What holds of every session, however its day went (threats.md, invariants)."""

from remote_bid.opening.events import BidSettled
from remote_bid.opening.rules import begin
from remote_bid.opening.terms import Outcome, Phase
from remote_bid.seal.canonical import b64, unb64
from remote_bid.timeline.chain import check, genesis
from remote_bid.timeline.desk import happening
from remote_bid.timeline.entry import MAIN, Entry, show
from remote_bid.timeline.marks import Disclosed
from remote_bid.timeline.sideline import TickTree
from tests.given import Story
from tests.opening.actors import (
    DELTA,
    HOST,
)
from tests.opening.day import (
    opening,
)
from tests.opening.pages import readable


def chain_verifies(entries: list[Entry]) -> None:
    """I3: every line is a chain without a gap, for those who may read nothing of it too."""
    heads: dict[str, tuple[int, bytes]] = {}
    for entry in entries:
        seq, head = heads.get(entry.line, (0, genesis(opening.session, entry.line)))
        assert entry.seq == seq + 1
        assert check(show(entry, None), head) == check(show(entry, ()), head) == entry.leaf
        heads[entry.line] = (entry.seq, entry.leaf)


def replay_gives_the_same(story: Story, entries: list[Entry]) -> None:
    state = begin(opening.session)
    for entry in entries:
        state = opening.context.evolve(state, happening(opening.context, entry))
    assert state == story.state


def ticks_hold_every_entry_once(story: Story, entries: list[Entry]) -> None:
    """Each tick's root is that of its entries, and `Disclosed`, which comes once, tells of all of them."""
    aside = [entry.leaf for entry in entries if entry.line != MAIN]
    held = [entry.leaf for tick in story.folded.lines.ticks for entry in tick.entries]
    assert held + [entry.leaf for entry in story.folded.lines.pending] == aside
    for tick in story.folded.lines.ticks:
        fields = story.folded.main[tick.seq - 1].fields
        leaves = [entry.leaf for entry in tick.entries]
        assert b64(TickTree(unb64(fields["seed"]), fields["slots"], leaves).root) == fields["root"]
    told = [entry for entry in entries if entry.type == Disclosed.__name__]
    assert len(told) == story.state.disclosed
    for entry in told:
        assert [unb64(item["leaf"]) for tick in entry.fields["ticks"] for item in tick["entries"]] == aside


def outcomes_partition_the_bids(story: Story, entries: list[Entry]) -> None:
    settled = [event for entry in entries if isinstance(event := happening(opening.context, entry).event, BidSettled)]
    if settled:
        assert sorted(event.bid for event in settled) == sorted(story.state.bids)
        assert sum(lot.count for lot in story.state.close.lots) == len(settled) + len(story.state.returned)
    for event in settled:
        assert (event.outcome is Outcome.OPENED) == (event.form is not None)
        released = story.state.bids[event.bid].release
        assert event.outcome is Outcome.DEEMED_REVOKED or released


def rivals_read_nothing_too_early(story: Story) -> None:
    """I6, for whatever state the day has ended in."""
    if story.state.phase in (Phase.SCHEDULED, Phase.LOBBY, Phase.CLOSED_FOR_BIDS, Phase.HELD):
        for who in (HOST, DELTA):
            text = readable(story, who)
            others = [bid for bid in story.state.bids.values() if bid.bidder != who.person]
            assert not any(word in text for bid in others for word in (bid.bid, bid.bidder, bid.name))
