"""The verifiable draw of experts: pools committed first, then seeds sealed, then all seeds opened by the same keys.

pool leaf = H("sbe/1 pool leaf", salt, JCS(candidate))        salted, so that nobody guesses who stands there
pool root = RFC 9162 root over its leaves
seed      = H("sbe/1 expert draw", pools, seed of the supervisor, of the agency, of the centre)
order     = drawn_order(seed, "experts/" + specialty, size)   tender/sealed_draw.py; an empty envelope gives no bytes
"""

from remote_bid.evaluation.commands import CommitPools, PublishDrawKey, SealSeed
from remote_bid.evaluation.events import (
    DrawKeyPublished,
    DrawOrderFound,
    ExpertDrawOpened,
    PoolsCommitted,
    SeedSealed,
)
from remote_bid.evaluation.rules.guards import ends, require_phase, require_role, require_session
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.rules.voiding import voided
from remote_bid.evaluation.statements import DrawKey, Pools
from remote_bid.evaluation.terms import (
    SEALERS,
    Candidate,
    EvaluationPhase,
    EvaluationRole,
    PoolRoot,
    VoidCause,
)
from remote_bid.people.required import refuse, signed_by_sender
from remote_bid.seal.canonical import NotCanonical, b64, jcs, labelled_hash, unb64, unb64_sized
from remote_bid.seal.statements import statement_id
from remote_bid.seal.xwing import key_id, public_key
from remote_bid.tender.sealed_draw import DrawSeed, drawn_order, is_dealt_to, opened_seed
from remote_bid.tender.statements import DrawEnvelope
from remote_bid.timeline.context import Event, Turn


def pool_leaf(salt: bytes, candidate: Candidate) -> bytes:
    """What stands for a candidate in its pool."""
    return labelled_hash("sbe/1 pool leaf", salt, jcs(candidate))


def pool_of(evaluation: Evaluation, specialty: str) -> PoolRoot | None:
    """The pool of this specialty."""
    pools = evaluation.pools.pools if evaluation.pools else []
    return next((pool for pool in pools if pool.specialty == specialty), None)


def order_of(seed: str, pool: PoolRoot) -> list[int]:
    """In which order a pool's candidates are called."""
    return drawn_order(unb64(seed), f"experts/{pool.specialty}", pool.size)


def commit_pools(evaluation: Evaluation, command: CommitPools, turn: Turn) -> list[Event]:
    require_role(evaluation, turn, EvaluationRole.TRADING_CENTER)
    pools, _ = signed_by_sender(turn, command.signed, Pools)
    require_session(turn, pools.session)
    if evaluation.pools_id == statement_id(command.signed.statement):
        return []
    require_phase(evaluation, EvaluationPhase.SCHEDULED)
    if evaluation.pools is not None:
        refuse("committed_already", "专家名单已经封存。", "The pools are committed already.")
    wanted = {need.specialty: need.count for need in evaluation.ordered.needs}
    given = {pool.specialty: pool for pool in pools.pools}
    if pools.order != evaluation.order_id or given.keys() != wanted.keys() or len(given) != len(pools.pools):
        refuse("bad_pools", "专家名单与评标安排不符。", "The pools are not those that the order asks for.")
    if any(pool.size < wanted[pool.specialty] or not _is_hash(pool.root) for pool in pools.pools):
        refuse("bad_pools", "专家名单人数不足或格式有误。", "A pool is too small, or malformed.")
    return [PoolsCommitted(signed=command.signed, ends_at=ends(turn, evaluation.ordered.timers.seal_ms))]


def _is_hash(text: str) -> bool:
    try:
        return len(unb64_sized(text, 32)) == 32
    except NotCanonical:
        return False


