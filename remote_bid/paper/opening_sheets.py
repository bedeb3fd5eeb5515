"""The opening's papers: record (开标记录表), sign-in sheet (签到表), decryption log (解密记录), objections."""

from datetime import datetime
from zoneinfo import ZoneInfo

from remote_bid.opening.events import (
    BidderCheckedIn,
    KeyPublished,
    KeyReleased,
    MemberCheckedIn,
    OpeningClosed,
    RecordPrepared,
    RecordSigned,
    ReleaseOpened,
    WindowClosed,
)
from remote_bid.opening.statements import Custody
from remote_bid.opening.terms import Member, OpeningRecord, RecordLine, Role
from remote_bid.paper.consortium_tables import bidder, consortia
from remote_bid.paper.deposit_tables import deposits
from remote_bid.paper.heard_tables import confirmations, draws, objections, pauses, unsigned
from remote_bid.paper.hours import local
from remote_bid.paper.money import capitals, figures
from remote_bid.paper.sheet import Column, Fact, Sheet, Table
from remote_bid.paper.told import Told, all_of
from remote_bid.paper.words import ABORTED, CAUSES, OUTCOMES, ROLES
from remote_bid.seal.statements import said, statement_id
from remote_bid.tender.terms import FieldKind, FormField, Lot, ReadoutForm

PAPERS = ("opening-record", "sign-in-sheet", "decryption-log", "objections")
"""What there is of every opening that came to its end."""


class NotOver(ValueError):
    """The session has no record, or is not closed: there is nothing to put on paper."""


def opening_sheets(story: list[Told], zone: ZoneInfo) -> list[Sheet]:
    """All papers of a closed opening, in the time of `zone`."""
    prepared = next((event for _, event in all_of(story, RecordPrepared)), None)
    closed = next((at for at, _ in all_of(story, OpeningClosed)), None)
    if prepared is None or closed is None:
        raise NotOver("the session has no record yet")
    paper = _Paper(story, prepared, closed, zone)
    return [paper.record(), paper.sign_in(), paper.decryption(), paper.objections()]


