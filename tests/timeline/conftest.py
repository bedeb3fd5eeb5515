"""The programs' own log stays plain here: to draw one traceback prettily takes longer than most tests. A desk over a
log that can be made to fail is for everybody.
"""

import pytest
import structlog

from remote_bid.timeline.desk import Desk
from remote_bid.timeline.log import MemoryLog
from tests.timeline.faults import Faulty
from tests.timeline.guestbook import desk_over
from tests.timeline.hours import Stopped
from tests.timeline.logs import HALL

structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])


@pytest.fixture
def watch() -> Stopped:
    return Stopped()


@pytest.fixture
async def log(watch: Stopped) -> Faulty:
    log = Faulty(MemoryLog(watch))
    await log.create(HALL)
    return log


@pytest.fixture
def desk(log: Faulty) -> Desk:
    return desk_over(log)
