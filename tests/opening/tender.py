"""What the session of these tests is about, and when."""

from datetime import datetime

from remote_bid.tender.statements import Cadence, Windows
from remote_bid.tender.terms import Lot, Tender
from remote_bid.timeline import instant

SESSION = "opening-2026-0042"
LOT = "lot-1"
TENDER = Tender(
    code="SZ-2026-0042",
    title="滨江路改造工程施工",
    trading_center="示例公共资源交易中心",
    tenderer="示例市政建设中心",
    lots=[Lot(lot=LOT, title="施工一标段", ceiling_price="10000000.00")],
)

T0 = instant.when("2026-12-01T02:00:00.000Z")
"""The submission deadline."""
WINDOWS = Windows(release_ms=1_800_000, custody_ms=1_800_000, record_ms=600_000)
TICKS = Cadence(every_ms=600_000, slots=256)
LOBBY_TICKS = Cadence(every_ms=60_000, slots=256)


def after_t0(seconds: float) -> datetime:
    """An instant counted from the deadline; before it if negative."""
    return instant.later(T0, round(seconds * 1000))