class _Paper:
    """One closed session, about to be put on paper."""

    def __init__(self, story: list[Told], prepared: RecordPrepared, closed: datetime, zone: ZoneInfo) -> None:
        self._story, self._closed, self._zone = story, closed, zone
        self._record: OpeningRecord = prepared.record
        self._hash = prepared.hash
        self._members: dict[str, Member] = {member.person: member for member in self._record.members}
        self._names = {line.bid: line.name for line in self._record.lines}

    def record(self) -> Sheet:
        """开标记录表: every bid as it was read out, and who signed."""
        tables = [table for lot in self._record.tender.lots for table in self._lot(lot)]
        ends = [[end.lot, ABORTED[end.cause]] for end in self._record.aborted]
        aborted = Table(
            "终止的标段", "Lots that ended without an award", [Column("标段", "Lot"), Column("原因", "Cause", 3)], ends
        )
        heard = [confirmations(self._record), draws(self._record)]
        remarks = [
            f"记录摘要 SHA-256 of the record: {self._hash}",
            "各方签署为电子签名声明，载于本场公开档案，可离线核验。"
            " The signatures are signed statements in the public bundle; anybody can verify them offline.",
        ]
        return self._sheet(
            "opening-record",
            "开标记录表",
            "Opening record",
            [*tables, *consortia(self._record), *heard, aborted, self._signatures(), unsigned(self._story, self._zone)],
            remarks,
        )

    def sign_in(self) -> Sheet:
        """签到表: who was present, since when."""
        rows = [
            (at, [self._person(event.person), ROLES[self._members[event.person].role], local(at, self._zone)])
            for at, event in all_of(self._story, MemberCheckedIn)
        ]
        rows += [
            (at, [event.name, self._bidding(event.person), local(at, self._zone)])
            for at, event in all_of(self._story, BidderCheckedIn)
        ]
        columns = [Column("姓名或单位", "Name", 2), Column("身份", "Role"), Column("签到时间", "Checked in at")]
        table = Table("签到", "Check-ins", columns, [row for _, row in sorted(rows)])
        return self._sheet("sign-in-sheet", "签到表", "Sign-in sheet", [table], [])

    def decryption(self) -> Sheet:
        """解密记录: who released or published which key, when; what became of each bid."""
        columns = [
            Column("时间", "At", 2),
            Column("事项", "Act", 2),
            Column("办理人", "By", 2),
            Column("凭证", "Evidence", 4),
        ]
        acts = sorted([*self._windows(), *self._releases(), *self._publications()])
        outcomes = [
            [line.lot, line.name, OUTCOMES[line.outcome], CAUSES[line.cause] or "—"] for line in self._record.lines
        ]
        heads = [
            Column("标段", "Lot"),
            Column("投标人", "Bidder", 2),
            Column("结果", "Outcome"),
            Column("原因", "Cause", 2),
        ]
        tables = [
            Table("解密过程", "Keys", columns, [row for _, row in acts]),
            Table("解密结果", "Outcomes", heads, outcomes),
            pauses(self._story, self._zone),
        ]
        return self._sheet("decryption-log", "解密记录", "Decryption log", tables, [])

    def objections(self) -> Sheet:
        """异议记录: every objection and what the host answered."""
        return self._sheet("objections", "异议记录", "Objections", [objections(self._record, self._zone)], [])

    def _windows(self) -> list[tuple[datetime, list[str]]]:
        opened = [(at, "开放解密 release opened", "") for at, _ in all_of(self._story, ReleaseOpened)]
        closed = [
            (at, "解密结束 window closed", statement_id(event.window_closed))
            for at, event in all_of(self._story, WindowClosed)
        ]
        return [(at, [local(at, self._zone), what, "平台 platform", proof]) for at, what, proof in [*opened, *closed]]

    def _releases(self) -> list[tuple[datetime, list[str]]]:
        return [
            (at, [local(at, self._zone), "投标人解密 key released", self._names.get(event.bid, "—"), event.bid])
            for at, event in all_of(self._story, KeyReleased)
        ]

    def _publications(self) -> list[tuple[datetime, list[str]]]:
        return [
            (
                at,
                [
                    local(at, self._zone),
                    "保管人公布密钥 custodian's key published",
                    self._person(event.person),
                    said(event.signed.statement, Custody).kid,
                ],
            )
            for at, event in all_of(self._story, KeyPublished)
        ]

    def _lot(self, lot: Lot) -> list[Table]:
        """The bids on a lot; then what came of their deposits, where it asks for them."""
        lines = [line for line in self._record.lines if line.lot == lot.lot]
        return [self._bids(lot, lines), *([deposits(lot, lines, self._zone)] if lot.bid_deposit else [])]

    def _bids(self, lot: Lot, lines: list[RecordLine]) -> Table:
        declared = self._record.tender.form
        columns = [
            Column("序号", "No."),
            Column("投标人", "Bidder", 4),
            Column("投标报价", "Price", 5, figures=True),
            *(Column(field.zh, field.en, 2, figures=field.kind in _FIGURES) for field in declared),
            Column("结果", "Outcome", 4),
        ]
        rows = [[str(number), *_cells(line, declared)] for number, line in enumerate(lines, 1)]
        ceiling, currency = lot.ceiling_price, lot.currency
        limit = f"最高投标限价 ceiling price {figures(ceiling, currency)} {capitals(ceiling, currency)}"
        return Table(f"标段 {lot.lot}　{lot.title}", limit, columns, rows)

    def _signatures(self) -> Table:
        columns = [
            Column("签署人", "Signed by", 2),
            Column("身份", "Role"),
            Column("时间", "At", 2),
            Column("声明", "Statement", 4),
        ]
        rows = [
            [
                event.name,
                ROLES[self._members[event.person].role if event.person in self._members else Role.BIDDER],
                local(at, self._zone),
                statement_id(event.signed.statement),
            ]
            for at, event in all_of(self._story, RecordSigned)
        ]
        return Table("签署", "Signatures", columns, rows)

    def _sheet(self, name: str, zh: str, en: str, tables: list[Table], remarks: list[str]) -> Sheet:
        tender = self._record.tender
        facts = [
            Fact("项目名称", "Tender", tender.title),
            Fact("项目编号", "Code", tender.code),
            Fact("招标人", "Tenderer", tender.tenderer),
            Fact("交易中心", "Trading centre", tender.trading_center),
            Fact("投标截止时间", "Submission deadline", local(self._record.deadline, self._zone)),
            Fact("解密截止时间", "Release window closed", local(self._record.window_closed_at, self._zone)),
            Fact("场次", "Session", self._record.session),
            Fact("结束时间", "Closed at", local(self._closed, self._zone)),
        ]
        return Sheet(name, zh, en, facts, tables, remarks, int(self._closed.timestamp()))

    def _bidding(self, person: str) -> str:
        """As what a bidder is here: alone, or as a party of whose consortium."""
        leads = [line.name for line in self._record.lines if person in {one.person for one in line.consortium[1:]}]
        return "；".join(
            [ROLES[Role.BIDDER], *(f"联合体成员 consortium led by {lead}" for lead in dict.fromkeys(leads))]
        )

    def _person(self, person: str) -> str:
        member = self._members.get(person)
        return member.name if member else person


_FIGURES = (FieldKind.AMOUNT, FieldKind.DAYS)


def _cells(line: RecordLine, declared: list[FormField]) -> list[str]:
    outcome = f"{OUTCOMES[line.outcome]} {CAUSES[line.cause]}".strip()
    form = line.form
    if form is None:
        return [bidder(line), "—", *("—" for _ in declared), outcome]
    price = f"{figures(form.price, form.currency)} {capitals(form.price, form.currency)}".strip()
    return [bidder(line), price, *(_value(form, field) for field in declared), outcome]


def _value(form: ReadoutForm, field: FormField) -> str:
    """What a bid says in a declared field; one that is not required may be left out."""
    value = form.fields.get(field.field)
    match value:
        case None:
            return "—"
        case bool():
            return "是 yes" if value else "否 no"
        case str() if field.kind is FieldKind.AMOUNT:
            return figures(value, form.currency)
        case _:
            return str(value)
