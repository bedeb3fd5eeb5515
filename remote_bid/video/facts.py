"""What must be looked up before a call decides: whose signatures count under a checkpoint."""

from remote_bid.tender.deployment import Deployment
from remote_bid.timeline.entry import Who
from remote_bid.video.commands import VideoCommand
from remote_bid.video.known import Known
from remote_bid.video.rules.state import Call


class VideoFacts:
    """The room's look-ups in one deployment."""

    def __init__(self, deployment: Deployment) -> None:
        self._known = Known(deployment=deployment)

    async def __call__(self, call: Call, command: VideoCommand, by: Who) -> Known:
        """The same for every command: nothing in a call is signed by people."""
        return self._known
