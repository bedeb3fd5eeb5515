"""The keys to which ballots are sealed: in memory only, so that nothing kept ever links a voter to a choice."""

import secrets
from typing import Protocol

import msgspec

from remote_bid.evaluation.rules.electing import ballot_info
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.terms import BallotLine
from remote_bid.seal.canonical import NotCanonical, b64, parse_jcs, unb64
from remote_bid.seal.xwing import SEED_SIZE, CannotOpen, open_with, public_key


class _Folded(Protocol):
    @property
    def state(self) -> object: ...


class _Moved(Protocol):
    """A session after a commit."""

    @property
    def after(self) -> _Folded: ...


class Ballots:
    """The open elections of this process. A restart loses their keys: such a round is held again."""

    def __init__(self) -> None:
        self._seeds: dict[str, dict[str, bytes]] = {}

    def fresh(self, session: str) -> str:
        """The public half of a key for the next round."""
        seed = secrets.token_bytes(SEED_SIZE)
        public = b64(public_key(seed))
        self._seeds.setdefault(session, {})[public] = seed
        return public

    def opened(self, evaluation: Evaluation) -> dict[str, BallotLine | None] | None:
        """Every ballot of the open round, by alias, None for one that cannot be read; None if the key is lost."""
        election = evaluation.election
        seed = self._seeds.get(evaluation.session, {}).get(election.key) if election else None
        if election is None or seed is None:
            return None
        infos = {alias: ballot_info(evaluation.session, election.round, alias) for alias in election.cast}
        return {alias: _read(seed, sealed, infos[alias]) for alias, sealed in election.cast.items()}

    def forget(self, moved: _Moved) -> None:
        """After each commit: only the key of the round that is open is worth keeping."""
        state = moved.after.state
        if isinstance(state, Evaluation):
            kept = state.election.key if state.election else ""
            held = self._seeds.get(state.session, {})
            self._seeds[state.session] = {public: seed for public, seed in held.items() if public == kept}


def _read(seed: bytes, sealed: str, info: bytes) -> BallotLine | None:
    try:
        return msgspec.convert(parse_jcs(open_with(seed, unb64(sealed), info)), type=BallotLine)
    except (CannotOpen, NotCanonical, msgspec.ValidationError):
        return None
