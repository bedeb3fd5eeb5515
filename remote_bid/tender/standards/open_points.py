"""What a document of a public standard leaves open: what its agency must look at before a session is scheduled."""

from collections.abc import Iterator

from remote_bid.tender.standards.by_hand import Flaw
from remote_bid.tender.standards.found import Found
from remote_bid.tender.terms import USUAL_FORM


def open_points(found: Found) -> list[Flaw]:
    """By its place in the tender, each as a sentence; a tender written by hand says all of it itself."""
    return list(_points(found))


def _points(found: Found) -> Iterator[Flaw]:
    tender = found.tender
    if tender.trading_center == tender.tenderer:
        yield Flaw(
            "trading_center",
            "文件没有写交易中心，暂填招标人名称，请改正",
            "the document names no trading centre; the tenderer's name stands there until you correct it",
        )
    if tender.tenderer == tender.code:
        yield Flaw(
            "tenderer",
            "文件没有写招标人，暂填项目编号，请改正",
            "the document names no tenderer; the code stands there until you correct it",
        )
    yield Flaw(
        "lots",
        "最高投标限价取自文件中的预算金额，请逐个标段核对",
        "ceiling prices are taken from the values of the document; check every lot",
    )
    if tender.form == list(USUAL_FORM):
        yield Flaw(
            "form",
            "文件不含开标一览表，暂用工期、质量、项目经理三项，请核对",
            "the document has no readout form; duration, quality and project manager stand there, check them",
        )
    if found.bids:
        yield Flaw(
            "bids",
            f"文件中的 {len(found.bids)} 份投标没有采用：投标须由投标人自行密封递交",
            f"the {len(found.bids)} bids of the document are left out: bidders seal and submit their own",
        )
