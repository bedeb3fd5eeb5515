"""What the verifier repeats about a call, from its public bundle and the recordings that are given beside it.

 1  container     the zip is in its one canonical form
 2  manifest      every member is the one listed; the log's key signs the list
 3  timeline      one chain, every shown field is what its leaf commits to
 4  checkpoints   beginning, end and every recording are signed by log and cosigners
 6  acts          every entry is exactly what the rules decide, every opening and closing of the gate among them
11  recordings    every segment is the one whose hash the timeline keeps
"""

from remote_bid.verify.called import recordings, replay

STEPS = ((6, "acts", replay.replay), (11, "recordings", recordings.recordings))
"""What comes after the timeline's own steps, which are the same for every room."""

NEEDED = (replay.replay,)
"""Without it the recordings have no timeline to be held against."""
