"""Whose fault it is when something does not hold, or is not shown: in plain words, by the step that saw it."""

from enum import Enum

from remote_bid.opening.terms import Cause


class Fault(Enum):
    """Who answers for it; each value says so in Chinese and English."""

    PASSED_ON = ("转交此文件的人，或签发它的平台", "whoever passed this file on, or the platform that made it")
    PLATFORM = ("平台（交易中心）", "the platform (trading centre)")
    LOG = ("平台（交易中心）及其联署方", "the platform (trading centre) and its cosigners")
    SIGNED = ("签署人，以及收下这份签署的平台", "whoever signed, and the platform that took it")
    TENDERER = ("招标人：招标规则由其签署", "the tenderer, who signed the policy")
    CUSTODIANS = ("保管人", "the custodians")
    AUTHORITY = ("签发证书的认证机构", "the authority that issued the certificate")
    BIDDER = ("投标人", "the bidder")
    NOBODY = ("无人有责", "nobody")

    @property
    def zh(self) -> str:
        """In Chinese."""
        return self.value[0]

    @property
    def en(self) -> str:
        """In English."""
        return self.value[1]


BY_STEP = {
    1: Fault.PASSED_ON,
    2: Fault.PASSED_ON,
    3: Fault.PASSED_ON,
    4: Fault.LOG,
    5: Fault.PLATFORM,
    6: Fault.PLATFORM,
    7: Fault.SIGNED,
    8: Fault.TENDERER,
    9: Fault.PLATFORM,
    10: Fault.CUSTODIANS,
    11: Fault.PLATFORM,
    12: Fault.PLATFORM,
}
"""Who answers for what fails in a step."""


def fault_of(cause: Cause) -> Fault | None:
    """Who answers for a bid that was not opened, as arithmetic has it; None for one that was."""
    if cause is Cause.OPENED:
        return None
    return _ELSEWHERE.get(cause, Fault.BIDDER)


_ELSEWHERE = {
    Cause.ENVELOPE_LOST: Fault.PLATFORM,
    Cause.ESCROW_ABSENT: Fault.CUSTODIANS,
    Cause.AUTHORITY_FAILED: Fault.AUTHORITY,
}
"""Where a cause lies elsewhere than with the bidder."""
