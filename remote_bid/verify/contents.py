"""Steps 1 and 2: the container and what lies in it."""

from typing import TypeVar

import msgspec
from cryptography import x509

from remote_bid.people.certificates import fingerprint
from remote_bid.seal.canonical import NotCanonical, b64, parse_jcs
from remote_bid.seal.statements import BadStatement, Statement, said
from remote_bid.timeline.entry import Shown
from remote_bid.timeline.rotation import BadSuccessor, follow
from remote_bid.verify.case import Case, Failed, stated
from remote_bid.verify.manifest import LINES, MANIFEST, TIMELINE, Manifest, hashes
from remote_bid.verify.trust import Trust

Kind = TypeVar("Kind")


def container(case: Case) -> None:
    """Step 1: the zip is in its one canonical form."""
    if not case.canonical:
        raise Failed("container", "the zip is not in its canonical form")
    case.report.holds(1, "container", f"{len(case.members)} members")


def manifest(case: Case) -> None:
    """Step 2: every member is the one listed, none is missing or extra, and the log's key signs the list."""
    statement = _parsed(case, MANIFEST, Statement)
    try:
        listed = said(statement, Manifest)
    except BadStatement as error:
        raise Failed(MANIFEST, str(error)) from error
    _take_log(case, listed)
    stated(MANIFEST, statement, Manifest, case.log_keys[-1:])
    case.manifest = listed
    case.report.holds(2, MANIFEST, f"session {listed.session}, for {listed.audience}")
    members(case, listed)


def members(case: Case, listed: Manifest) -> None:
    """Each member against its listed hash."""
    found = hashes({name: raw for name, raw in case.members.items() if name != MANIFEST})
    for name in sorted(found.keys() | listed.members.keys()):
        if name not in found:
            case.report.fails(2, name, "the member is missing")
        elif name not in listed.members:
            case.report.fails(2, name, "the member is not listed in the manifest")
        elif found[name] != listed.members[name]:
            case.report.fails(2, name, "the member is not the one listed")
        else:
            case.report.holds(2, name)


def timelines(case: Case) -> None:
    """Reads the entries; no judgement yet."""
    case.main = _parsed(case, TIMELINE, list[Shown])
    case.lines = _parsed(case, LINES, list[Shown])


def _take_log(case: Case, listed: Manifest) -> None:
    """The keys that must sign: the trusted ones, or without a trust file those that the bundle names."""
    named = listed.vouched_by
    try:
        authorities = [fingerprint(root) for root in named.authorities()]
        same = case.trust is None or case.trust.same_as(named)
    except (ValueError, x509.InvalidVersion) as error:
        raise Failed(MANIFEST, "it names an authority whose certificate cannot be read") from error
    _take_keys(case, named)
    if not same:
        raise Failed(MANIFEST, "other authorities, log or cosigners vouch for the bundle than the trusted ones")
    if not named.possible():
        raise Failed(MANIFEST, "it names no authority, or an impossible quorum")
    if case.trust is None:
        case.trust = named
        case.report.fingerprints += [f"log {named.log.name} {named.log.key}"]
        case.report.fingerprints += [f"log {key.name} later {b64(key.key)}" for key in case.log_keys[1:]]
        case.report.fingerprints += [f"cosigner {key.name} {key.key}" for key in named.cosigners]
        case.report.fingerprints += [f"authority {print_}" for print_ in authorities]
        case.report.fingerprints += [f"authority of time {print_}" for print_ in named.stampers()]


def _take_keys(case: Case, named: Trust) -> None:
    """The log's keys, from the one that is trusted to the one that it had when it made the bundle."""
    try:
        case.log_keys, case.successors = follow(named.log_key(), named.successors), named.successors
    except BadSuccessor as error:
        raise Failed(MANIFEST, str(error)) from error


def _parsed(case: Case, name: str, kind: type[Kind]) -> Kind:
    raw = case.members.get(name)
    if raw is None:
        raise Failed(name, "the member is missing")
    try:
        return msgspec.convert(parse_jcs(raw), type=kind)
    except (NotCanonical, msgspec.ValidationError) as error:
        raise Failed(name, f"malformed: {error}") from error
