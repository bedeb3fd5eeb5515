"""A bidder's commands: seal, submit, drill, deal, release, withdraw."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from remote_bid.opening.commands import SubmitBid, WithdrawBid
from remote_bid.opening.events import BidSubmitted, DealtAgain
from remote_bid.participant import sealed_files
from remote_bid.participant.checks import check_receipt
from remote_bid.participant.receipts import keep_receipt
from remote_bid.participant.recovery_code import printed, typed
from remote_bid.participant.sealed_files import SealedFiles, fresh_upload, place_of
from remote_bid.participant.sealing import Before, Sealer, policy_for
from remote_bid.participant.taking_in import take_in
from remote_bid.participant.terminal import DAY_S, HERE, SOON_S, Folder, Lot, NotHere, Seated, Wait, ask, run
from remote_bid.participant.to_seal import to_seal
from remote_bid.seal.envelope import Secrets
from remote_bid.seal.statements import Statement, said, statement_id
from remote_bid.tender.statements import Deal, Withdraw
from remote_bid.tender.terms import READOUT_FORM, readout_form
from remote_bid.timeline import durable

bidding = typer.Typer(no_args_is_help=True)

Documents = Annotated[
    list[str] | None, typer.Option("--document", help="PART=FILE for each other part that the lot wants")
]


@bidding.command()
def seal(
    lot: Lot,
    form: Annotated[Path, typer.Argument(help="the readout form: JSON with price, currency and the declared fields")],
    document: Documents = None,
    folder: Folder = HERE,
    wait: Wait = SOON_S,
) -> None:
    """Seal a bid, or a new version of it, on this machine. Nothing leaves it; hand it in with: submit."""

    async def act(me: Seated) -> None:
        view = await me.client.until(lambda view: bool(view.tender) and bool(view.timetable))
        readout_form(form.read_bytes(), view.tender.form if view.tender else ())
        files = {READOUT_FORM: form} | dict(_document(item) for item in document or [])
        lots = view.tender.lots if view.tender else []
        wanted = {part.part for each in lots if each.lot == lot for part in each.parts}
        if set(files) != wanted:
            raise NotHere(f"lot {lot} wants these parts: {', '.join(sorted(wanted)) or 'none, there is no such lot'}")
        sealed, halves = await asyncio.to_thread(_sealed, me, lot, files, ask("passphrase of the release files"))
        sealed_files.keep(place_of(folder, lot), sealed)
        print(
            f"sealed as version {sealed.version}, not handed in yet; printed code of the readout form, keep it apart:"
        )
        print(printed(halves.s_b))

    run(folder, wait, act)


@bidding.command("to-seal")
def write_to_seal(
    lot: Lot,
    to: Annotated[Path, typer.Argument(help="the .tender file to write")],
    folder: Folder = HERE,
    wait: Wait = SOON_S,
) -> None:
    """Write down what the offline sealer needs to know of a lot, to be carried to a device without a network."""

    async def act(me: Seated) -> None:
        view = await me.client.until(lambda view: bool(view.tender) and bool(view.timetable))
        lots = [each for each in view.tender.lots if each.lot == lot] if view.tender else []
        if not view.tender or not lots:
            raise NotHere(f"there is no lot {lot}")
        told = to_seal(me.client.copy, view.tender, lots[0], me.person, _before(me, lot))
        durable.replace(to, msgspec.json.encode(told))

    run(folder, wait, act)


@bidding.command()
def submit(
    lot: Lot,
    sealed: Annotated[
        Path | None, typer.Option("--from", help="the folder with bid.json and envelopes of the offline sealer")
    ] = None,
    folder: Folder = HERE,
    wait: Wait = DAY_S,
) -> None:
    """Upload and hand in what was sealed for a lot; ends with the server's checked receipt in this folder."""
    place, elsewhere = place_of(folder, lot), sealed

    async def act(me: Seated) -> None:
        if elsewhere:
            await asyncio.to_thread(take_in, elsewhere, lot, place, me.identity, folder)
        sealed = sealed_files.kept(place)
        if sealed is None:
            raise NotHere(f"nothing is sealed for lot {lot}; begin with: seal")
        await me.client.until(lambda view: bool(view.timetable))
        for part in sealed.parts:
            with _shown(sealed_files.envelope(place, part.upload), "uploading") as source:
                await me.client.upload(part.upload, source)
        await me.client.hand_in(SubmitBid(lot=lot, parts=sealed.parts))
        await _receipted(me, statement_id(sealed.parts[0].submission.statement))

    run(folder, wait, act)


@bidding.command()
def drill(lot: Lot, folder: Folder = HERE, wait: Wait = SOON_S) -> None:
    """See that this device still opens your bid as the server stores it; no key leaves the device."""

    async def act(me: Seated) -> None:
        await me.bidder().drill(await _live(me, lot))
        print("this device opens every part of your bid")

    run(folder, wait, act)


@bidding.command()
def deal(lot: Lot, folder: Folder = HERE, wait: Wait = SOON_S) -> None:
    """Deal your bid's keys anew, where a custodian was struck; envelopes stay as they are."""

    async def act(me: Seated) -> None:
        await me.bidder().deal_again(await _live(me, lot))
        print("dealt to the custodians of now")

    run(folder, wait, act)


