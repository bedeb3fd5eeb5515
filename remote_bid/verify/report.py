"""What a verification found: for each thing looked at, whether it holds, is withheld, or fails, and why."""

from enum import StrEnum

import msgspec

from remote_bid.verify.fault import BY_STEP, Fault


class Verdict(StrEnum):
    """`withheld` is what this bundle does not show, though the timeline commits to it."""

    VERIFIED = "verified"
    WITHHELD = "withheld"
    FAILED = "failed"


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing looked at in one step. `what` names the member, entry or bid, `fault` who answers for it."""

    step: int
    what: str
    verdict: Verdict
    why: str = ""
    fault: Fault | None = None


class Report:
    """Collects items; a bundle is verified when nothing failed and every step was walked."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.fingerprints: list[str] = []
        """Keys that vouch for the bundle, where no trust file says which must."""

    def holds(self, step: int, what: str, why: str = "", fault: Fault | None = None) -> None:
        """This was checked and is right; if a bid was rightly not opened, by whose fault."""
        self.items.append(Item(step=step, what=what, verdict=Verdict.VERIFIED, why=why, fault=fault))

    def withheld(self, step: int, what: str, why: str = "", fault: Fault = Fault.NOBODY) -> None:
        """This is not shown here."""
        self.items.append(Item(step=step, what=what, verdict=Verdict.WITHHELD, why=why, fault=fault))

    def fails(self, step: int, what: str, why: str) -> None:
        """This does not hold."""
        self.items.append(Item(step=step, what=what, verdict=Verdict.FAILED, why=why, fault=BY_STEP[step]))

    @property
    def verified(self) -> bool:
        """Nothing failed."""
        return bool(self.items) and all(item.verdict is not Verdict.FAILED for item in self.items)
