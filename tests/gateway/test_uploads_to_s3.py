"""A server whose settings name a bucket (of a fake S3: moto's) keeps nothing of a whole envelope on its own disk."""

import io
from pathlib import Path

import pytest
from msgspec.structs import replace

from remote_bid.app import serving
from remote_bid.config import S3At, SafeSettings
from remote_bid.participant.upload import Upload
from tests.gateway.house import BIDDERS, HALL, bearer, premises
from tests.tender.safes import BUCKET, SMALL, fake_s3, files_in, shelf_at


async def test_a_whole_envelope_lies_in_the_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_s3(monkeypatch) as endpoint:
        async with premises(tmp_path) as hall:
            s3 = S3At(bucket=BUCKET, endpoint=endpoint, prefix="deployment-1")
            settings = replace(hall.settings, safe=SafeSettings(s3=s3))
            async with serving(settings, hall.server_folder):
                await hall.schedule()
                folder = f"{hall.url}/api/sessions/{HALL}/uploads"
                upload = Upload(hall.http, folder, "u-1", io.BytesIO(SMALL))
                await upload.go_on(bearer(await hall.sign_in(BIDDERS[0])))
            assert files_in(hall.safe) == []
            [path] = [
                item["path"]
                for batch in shelf_at(endpoint)._store.list()
                for item in batch
                if item["path"].endswith(".sbe")
            ]
            assert bytes(shelf_at(endpoint)._store.get(path).bytes()) == SMALL