@bidding.command()
def release(
    code: Annotated[str, typer.Option(help="the printed code, where the release file of your only bid is lost")] = "",
    folder: Folder = HERE,
    wait: Wait = DAY_S,
) -> None:
    """Release your half of every bid of yours, once you have seen each of them in the close."""

    async def act(me: Seated) -> None:
        view = await me.client.until(lambda view: bool(view.me.bids))
        bids = list(view.me.bids or {})
        if code and len(bids) != 1:
            raise NotHere("a printed code is for one bid; you have several, release them from their files")
        bidder = me.bidder()
        for bid in bids:
            await bidder.release(bid, typed(code) if code else None)
        print(f"released: {len(bids)}")

    run(folder, wait, act)


@bidding.command()
def withdraw(lot: Lot, folder: Folder = HERE, wait: Wait = SOON_S) -> None:
    """Take your bid on a lot back, before the deadline."""

    async def act(me: Seated) -> None:
        submitted = _submitted(me, await _live(me, lot))
        told = Withdraw(
            session=me.client.copy.session,
            bidder=me.person,
            version=submitted.version,
            submissions=[statement_id(part.submission) for part in submitted.parts],
        )
        await me.client.hand_in(WithdrawBid(signed=me.identity.sign(told)))
        print("withdrawn")

    run(folder, wait, act)


def _document(item: str) -> tuple[str, Path]:
    part, mark, path = item.partition("=")
    if not mark:
        raise NotHere(f"--document wants PART=FILE, not {item}")
    return part, Path(path)


def _sealed(me: Seated, lot: str, files: dict[str, Path], passphrase: str) -> tuple[SealedFiles, Secrets]:
    """Every part's envelope on disk; gives what will be handed in, and the readout form's halves."""
    folder, copy = me.briefcase.folder, me.client.copy
    place, sealer = place_of(folder, lot), Sealer(me.identity, me.person, folder, passphrase)
    place.mkdir(parents=True, exist_ok=True)
    before, parts, kept = _before(me, lot), [], None
    for part, path in files.items():
        upload = fresh_upload()
        follows = before.get(part, Before(version=before[""].version))
        policy = policy_for(copy, me.briefcase.trust, lot, part)
        with _shown(path, f"sealing {part}") as source, sealed_files.envelope(place, upload).open("wb") as target:
            offered, halves = sealer.seal(policy, source, path.stat().st_size, target, upload, follows)
            target.flush()
            durable.flush(target.fileno())
        parts.append(offered)
        kept = kept or halves
    if kept is None:
        raise NotHere("there is nothing to seal")
    return SealedFiles(lot=lot, version=before[""].version, parts=parts), kept


def _before(me: Seated, lot: str) -> dict[str, Before]:
    """What a new version follows, by part; under "" the number alone, for parts that follow nothing."""
    copy = me.client.copy
    versions = [event.version for _, event in copy.events(BidSubmitted) if event.lot == lot]
    version = max(versions, default=0) + 1
    found = {"": Before(version=version)}
    live = [bid for bid, own in (copy.view.me.bids or {}).items() if own.lot == lot]
    for part in _submitted(me, live[0]).parts if live else []:
        submission = statement_id(part.submission)
        found[part.part] = Before(version, submission, _last_deal(me, live[0], part.header.core.policy, part.deal))
    return found


def _last_deal(me: Seated, bid: str, policy: str, first: Statement) -> str:
    deals = [first]
    for _, event in me.client.copy.events(DealtAgain):
        deals += [s.statement for s in event.deals if event.bid == bid and said(s.statement, Deal).policy == policy]
    return statement_id(deals[-1])


async def _live(me: Seated, lot: str) -> str:
    """The id of our live bid on a lot."""
    view = await me.client.until(lambda view: True)
    live = [bid for bid, own in (view.me.bids or {}).items() if own.lot == lot]
    if not live:
        raise NotHere(f"you have no bid on lot {lot}")
    return live[0]


def _submitted(me: Seated, bid: str) -> BidSubmitted:
    return next(event for _, event in me.client.copy.events(BidSubmitted) if event.bid == bid)


async def _receipted(me: Seated, bid: str) -> None:
    """Wait for the receipt, check it, keep it."""
    await me.client.until(lambda view: bid in (view.me.bids or {}))
    copy = me.client.copy
    shown, submitted = next(item for item in copy.events(BidSubmitted) if item[1].bid == bid)
    receipt = check_receipt(me.briefcase.trust, copy, submitted.receipt, bid, shown)
    kept = keep_receipt(me.briefcase.folder, bid, submitted.receipt)
    print(f"handed in at {receipt.at}; the receipt is checked and kept as {kept.name}")


@contextmanager
def _shown(path: Path, what: str) -> Iterator[BinaryIO]:
    """The file, opened; how far it is read is shown on a bar."""
    columns = (TextColumn(what), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with (
        Progress(*columns, console=Console(stderr=True), transient=True) as progress,
        progress.open(path, "rb", description=what) as file,
    ):
        yield file
