"""What the demonstration's bidders hand in beside their forms, and what its agency makes of it."""

import io
from pathlib import Path

import pytest
from msgspec.structs import replace
from pyhanko.pdf_utils.reader import PdfFileReader

from remote_bid.demo.cast import Cast, assemble, fast
from remote_bid.demo.committee import TABLE, order_for
from remote_bid.demo.documents import CHAPTERS, documents_of, volume
from remote_bid.demo.programme import own_programme
from remote_bid.evaluation.terms import Document, OpenedBid, OpeningHead
from remote_bid.handover import HandedOver
from remote_bid.seal.canonical import b64


@pytest.fixture
def cast(tmp_path: Path) -> Cast:
    return assemble(tmp_path, own_programme(3, seed=7), fast(3), playable=True)


@pytest.mark.parametrize(("each", "ballast"), [(1, b""), (5, b""), (50, bytes(1000))])
def test_a_volume_is_a_whole_pdf_file_with_pages_and_bookmarks(each: int, ballast: bytes) -> None:
    reader = PdfFileReader(io.BytesIO(volume(CHAPTERS, each, ballast)), strict=True)
    assert reader.total_revisions == 1
    assert reader.root["/Pages"]["/Count"] == each * len(CHAPTERS)
    assert reader.root["/Outlines"]["/Count"] == len(CHAPTERS)
    nodes = [node.get_object() for node in reader.root["/Pages"]["/Kids"]]
    pages = [page.get_object()["/Type"] for node in nodes for page in node["/Kids"]]
    assert pages == ["/Page"] * each * len(CHAPTERS)
    assert len(reader.root["/Outlines"]["/First"]["/Title"]) > len(CHAPTERS[0])


def test_no_volume_names_its_bidder(cast: Cast) -> None:
    for contender in cast.contenders:
        for raw in documents_of(cast, contender.person, "1").values():
            assert contender.person.encode() not in raw
            assert contender.name.encode("utf-16-be").hex().encode() not in raw


def test_a_file_laid_into_a_bidders_folder_is_handed_in_instead(cast: Cast) -> None:
    person = cast.contenders[0].person
    (cast.home(person) / "technical.pdf").write_bytes(b"%PDF-own")
    handed = documents_of(cast, person, "1")
    assert (sorted(handed), handed["technical"]) == (["business", "technical"], b"%PDF-own")


def test_the_order_has_a_volume_for_every_part_that_was_opened(cast: Cast) -> None:
    lot, contender = cast.tender.lots[0], cast.contenders[0]
    document = Document(volume="drawings", hash=b64(bytes(32)), size=1)
    bid = OpenedBid(bid="b", bidder="x", name="x", form=contender.forms["1"], documents=[document])
    handed = HandedOver(opening=OpeningHead(session="KB-1", seq=1, leaf=""), bids=[bid], drawn=[])
    volumes = order_for(cast.tender, lot, handed).table.volumes
    assert [one.volume for one in volumes] == [*(one.volume for one in TABLE.volumes), "drawings"]
    without = order_for(cast.tender, lot, replace(handed, bids=[replace(bid, documents=[])]))
    assert without.table == TABLE
