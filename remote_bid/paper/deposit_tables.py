"""What came of the bid deposits (投标保证金), as a table of the opening record."""

from zoneinfo import ZoneInfo

from remote_bid.opening.terms import Deposit, DepositStatus, RecordLine
from remote_bid.paper.hours import local
from remote_bid.paper.money import figures
from remote_bid.paper.sheet import Column, Table
from remote_bid.paper.words import DEPOSIT_FORMS, DEPOSITS
from remote_bid.tender.terms import Lot


def deposits(lot: Lot, lines: list[RecordLine], zone: ZoneInfo) -> Table:
    """One row for each bid on a lot that asks for a deposit."""
    columns = [
        Column("投标人", "Bidder", 4),
        Column("保证金", "Deposit", 2),
        Column("形式", "Form", 2),
        Column("金额", "Amount", 2, figures=True),
        Column("到账时间", "Received at", 3),
    ]
    asked = f"应交保证金 deposit asked for {figures(lot.bid_deposit or '', lot.currency)}"
    rows = [[line.name, *_cells(line.deposit, lot.currency, zone)] for line in lines]
    return Table(f"标段 {lot.lot}　投标保证金", asked, columns, rows)


def _cells(deposit: Deposit | None, currency: str, zone: ZoneInfo) -> list[str]:
    """A dash for whatever was not told."""
    if deposit is None:
        return [DEPOSITS[DepositStatus.NOT_STATED], "—", "—", "—"]
    return [
        DEPOSITS[deposit.status],
        DEPOSIT_FORMS[deposit.form] if deposit.form else "—",
        figures(deposit.amount, currency) if deposit.amount else "—",
        local(deposit.received_at, zone) if deposit.received_at else "—",
    ]
