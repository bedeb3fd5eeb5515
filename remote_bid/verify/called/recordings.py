"""Step 11: every recorded segment that is given beside the bundle is the one whose hash the timeline keeps."""

from remote_bid.verify.case import Case, Failed, entry_name
from remote_bid.video.events import SegmentRecorded


def recordings(case: Case) -> None:
    """A segment that is not given is withheld; one that is another fails."""
    told = case.happened(SegmentRecorded)
    given = 0
    for shown, event in told:
        path, found = event.segment.path, case.recordings.get(event.segment.path)
        if found is None:
            case.report.withheld(11, path, "the recording is not given beside the bundle")
        elif found != event.segment.sha256:
            raise Failed(entry_name(shown), f"{path} is not what was recorded")
        else:
            given += 1
    case.report.holds(11, "recordings", f"{given} of {len(told)} segments are given, and are those of the timeline")
