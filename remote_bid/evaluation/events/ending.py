"""The end: price scores, summary, report; and what may happen at any time: pauses, a lost site, the end of it all."""

from remote_bid.evaluation.price.scores import PriceScores
from remote_bid.evaluation.results import EvaluationReport, Summary
from remote_bid.evaluation.terms import ReportAnswer, VoidCause
from remote_bid.people.certificates import Signed
from remote_bid.tender.terms import SuspensionCause
from remote_bid.timeline.context import Event


class OutliersClosed(Event, frozen=True):
    """Every outlier is answered, but for the `lapsed` ones, whose scores stand; the prices are scored at once."""

    lapsed: list[int]


class PricesScored(Event, frozen=True):
    """What each valid bid's price scores, with every step of the calculation; none if no formula gives one."""

    prices: PriceScores


class SummaryOpened(Event, frozen=True):
    """The scores taken together, for the leader to confirm; `hash` is SHA-256 over its JCS form."""

    summary: Summary
    hash: str
    ends_at: str


class SummaryConfirmed(Event, frozen=True):
    """The leader has confirmed the summary."""

    alias: str
    signed: Signed


class ReportOpened(Event, frozen=True):
    """The evaluation report, for the members to sign; `hash` is SHA-256 over its JCS form."""

    report: EvaluationReport
    hash: str
    ends_at: str


class EvaluationClosed(Event, frozen=True):
    """The evaluation is over; who said nothing to the report counts as agreeing with it."""

    silent: list[str]


class ReportAnswered(Event, frozen=True):
    """What a member said to the report."""

    alias: str
    answer: ReportAnswer
    signed: Signed


class ReportPublished(Event, frozen=True):
    """The report is public, and with it who was on the committee."""

    signed: Signed


class EvaluationSuspended(Event, frozen=True):
    """The clocks stand still since then; the agency's suspension ends by itself at `ends_at`. Unsigned: the server's
    own.
    """

    number: int
    cause: SuspensionCause
    since: str
    ends_at: str | None
    signed: Signed | None


class EvaluationPauseCountersigned(Event, frozen=True):
    """The supervisor has signed the agency's suspension too: it does not end by itself."""

    signed: Signed


class ResumptionAwaited(Event, frozen=True):
    """Agency or supervisor has signed to go on; the other's signature is awaited."""

    signed: Signed


class EvaluationResumed(Event, frozen=True):
    """The clocks run again; the step's time ends at `ends_at`. Unsigned: the agency's time was over."""

    number: int
    ends_at: str | None
    signed: Signed | None


class SiteLost(Event, frozen=True):
    """A site has no network: the committee's clocks wait for it, the others go on working."""

    site: str


class SiteRestored(Event, frozen=True):
    """It has it again; the step's time ends at `ends_at`."""

    site: str
    ends_at: str | None


class EvaluationVoided(Event, frozen=True):
    """The session has come to nothing. Unsigned: by its own rules."""

    cause: VoidCause
    signed: Signed | None
