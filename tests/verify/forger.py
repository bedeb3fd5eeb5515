"""An attacker's workshop: takes a bundle apart, changes what it likes, and makes every field's hash, leaf, tick, root,
checkpoint, statement, record and the manifest fit again, as far as its stolen keys reach.

Nothing here asks the verifier. Untouched and put together again, a bundle is the same to the byte.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

import msgspec

from remote_bid.opening.rules import Opening, evolve
from remote_bid.opening.rules.closing import lot_sets
from remote_bid.opening.rules.drawing import coefficient_of, drawn_value, lot_draw
from remote_bid.opening.rules.record import line_hash, opening_record, readout_line, record_hash
from remote_bid.opening.rules.releasing import lot_window
from remote_bid.seal.canonical import b64, jcs, parse_jcs, unb64
from remote_bid.seal.signing import KeySigner
from remote_bid.seal.statements import Statement, said, state, statement_id
from remote_bid.seal.tree import inclusion_path, root_of
from remote_bid.timeline import instant
from remote_bid.timeline.chain import genesis, leaf_of
from remote_bid.timeline.entry import MAIN, Fields, Proof, Shown, shown_root
from remote_bid.timeline.note import Checkpoint, cosign, cosigned_at, parse, platform_leaf, sign
from remote_bid.timeline.sideline import DisclosedTick, TickTree
from remote_bid.verify import container
from remote_bid.verify.manifest import LINES, MANIFEST, RECORD, TIMELINE, Manifest, crl_name, envelope_name, hashes
from tests.verify.keys import Keys
from tests.verify.pieces import Loose, Payload, happened, loose, made_up, signed_by


class Day:
    """A bundle in pieces."""

    def __init__(self, bundle: bytes, keys: Keys) -> None:
        self.keys = keys
        self.members, _ = container.read(io.BytesIO(bundle))
        listed = said(msgspec.convert(parse_jcs(self.members[MANIFEST]), type=Statement), Manifest)
        self.session, self.audience, self.vouched_by = listed.session, listed.audience, listed.vouched_by
        self.trust = listed.vouched_by
        """Who vouches for what is made here."""
        self.origin = listed.vouched_by.log.name
        """Whose the checkpoints say to be."""
        self.lies: dict[str, Callable[[Payload], Payload]] = {}
        """By statement kind: what the payload says after everything in it was made to fit."""
        self.renamed: dict[str, str] = {}
        """Strings that read otherwise wherever they stand alone."""
        self.main = [loose(shown) for shown in self._parsed(TIMELINE)]
        self._put_sides_into_ticks()
        self._tie_checkpoints()

    # ── Taking apart ─────────────────────────────────────────────────────────────────────────────────────

    def _parsed(self, name: str) -> list[Shown]:
        return msgspec.convert(parse_jcs(self.members[name]), type=list[Shown])

    def _put_sides_into_ticks(self) -> None:
        sides = {(shown.line, shown.seq): loose(shown) for shown in self._parsed(LINES)}
        for told in self.one("Disclosed").fields["ticks"]:
            self.main[told["tick"] - 1].held = [sides[entry["line"], entry["seq"]] for entry in told["entries"]]

    def _tie_checkpoints(self) -> None:
        keys = self.vouched_by.cosigner_keys()
        for entry in self.all("CheckpointCosigned"):
            entry.covered = self.main[entry.fields["covers"] - 1]
            times = {key.name: cosigned_at(entry.fields["note"], key) for key in keys}
            entry.times = {name: time for name, time in times.items() if time is not None}

    # ── Looking and changing ─────────────────────────────────────────────────────────────────────────────

    def entries(self) -> Iterator[Loose]:
        """All entries in the order of the day, side lines before the tick that holds them."""
        for entry in self.main:
            yield from entry.held
            yield entry

    def all(self, kind: str) -> list[Loose]:
        return [entry for entry in self.entries() if entry.type == kind]

    def one(self, kind: str) -> Loose:
        return self.all(kind)[0]

    def of(self, kind: str, **fields: Any) -> Loose:
        """The entry of a kind with these fields."""
        return next(e for e in self.all(kind) if all(e.fields[name] == value for name, value in fields.items()))

    def line_of(self, person: str) -> list[Loose]:
        """A bidder's side line."""
        line = self.of("BidSubmitted", bidder=person).line
        return [entry for entry in self.entries() if entry.line == line]

    def tick_of(self, side: Loose) -> Loose:
        return next(tick for tick in self.main if side in tick.held)

    def checkpoint_of(self, entry: Loose) -> Loose:
        return next(other for other in self.main if other.covered is entry)

    def drop(self, *entries: Loose) -> None:
        """Take entries out, with the checkpoints that cover them."""
        for entry in entries:
            for place in [self.main, *(tick.held for tick in self.main)]:
                place[:] = [other for other in place if other is not entry and other.covered is not entry]

    def lines_of(self, bid: str) -> list[Loose]:
        """What a bidder said to its line."""
        return [e for kind in ("LineConfirmed", "LineDisputed") for e in self.all(kind) if e.fields["bid"] == bid]

    def put_after(self, entry: Loose, *more: Loose) -> None:
        at = self.main.index(entry) + 1
        self.main[at:at] = more

    def put_before(self, entry: Loose, *more: Loose) -> None:
        at = self.main.index(entry)
        self.main[at:at] = more

    def move(self, side: Loose, tick: Loose) -> None:
        """A side-line entry into another tick."""
        self.tick_of(side).held.remove(side)
        tick.held.append(side)

    def cover(self, entry: Loose) -> Loose:
        """A checkpoint for a new entry, cosigned at the entry's own time."""
        like = self.all("CheckpointCosigned")[-1]
        seconds = int(instant.when(entry.fields["at"]).timestamp())
        fields = like.fields | {"at": entry.fields["at"]}
        return Loose(MAIN, fields, dict(like.salts), covered=entry, times=dict.fromkeys(like.times, seconds))

    # ── Putting together ─────────────────────────────────────────────────────────────────────────────────

    def bundle(self) -> bytes:
        """Everything made to fit, listed in a manifest that the log's key signs."""
        walk = _Walk(self)
        walk.through()
        members = {walk.renamed_member(name): raw for name, raw in self.members.items()}
        members[TIMELINE] = self.shown(self.main)
        members[LINES] = self.lines()
        prepared = self.all("RecordPrepared")
        if prepared:
            members[RECORD] = jcs(prepared[-1].fields["record"])
        return self.listed(members)

    def lines(self) -> bytes:
        """All side lines as a member."""
        return self.shown([side for tick in self.main for side in tick.held if not side.lost])

    @staticmethod
    def shown(entries: Sequence[Loose]) -> bytes:
        """Entries as a member."""
        return jcs([entry.shown() for entry in entries])

    def listed(self, members: dict[str, bytes]) -> bytes:
        """Members in their container, with a manifest of their own."""
        members = {name: raw for name, raw in members.items() if name != MANIFEST}
        manifest = Manifest(
            session=self.session, audience=self.audience, vouched_by=self.trust, members=hashes(members)
        )
        return container.write(members | {MANIFEST: jcs(state(manifest, KeySigner(self.keys.log)))})

    def restated(self, statement: Payload, payload: Payload) -> Payload:
        """The statement with another payload, signed anew; the old one where a signer's key is missing."""
        signers = [self.keys.signer(self.keyid_now(old["keyid"])) for old in statement["signatures"]]
        signing = [signer for signer in signers if signer is not None]
        if len(signing) < len(signers):
            return statement
        return signed_by(statement["payloadType"], payload, *signing)

    def keyid_now(self, keyid: str) -> str:
        """Under which id the owner of a key signs now."""
        return keyid

    def resealed(self, fields: Fields, renamed: dict[str, str]) -> Fields:
        """A submission before its statements are made to fit: a chance to seal its envelope anew."""
        return fields


