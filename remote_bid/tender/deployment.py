"""What a deployment is: whose keys it works with, and whether a checkpoint is signed by them."""

from collections.abc import Sequence

import msgspec

from remote_bid.people.required import refuse, require_log
from remote_bid.seal.canonical import unb64
from remote_bid.seal.statements import Statement, said, statement_id
from remote_bid.tender.statements import NamedLogKey
from remote_bid.timeline.context import Refused, Turn
from remote_bid.timeline.marks import LogKeyRotated, RecordRotation
from remote_bid.timeline.note import BadNote, NamedKey, cosigned_at, is_signed
from remote_bid.timeline.rotation import KeyRotated


class Deployment(msgspec.Struct, frozen=True, kw_only=True):
    """What policies must name: the authorities' fingerprints, the log, its cosigners and their quorum, who stamps."""

    authorities: list[str] = []
    log: NamedLogKey = NamedLogKey(name="", key="")
    cosigners: list[NamedLogKey] = []
    quorum: int = 0
    tsa: list[str] = []
    """Fingerprints of the authorities of time, sorted."""
    successors: list[Statement] = []
    """How the log's key has changed since it was the one in `log`."""

    @property
    def key_now(self) -> str:
        """The key that the log signs with."""
        return said(self.successors[-1], KeyRotated).new if self.successors else self.log.key


def cosigned_times(note: str, deployment: Deployment) -> list[int]:
    """When each of the deployment's cosigners signed; refused unless the log and a quorum did."""
    log = NamedKey(name=deployment.log.name, key=unb64(deployment.key_now))
    keys = [NamedKey(name=cosigner.name, key=unb64(cosigner.key)) for cosigner in deployment.cosigners]
    try:
        times = [time for key in keys if (time := cosigned_at(note, key)) is not None]
        signed = is_signed(note, log)
    except BadNote:
        signed, times = False, []
    if not signed or len(times) < deployment.quorum:
        raise Refused(
            "not_cosigned",
            "检查点缺少联署。",
            "The checkpoint is not signed by the log and a quorum of cosigners.",
        )
    return times


def rotated(
    rotations: Sequence[str], deployment: Deployment, command: RecordRotation, turn: Turn
) -> list[LogKeyRotated]:
    """Whatever the phase, a session that knows of these `rotations` takes the log's next key: what the log signs next
    must be judged by the right one.
    """
    require_log(turn)
    if statement_id(command.statement) in rotations:
        return []
    if deployment.successors[len(rotations) :][:1] != [command.statement]:
        refuse("not_the_successor", "不是日志的下一把密钥。", "This is not the log's next key.")
    return [LogKeyRotated(statement=command.statement)]
