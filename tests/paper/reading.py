"""PDFs read by poppler, which knows nothing of this project."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path


def text_of(pdf: bytes) -> str:
    """The words of all pages, as they stand in the layout."""
    return _said([_program("pdftotext"), "-layout", "-", "-"], pdf)


def signatures_of(pdf: bytes, folder: Path) -> list[str]:
    """What poppler says of each signature."""
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        return re.findall(r"Signature Validation: (.+)", _said([_program("pdfsig"), file.name]))


def _said(command: list[str], given: bytes = b"") -> str:
    done = subprocess.run(command, input=given, capture_output=True, check=False)  # noqa: S603 - our own words
    return done.stdout.decode()


def _program(name: str) -> str:
    found = shutil.which(name)
    assert found, f"{name} is missing: ./dev doctor says how to install it"
    return found