def end_at_close(day: Day) -> Loose:
    """The only lot has too few bids: they stay sealed, and are told of by type and lot. Returns the close."""
    closed, disclosed = day.one("BidsClosed"), day.one("Disclosed")
    seen = day.checkpoint_of(closed)
    del day.main[day.main.index(seen) + 1 :]
    disclosed.fields |= {"at": seen.fields["at"], "by": seen.fields["by"]}
    lot = made_up(seen, "LotAborted", lot="1", cause="too_few_bids")
    end = made_up(seen, "OpeningAborted", cause="too_few_bids")
    day.main += [lot, disclosed, end, day.cover(end)]
    for side in (side for tick in day.main for side in tick.held):
        side.withhold(but=("type", "lot"))
    kept = (TIMELINE, LINES, *(crl_name(noted.fields["crl"]["hash"]) for noted in day.all("CrlNotedDown")))
    day.members = {name: raw for name, raw in day.members.items() if name in kept}
    return closed


class _Walk:
    """Goes through a day once, in its order, and makes each entry follow from those before it."""

    def __init__(self, day: Day) -> None:
        self._day = day
        self._state = Opening(session=day.session)
        self._heads: dict[str, list[bytes]] = {}
        self._platform: list[bytes] = []
        self._renamed = dict(day.renamed)
        self._restated: dict[bytes, Payload] = {}
        self._last_tick = 0

    def through(self) -> None:
        for seq, entry in enumerate(self._day.main, start=1):
            for side in entry.held:
                self._made(side)
            entry.seq = seq
            self._made(entry)

    def renamed_member(self, name: str) -> str:
        members = {envelope_name(old): envelope_name(now) for old, now in self._renamed.items()}
        return members.get(name, name)

    def _made(self, entry: Loose) -> None:
        self._entry = entry
        self._heads.setdefault(entry.line, [genesis(self._day.session, entry.line)])
        if entry.type == "BidSubmitted":
            entry.fields = self._day.resealed(entry.fields, self._renamed)
        entry.fields = self._strings(self._statements(entry.fields))
        fitting = {
            "Ticked": self._ticked,
            "CheckpointCosigned": self._checkpoint,
            "Disclosed": self._disclosed,
            "RecordPrepared": self._record,
            "CoefficientDrawn": self._drawn,
        }.get(entry.type)
        if fitting:
            entry.fields |= fitting(entry)
        entry.fields |= entry.pinned
        self._link(entry)

    def _link(self, entry: Loose) -> None:
        leaves = self._heads[entry.line]
        if entry.forks:
            leaves = leaves[:-1]
        entry.seq, entry.prev = len(leaves), leaves[-1]
        root = shown_root(entry.fields, Proof(salts=entry.salts, hidden=entry.hidden))
        entry.leaf = leaf_of(entry.prev, entry.seq, root)
        if not entry.forks:
            leaves.append(entry.leaf)
        if entry.type == "Ticked":
            self._last_tick = entry.seq
        if not entry.denied:
            with suppress(Exception):  # what the rules cannot fold is a lie of its own
                self._state = evolve(self._state, happened(entry))

    # ── What follows from other entries ──────────────────────────────────────────────────────────────────

    def _ticked(self, tick: Loose) -> Fields:
        leaves = [side.leaf for side in tick.held if not side.lost] + tick.smuggled
        return {"root": _tick_root(tick.fields["seed"], tick.fields["slots"], *leaves)}

    def _disclosed(self, entry: Loose) -> Fields:
        before = self._day.main[: entry.seq]
        ticks = [tick for tick in before if tick.type == "Ticked" and not tick.lost]
        told = [
            DisclosedTick(
                tick=tick.seq,
                seed=tick.fields["seed"],
                entries=[side.disclosed() for side in tick.held if not side.lost],
            )
            for tick in ticks
        ]
        return {"ticks": msgspec.to_builtins(told)}

    def _checkpoint(self, entry: Loose) -> Fields:
        """The session's head as the platform log's newest leaf, under a note that log and cosigners sign again."""
        covered = entry.covered
        assert covered is not None
        head = b64(covered.leaf)
        self._platform.append(platform_leaf(self._day.session, covered.seq, head))
        index, size = len(self._platform) - 1, len(self._platform)
        checkpoint = Checkpoint(origin=self._day.origin, size=size, root=root_of(self._platform))
        note = sign(checkpoint, self._day.vouched_by.log.name, self._day.keys.log)
        path = [b64(node) for node in inclusion_path(self._platform, index)]
        told = {"covers": covered.seq, "head": head, "note": note + self._cosignatures(entry, note)}
        return told | {"index": index, "path": path}

    def _cosignatures(self, entry: Loose, note: str) -> str:
        """Made anew with the cosigners' keys; without them, the old ones are all there is."""
        body, keys = parse(note)[1], self._day.keys.cosigners
        if not keys:
            return "".join(f"{line}\n" for line in parse(entry.fields["note"])[2][1:])
        return "".join(cosign(body, name, keys[name], time) for name, time in entry.times.items())

    def _drawn(self, entry: Loose) -> Fields:
        with suppress(ValueError, KeyError):
            found = lot_draw(self._state, entry.fields["lot"])
            coefficient = coefficient_of(self._state, entry.fields["lot"], entry.fields["coefficient"])
            if found.seed and coefficient is not None:
                told = {"seed": found.seed, "bids": found.bids, "envelopes": msgspec.to_builtins(found.envelopes)}
                return told | {"value": drawn_value(found.seed, coefficient)}
        return {}

    def _record(self, entry: Loose) -> Fields:
        with suppress(ValueError):
            record = opening_record(self._state)
            self._renamed[entry.fields["hash"]] = record_hash(record)
            return {"record": msgspec.to_builtins(record), "hash": record_hash(record)}
        return {}

    # ── Statements ───────────────────────────────────────────────────────────────────────────────────────

    def _statements(self, value: Any) -> Any:
        """The same with every statement in it made to fit."""
        if isinstance(value, list):
            return [self._statements(item) for item in value]
        if not isinstance(value, dict):
            return value
        if set(value) == {"payloadType", "payload", "signatures"}:
            return self._statement(value)
        return {name: self._statements(value[name]) for name in sorted(value, key=lambda name: name == "receipt")}

    def _statement(self, statement: Payload) -> Payload:
        known = self._restated.get(jcs(statement))
        if known is not None:
            return known
        kind = statement["payloadType"].removeprefix("application/vnd.sbid.").removesuffix("+json")
        payload = parse_jcs(unb64(statement["payload"]))
        fitting = self._strings(self._statements(payload)) | self._fitting(kind)
        lie = self._day.lies.get(kind)
        told = lie(fitting) if lie else fitting
        now = statement
        if told != payload or any(self._day.keyid_now(s["keyid"]) != s["keyid"] for s in statement["signatures"]):
            now = self._day.restated(statement, told)
        self._restated[jcs(statement)] = self._restated[jcs(now)] = now
        self._renamed[_id(statement)] = _id(now)
        return now

    def _fitting(self, kind: str) -> Payload:
        match kind:
            case "schedule":
                return {name: self._entry.fields[name] for name in ("tender", "members")}
            case "timetable":
                return {"policies": sorted(self._state.policies)}
            case "close":
                return {"tick": self._last_tick, "lots": msgspec.to_builtins(lot_sets(self._state))}
            case "window_closed":
                lots = [lot_window(self._state, lot) for lot in self._state.running_lots()]
                return {"lots": msgspec.to_builtins(lots)}
            case "release" | "confirmation":
                return self._fitting_bid(kind)
            case "record_signature":
                return {"record": self._state.record_hash}
            case "receipt":
                return {"line": self._entry.line, "seq": len(self._heads[self._entry.line])}
            case _:
                return {}

    def _fitting_bid(self, kind: str) -> Payload:
        """The half that is released as the header commits to it now; the line as it was read out."""
        name = str(self._strings(self._entry.fields.get("submission", self._entry.fields["bid"])))
        bid = self._state.bid_with(name)
        if bid is None or self._entry.type == "WrongKeyTried":
            return {}
        if kind == "release":
            return {"c": bid.part_of(name).header.B}
        return {"line": line_hash(readout_line(self._state, bid))} if bid.settlement else {}

    def _strings(self, value: Any) -> Any:
        """The same with every id that has changed as it is now."""
        match value:
            case str():
                return self._renamed.get(value, value)
            case list():
                return [self._strings(item) for item in value]
            case dict():
                return {name: self._strings(item) for name, item in value.items()}
            case _:
                return value


@cache
def _tick_root(seed: str, slots: int, *leaves: bytes) -> str:
    return b64(TickTree(unb64(seed), slots, leaves).root)


def _id(statement: Payload) -> str:
    return statement_id(msgspec.convert(statement, type=Statement))
