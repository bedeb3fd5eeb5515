"""Certificates of the centre's own authority: any name that people have fits."""

import pytest
from cryptography.x509.oid import NameOID

from remote_bid.people.issuing import Issuer
from tests.timeline.hours import NOON


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Ann", NameOID.COMMON_NAME),
        ("青溪县公共资源交易中心", NameOID.COMMON_NAME),
        ("ТОВАРИСТВО З ОБМЕЖЕНОЮ ВІДПОВІДАЛЬНІСТЮ", NameOID.ORGANIZATION_NAME),
        ("江苏某某水利建设工程集团有限责任公司第一分公司", NameOID.ORGANIZATION_NAME),
    ],
)
def test_a_name_of_more_than_64_bytes_is_an_organisations(name: str, kind: object) -> None:
    [(found, text)] = [(part.oid, part.value) for part in Issuer.founded(name, NOON).root.subject if part.value == name]
    assert (found, text) == (kind, name)
