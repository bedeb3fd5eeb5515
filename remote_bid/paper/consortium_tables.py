"""Who bids together (联合体), as the opening record puts it."""

from remote_bid.opening.terms import OpeningRecord, RecordLine
from remote_bid.paper.sheet import Column, Table


def bidder(line: RecordLine) -> str:
    """The bidder's name; of a consortium with the others', and marked where somebody bids twice on the lot."""
    others = "、".join(one.name for one in line.consortium[1:])
    together = f"（联合体牵头人 lead; 成员 with {others}）" if others else ""
    return f"{line.name}{together}{' ※' if line.bids_twice else ''}"


def consortia(record: OpeningRecord) -> list[Table]:
    """The parties and what each takes on, where there are consortia; who takes part in two bids on a lot, where
    somebody does.
    """
    rows = [[line.lot, line.name, one.name, one.person, one.work] for line in record.lines for one in line.consortium]
    twice = [[line.lot, line.name, person] for line in record.lines for person in line.bids_twice]
    tables = [_together(rows)] if rows else []
    return [*tables, *([_twice(twice)] if twice else [])]


def _together(rows: list[list[str]]) -> Table:
    columns = [
        Column("标段", "Lot"),
        Column("牵头人", "Lead", 2),
        Column("成员", "Party", 2),
        Column("统一社会信用代码", "Code", 2),
        Column("承担的工作和责任", "Work and duties", 3),
    ]
    return Table("联合体", "Consortia", columns, rows)


def _twice(rows: list[list[str]]) -> Table:
    columns = [Column("标段", "Lot"), Column("投标人", "Bidder", 3), Column("同时参加其他投标的单位", "Bids twice", 3)]
    title = "※ 同一标段中参加两份投标的单位，由评标委员会认定"
    return Table(title, "Taking part in two bids on one lot; for the evaluation committee to judge", columns, rows)
