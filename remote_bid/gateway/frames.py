"""What travels from server to client: a snapshot on joining, then one frame for each entry an audience may know of.

Pure: frames are a function of the session before and after a turn, and of who looks. Nothing here can show more than
the room's view allows, for every entry passes `Context.show` and every page `Context.see`.
"""

from collections.abc import Collection, Sequence

import msgspec

from remote_bid.timeline.desk import Folded, Moved
from remote_bid.timeline.entry import MAIN, Entry, Shown, Who, show
from remote_bid.timeline.frame import Frame, Joined, OwnSlot
from remote_bid.timeline.patch import View, diff
from remote_bid.timeline.sideline import tick_tree


class Audience:
    """People to whom exactly the same is shown; remembers what they have seen of the view."""

    def __init__(self, folded: Folded, who: Who, own_line: str) -> None:
        self.who, self.own_line = who, own_line
        self.n = 0
        self._view = self._see(folded)

    def joined(self, folded: Folded, since: int) -> Joined:
        """The snapshot for one who has seen the main line up to `since`."""
        return Joined(
            session=folded.session.id,
            room=folded.session.room,
            epoch=folded.session.epoch,
            head=folded.head,
            n=self.n,
            own_line=self.own_line,
            entries=[self._show(folded, entry) for entry in folded.main[since:]],
            own=[self._show(folded, entry) for entry in folded.lines.entries() if entry.line == self.own_line],
            revealed=self._unveiled(folded, since),
            slots=own_slots(folded, self.own_line, 0),
            view=self._view,
        )

    def concerned(self, moved: Moved) -> bool:
        """Whether anything in this turn can change what this audience sees."""
        lines = {entry.line for entry in moved.entries}
        return MAIN in lines or self.own_line in lines or moved.after.context.overlooks(self.who)

    def frames(self, moved: Moved) -> list[Frame]:
        """What this turn brings to this audience; nothing if it may not know that anything happened."""
        after = moved.after
        view = self._see(after)
        patch, self._view = diff(self._view, view), view
        known = [entry for entry in moved.entries if entry.line in (MAIN, self.own_line)]
        if not known:
            return [self._next(after, None, patch)] if patch else []
        revealed = self._newly_revealed(moved)
        last = known[-1]
        return [
            self._next(after, entry, patch if entry is last else {}, revealed if entry is last else [])
            for entry in known
        ]

    def _next(self, folded: Folded, entry: Entry | None, patch: View, revealed: Sequence[Shown] = ()) -> Frame:
        self.n += 1
        frame = Frame(session=folded.session.id, n=self.n, patch=patch, revealed=list(revealed))
        if entry is None:
            return frame
        shown = self._show(folded, entry)
        slots = own_slots(folded, self.own_line, entry.seq) if entry.type == "Ticked" else []
        return msgspec.structs.replace(frame, **msgspec.structs.asdict(shown), slots=slots)

    def _newly_revealed(self, moved: Moved) -> list[Shown]:
        before, after = moved.before, moved.after
        if before.context.curtain(before.state) == after.context.curtain(after.state):
            return []
        old = _veiled(after, before.head)
        return [self._show(after, entry) for entry in old if self._names(before, entry) != self._names(after, entry)]

    def _unveiled(self, folded: Folded, since: int) -> list[Shown]:
        """Entries of which one who left early may have seen less."""
        return [shown for shown in (self._show(folded, e) for e in _veiled(folded, since)) if shown.event is not None]

    def _show(self, folded: Folded, entry: Entry) -> Shown:
        return show(entry, self._names(folded, entry))

    def _names(self, folded: Folded, entry: Entry) -> Collection[str] | None:
        return folded.context.show(folded.state, entry.line, entry.fields, self.who, entry.line == self.own_line)

    def _see(self, folded: Folded) -> View:
        view: View = msgspec.to_builtins(folded.context.see(folded.state, self.who))
        return view


def own_slots(folded: Folded, line: str, tick: int) -> list[OwnSlot]:
    """Proofs that the entries of `line` are in the tick at seq `tick` (0: in any tick so far)."""
    proofs = []
    for made in folded.lines.ticks:
        if tick in (0, made.seq):
            mine = [number for number, entry in enumerate(made.entries) if entry.line == line]
            proofs += [OwnSlot(seq=made.entries[i].seq, tick=made.seq, proof=tick_tree(made).proof(i)) for i in mine]
    return proofs


def _veiled(folded: Folded, until: int) -> list[Entry]:
    """Main-line entries up to `until` that may show more than they did. Side lines that have become open to all are not
    sent again to everybody: `Disclosed` names them, the bundle holds them.
    """
    return [entry for entry in folded.main[:until] if entry.type in folded.context.veiled]
