"""The platform's seal on a document: a PAdES signature that any PDF reader checks.

The seal says that the document left this platform unchanged. What people signed are statements; the document lists
them, and the bundle proves them.
"""

import io

from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import SigSeedSubFilter

from remote_bid.paper.seal_key import SealKey

_METADATA = PdfSignatureMetadata(
    field_name="Seal", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, reason="平台封存 Sealed by the platform"
)

_INSIDE = b"within this process"


def sealed(pdf: bytes, key: SealKey) -> bytes:
    """The document with the seal. Takes a moment and runs an event loop of its own: call it in a thread."""
    out = io.BytesIO()
    PdfSigner(_METADATA, _signer(key)).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out)
    return out.getvalue()


def _signer(key: SealKey) -> SimpleSigner:
    chest = pkcs12.serialize_key_and_certificates(
        None, key.key, key.certificate, None, BestAvailableEncryption(_INSIDE)
    )
    signer: SimpleSigner = SimpleSigner.load_pkcs12_data(chest, other_certs=[], passphrase=_INSIDE)
    return signer
