"""What the verifier repeats about an evaluation, from its public bundle.

 1  container     the zip is in its one canonical form
 2  manifest      every member is the one listed; the log's key signs the list
 3  timeline      one chain, every shown field is what its leaf commits to
 4  checkpoints   ticks and phase changes are signed by log and cosigners
 5  side lines    every slot of every tick is explained; drafts stay withheld
 7  signatures    every statement is signed by a person whom a trusted authority vouches for
 6  acts          every entry is exactly what the rules decide from what its author signed, or from what was due;
                 folded by the same rules, they run through the phases in order
 9  draw          pools, sealed seeds, order and every call
 9  ballots       every count follows from its ballots, of which there are no more than voters
11  ranking       price scores, sums and ranks once more from the signed sheets alone
12  report        the report follows from the events, and is the one that was signed

Of a void evaluation the public is told that it is void, and why; steps 1 to 4 hold, the rest is withheld.
"""

from remote_bid.verify.evaluated import drawn, ranked, replay, signed

STEPS = (
    (7, "signatures", signed.signatures),
    (6, "acts", replay.replay),
    (9, "draw", drawn.draw),
    (9, "ballots", drawn.ballots),
    (11, "ranking", ranked.ranking),
    (12, "report.json", ranked.report),
)
"""What comes after the timeline's own steps, which are the same for every room."""

VOID_STEPS = ((6, "acts", replay.void),)

NEEDED = (signed.signatures, replay.replay)
"""Without these, later steps have nothing to judge."""