def seal_seed(evaluation: Evaluation, command: SealSeed, turn: Turn) -> list[Event]:
    require_role(evaluation, turn, *SEALERS)
    envelope, _ = signed_by_sender(turn, command.signed, DrawEnvelope)
    require_session(turn, envelope.session)
    sealed = evaluation.seeds.get(turn.by.person)
    if sealed is not None and statement_id(sealed) == statement_id(command.signed.statement):
        return []
    require_phase(evaluation, EvaluationPhase.SCHEDULED)
    if evaluation.pools is None:
        refuse("no_pools", "专家名单封存后才能封存抽取种子。", "Seeds are sealed after the pools are committed.")
    if sealed is not None:
        refuse("sealed_already", "您已封存抽取种子。", "You have sealed your seed already.")
    place = (envelope.person, envelope.lot)
    kids = list(evaluation.custodian_keys.values())
    if place != (turn.by.person, evaluation.ordered.lot) or not is_dealt_to(kids, evaluation.ordered.k, envelope):
        refuse("bad_draw_envelope", "抽取种子不是按本场规则封存的。", "The seed is not sealed for this draw.")
    return [SeedSealed(person=turn.by.person, signed=command.signed)]


def sealers(evaluation: Evaluation) -> list[str]:
    """Whose seeds go into the draw, in their order."""
    return [official.person for role in SEALERS for official in evaluation.officials(role)]


def open_draw(evaluation: Evaluation, turn: Turn) -> list[Event]:
    """All seeds are sealed, or the time for it is over."""
    return [ExpertDrawOpened()]


def publish_key(evaluation: Evaluation, command: PublishDrawKey, turn: Turn) -> list[Event]:
    require_role(evaluation, turn, EvaluationRole.CUSTODIAN)
    told, _ = signed_by_sender(turn, command.signed, DrawKey)
    require_session(turn, told.session)
    if told.kid in evaluation.draw_keys:
        return []
    require_phase(evaluation, EvaluationPhase.DRAW)
    if evaluation.seed:
        refuse("drawn_already", "抽取已经完成。", "The draw is made; no key is needed any more.")
    if told.kid != evaluation.custodian_keys.get(turn.by.person) or told.pools != evaluation.pools_id:
        refuse("not_your_key", "这不是您为本场抽取保管的密钥。", "This is not the key that you hold for this draw.")
    if not _is_seed(told):
        refuse("wrong_key", "公布的密钥与承诺不符。", "The seed is not the one behind your key.")
    return [DrawKeyPublished(person=turn.by.person, signed=command.signed)]


def _is_seed(told: DrawKey) -> bool:
    try:
        return key_id(public_key(unb64_sized(told.seed, 32))) == told.kid
    except (NotCanonical, ValueError):
        return False


def enough_keys(evaluation: Evaluation) -> bool:
    """Whether every seed can be opened."""
    return evaluation.order is not None and len(evaluation.draw_keys) >= evaluation.order.k


def find_order(evaluation: Evaluation, turn: Turn) -> list[Event]:
    """k keys are here: every seed opens at once, and the order of each pool follows."""
    seed, envelopes = expert_seed(evaluation)
    if not seed:
        return voided(evaluation, turn, VoidCause.DRAW_FAILED)
    return [DrawOrderFound(seed=seed, envelopes=envelopes)]


def expert_seed(evaluation: Evaluation) -> tuple[str, list[DrawSeed]]:
    """The draw's seed, empty if no sealed seed opens, and what each envelope gave. Anybody computes the same."""
    keys = {kid: unb64(seed) for kid, seed in list(evaluation.draw_keys.items())[: evaluation.ordered.k]}
    found = [_opened(evaluation, person, keys) for person in sealers(evaluation)]
    envelopes = [envelope for envelope, _ in found]
    if all(envelope.fault for envelope in envelopes):
        return "", envelopes
    parts = [unb64(evaluation.pools_id), *(seed for _, seed in found)]
    return b64(labelled_hash("sbe/1 expert draw", *parts)), envelopes


def _opened(evaluation: Evaluation, person: str, keys: dict[str, bytes]) -> tuple[DrawSeed, bytes]:
    sealed = evaluation.seeds.get(person)
    if sealed is None:
        return DrawSeed(person=person, envelope="", fault="missing"), b""
    return opened_seed(person, sealed, keys)
