"""What the rules need to know beyond the session itself; facts.py gathers it before a decision."""

import msgspec

from remote_bid.tender.deployment import Deployment


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Facts for one command."""

    deployment: Deployment = Deployment()
