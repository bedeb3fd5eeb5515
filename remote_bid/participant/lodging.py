"""A bidder's way round a server that does not answer: leave the release with the cosigners, keep their receipts."""

import asyncio
from collections.abc import Mapping

import aiohttp
import msgspec

from remote_bid.opening.lodging import BadAnswer, from_cosigner
from remote_bid.opening.statements import LodgedRelease, LodgingReceipt
from remote_bid.participant.checks import Broken
from remote_bid.people.certificates import Signed
from remote_bid.seal.statements import Statement, said, statement_id
from remote_bid.tender.statements import NamedLogKey
from remote_bid.verify.trust import Trust

_CALL = aiohttp.ClientTimeout(total=10)


async def lodge(trust: Trust, addresses: Mapping[str, str], signed: Signed) -> dict[str, Statement]:
    """Receipts by cosigner, from all that answer at their `addresses` (by name); Broken if none of them does."""
    keys = [key for key in trust.cosigners if key.name in addresses]
    async with aiohttp.ClientSession() as http:
        asked = [_lodged(http, key, addresses[key.name], signed) for key in keys]
        found = zip(keys, await asyncio.gather(*asked), strict=True)
    receipts = {key.name: receipt for key, receipt in found if receipt is not None}
    if not receipts:
        raise Broken("no cosigner took the release either")
    return receipts


async def _lodged(http: aiohttp.ClientSession, key: NamedLogKey, url: str, signed: Signed) -> Statement | None:
    try:
        async with http.post(f"{url}/lodge", data=msgspec.json.encode(signed), timeout=_CALL) as answer:
            if answer.status != 200:
                return None
            receipt = msgspec.json.decode(await answer.read(), type=Statement)
        promise = from_cosigner(receipt, LodgingReceipt, key)
    except (aiohttp.ClientError, TimeoutError, msgspec.MsgspecError, BadAnswer):
        return None
    lodged = said(signed.statement, LodgedRelease)
    wanted = (lodged.session, lodged.submission, statement_id(signed.statement), key.name)
    return receipt if (promise.session, promise.submission, promise.lodging, promise.cosigner) == wanted else None
