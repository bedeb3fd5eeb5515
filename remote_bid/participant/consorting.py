"""remote-bid consortium: several bid as one on a lot; the declaration goes from hand to hand as a file, the lead hands
it in.
"""

import hashlib
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from remote_bid.opening.commands import DeclareConsortium
from remote_bid.opening.events import ConsortiumDeclared
from remote_bid.participant.briefcase import Briefcase
from remote_bid.participant.checks import check_receipt
from remote_bid.participant.terminal import HERE, SOON_S, Folder, Lot, NotHere, Seated, Wait, ask, run, tried
from remote_bid.people.certificates import Certified, Signed
from remote_bid.seal.canonical import b64
from remote_bid.seal.statements import BadStatement, said, statement_id
from remote_bid.tender.statements import Consortium, ConsortiumParty
from remote_bid.timeline import durable
from remote_bid.timeline.entry import Shown

consortium = typer.Typer(no_args_is_help=True, help="Several bid as one: declare it before the deadline.")

Declaration = Annotated[Path, typer.Argument(help="the declaration, a file that goes from hand to hand")]
Work = Annotated[str, typer.Argument(help="the work and duties that you take on")]


@consortium.command()
def party(work: Work, target: Annotated[Path, typer.Argument(help="where to write it")], folder: Folder = HERE) -> None:
    """Write down who you are, what you take on, and that this key of yours may act for the bid; for your lead."""

    def written() -> None:
        briefcase = Briefcase(folder)
        with briefcase.identity(ask) as identity:
            own = _party(briefcase.certified(identity), work)
            durable.replace(target, _json(msgspec.structs.replace(own, keys=[identity.signer.keyid])))

    tried(written)


@consortium.command()
def draft(
    lot: Lot,
    work: Work,
    agreement: Annotated[Path, typer.Argument(help="your joint agreement, as it lies in the bid")],
    target: Annotated[Path, typer.Argument(help="where to write the declaration")],
    others: Annotated[list[Path], typer.Argument(help="what each other party has written")],
    folder: Folder = HERE,
    wait: Wait = SOON_S,
) -> None:
    """As the lead: write and sign the declaration; then every other party signs it, in the order given here."""

    async def act(me: Seated) -> None:
        await me.client.until(lambda view: bool(view.tender))
        declared = [event for _, event in me.client.copy.events(ConsortiumDeclared) if event.lot == lot]
        told = Consortium(
            session=me.client.copy.session,
            lot=lot,
            prev=statement_id(declared[-1].signed.statement) if declared else None,
            agreement=b64(hashlib.sha256(agreement.read_bytes()).digest()),
            parties=[_party(me.briefcase.certified(me.identity), work), *map(_read_party, others)],
        )
        durable.replace(target, _json(me.identity.sign(told)))
        print(f"signed; now to be signed by: {', '.join(one.name for one in told.parties[1:])}")

    run(folder, wait, act)


@consortium.command()
def sign(
    declaration: Declaration,
    agreement: Annotated[Path, typer.Argument(help="the joint agreement, as you know it")],
    folder: Folder = HERE,
) -> None:
    """As another party: see what is declared, and sign it if the agreement is the one you know."""

    def signed() -> None:
        paper, told = _read(declaration)
        if told.agreement != b64(hashlib.sha256(agreement.read_bytes()).digest()):
            raise NotHere("the declaration is for another joint agreement")
        for one in told.parties:
            print(f"{one.name} ({one.person}): {one.work}; keys that may act: {len(one.keys)}")
        briefcase = Briefcase(folder)
        with briefcase.identity(ask) as identity:
            to_come = [one.person for one in told.parties[len(paper.certificates) :]]
            if to_come[:1] != [briefcase.person(identity)]:
                raise NotHere("it is not your turn to sign: parties sign in the order in which they are named")
            durable.replace(declaration, _json(identity.countersign(paper)))

    tried(signed)


@consortium.command()
def declare(declaration: Declaration, folder: Folder = HERE, wait: Wait = SOON_S) -> None:
    """As the lead: hand in what all have signed; ends with the server's checked receipt in this folder."""

    async def act(me: Seated) -> None:
        paper, _ = _read(declaration)
        name = statement_id(paper.statement)
        await me.client.until(lambda view: bool(view.timetable))
        await me.client.hand_in(DeclareConsortium(signed=paper))
        await me.client.until(lambda _view: name in _declared(me))
        event, shown = _declared(me)[name]
        receipt = check_receipt(me.briefcase.trust, me.client.copy, event.receipt, name, shown)
        durable.replace(me.briefcase.folder / f"{name}.receipt.json", msgspec.json.encode(event.receipt))
        print(f"declared at {receipt.at}; the receipt is checked and kept as {name}.receipt.json")

    run(folder, wait, act)


def _declared(me: Seated) -> dict[str, tuple[ConsortiumDeclared, Shown]]:
    found = me.client.copy.events(ConsortiumDeclared)
    return {statement_id(event.signed.statement): (event, shown) for shown, event in found}


def _party(certified: Certified, work: str) -> ConsortiumParty:
    return ConsortiumParty(person=certified.person, name=certified.name, work=work, keys=[])


def _read_party(path: Path) -> ConsortiumParty:
    try:
        return msgspec.json.decode(path.read_bytes(), type=ConsortiumParty)
    except msgspec.MsgspecError as error:
        raise NotHere(f"{path} is not what another party has written: {error}") from error


def _read(path: Path) -> tuple[Signed, Consortium]:
    try:
        paper = msgspec.json.decode(path.read_bytes(), type=Signed)
        return paper, said(paper.statement, Consortium)
    except (msgspec.MsgspecError, BadStatement) as error:
        raise NotHere(f"{path} is no declaration of a consortium: {error}") from error


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value))
