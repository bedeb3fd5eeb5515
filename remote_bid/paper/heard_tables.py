"""What was said and drawn, as tables: objections and answers, confirmations, coefficients, refusals to sign."""

from zoneinfo import ZoneInfo

from remote_bid.opening.events import OpeningResumed, OpeningSuspended, RecordRefused, WindowExtended
from remote_bid.opening.statements import Extension
from remote_bid.opening.terms import OpeningRecord
from remote_bid.paper.hours import local
from remote_bid.paper.sheet import Column, Table
from remote_bid.paper.told import Told, all_of
from remote_bid.paper.words import ANSWERS, EXTENDED, STOPPED
from remote_bid.seal.statements import said


def objections(record: OpeningRecord, zone: ZoneInfo) -> Table:
    """Every objection in the order of its number, with the host's answer or without."""
    columns = [
        Column("编号", "No."),
        Column("提出人", "By", 3),
        Column("时间", "At", 3),
        Column("异议", "Objection", 6),
        Column("答复", "Answer", 6),
        Column("答复时间", "Answered at", 3),
    ]
    rows = [
        [
            str(line.number),
            line.name,
            local(line.at, zone),
            line.text,
            line.answer or "未答复 not answered",
            local(line.answered_at, zone),
        ]
        for line in record.objections
    ]
    return Table("异议与答复", "Objections and answers", columns, rows)


def confirmations(record: OpeningRecord) -> Table:
    """What each bidder said to its own line as it was read out; silence is recorded as silence."""
    columns = [Column("标段", "Lot"), Column("投标人", "Bidder", 4), Column("对唱标内容", "To its line", 3)]
    return Table(
        "唱标确认",
        "Confirmations",
        columns,
        [[line.lot, line.name, ANSWERS[line.answer]] for line in record.lines],
    )


def draws(record: OpeningRecord) -> Table:
    """What was drawn for each lot, and whose sealed seeds were empty."""
    columns = [
        Column("标段", "Lot"),
        Column("系数", "Coefficient", 3),
        Column("抽取结果", "Value", 2),
        Column("方式", "How", 4),
        Column("空种子", "Empty seeds", 3),
    ]
    rows = [
        [
            line.lot,
            line.coefficient,
            line.value,
            "人工摇号 lottery" if line.lottery else "由封存种子计算 computed from sealed seeds",
            "、".join(line.empty) or "—",
        ]
        for line in record.draws
    ]
    return Table("系数抽取", "Coefficient draw", columns, rows, empty="本项目不抽取系数 No coefficient is drawn")


def unsigned(story: list[Told], zone: ZoneInfo) -> Table:
    """Who refused to sign the record, and why."""
    columns = [Column("姓名或单位", "Name", 2), Column("时间", "At", 2), Column("理由", "Reason", 5)]
    rows = [[event.name, local(at, zone), event.reason] for at, event in all_of(story, RecordRefused)]
    return Table("拒签", "Refused to sign", columns, rows)


def pauses(story: list[Told], zone: ZoneInfo) -> Table:
    """When the clocks stood still and why, and how far the bidders' window was extended."""
    stopped = [
        (at, [local(at, zone), f"中止 suspended（{STOPPED[event.cause]}）", local(event.since, zone)])
        for at, event in all_of(story, OpeningSuspended)
    ]
    resumed = [
        (at, [local(at, zone), "恢复 resumed", local(event.ends_at, zone)])
        for at, event in all_of(story, OpeningResumed)
    ]
    extended = [
        (
            at,
            [
                local(at, zone),
                f"延长解密时限 extended（{EXTENDED[said(event.signed.statement, Extension).cause]}）",
                local(event.ends_at, zone),
            ],
        )
        for at, event in all_of(story, WindowExtended)
    ]
    columns = [Column("时间", "At", 2), Column("事项", "What", 3), Column("起算或截止", "Since or until", 2)]
    rows = [row for _, row in sorted([*stopped, *resumed, *extended])]
    return Table("中止与延长", "Suspensions and extensions", columns, rows)
