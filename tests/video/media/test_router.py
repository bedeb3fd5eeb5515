"""Forwarding, packet by packet."""

import pytest

from remote_bid.video.media.router import CACHED, KEY_FRAME_EVERY_S, MARKER, Slot, Source

KEY = b"\x10\x00key"
DELTA = b"\x10\x01delta"
Sent = tuple[int, int, int, int, bytes]


class Clock:
    """Goes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Listener:
    """A slot and what came out of it."""

    def __init__(self, kind: str = "video", rtx: int | None = 97) -> None:
        self.got: list[Sent] = []
        self.slot = Slot("video" if kind == "video" else "audio", 96, rtx, lambda *packet: self.got.append(packet))

    def payloads(self) -> list[bytes]:
        return [packet[4] for packet in self.got]

    def seqs(self) -> list[int]:
        return [packet[1] for packet in self.got]


class Speaker:
    """A source, its clock and how often it was asked for a key frame."""

    def __init__(self, kind: str = "video") -> None:
        self.clock, self.asked = Clock(), 0
        self.source = Source("video" if kind == "video" else "audio", self._ask, self.clock)

    def _ask(self) -> None:
        self.asked += 1

    def says(self, *packets: tuple[int, int, bytes]) -> None:
        for seq, stamp, payload in packets:
            self.source.pass_on(0, seq, stamp, payload)


def test_nothing_is_forwarded_to_whom_nothing_is_shown() -> None:
    speaker, listener = Speaker(), Listener()
    speaker.says((1, 0, KEY))
    assert listener.got == []
    assert speaker.source.packets == 0, "and it is not even kept"


def test_a_listener_begins_with_a_key_frame_and_gets_all_that_follows() -> None:
    speaker, listener = Speaker(), Listener()
    listener.slot.show(speaker.source)
    speaker.says((1, 0, DELTA), (2, 3000, KEY), (3, 6000, DELTA))
    assert listener.payloads() == [KEY, DELTA]
    assert speaker.asked == 1


def test_a_voice_begins_with_any_packet() -> None:
    speaker, listener = Speaker("audio"), Listener("audio")
    listener.slot.show(speaker.source)
    speaker.says((7, 0, b"sound"))
    assert listener.payloads() == [b"sound"]


def test_nothing_of_a_speakers_numbers_is_seen() -> None:
    speaker, listener = Speaker("audio"), Listener("audio")
    listener.slot.show(speaker.source)
    speaker.says((7, 1234, b"a"), (8, 1234 + 960, b"b"))
    (_, first, began, ssrc, _), (_, second, then, same, _) = listener.got
    assert (second - first) & 0xFFFF == 1
    assert (then - began) & 0xFFFFFFFF == 960
    assert ssrc == same == listener.slot.ssrc
    assert Listener().slot.ssrc != ssrc


def test_the_marker_is_kept() -> None:
    speaker, listener = Speaker(), Listener()
    listener.slot.show(speaker.source)
    speaker.source.pass_on(MARKER, 1, 0, KEY)
    assert listener.got[0][0] == MARKER | 96


def test_numbers_and_times_go_on_when_another_is_shown() -> None:
    first, second, listener = Speaker(), Speaker(), Listener()
    listener.slot.show(first.source)
    first.says((65535, 0, KEY), (0, 3000, DELTA))
    first.clock.now = second.clock.now = 102.0
    listener.slot.show(second.source)
    second.clock.now = 103.0
    second.says((500, 99, KEY), (501, 99 + 3000, DELTA))
    begin = listener.seqs()[0]
    assert listener.seqs() == [(begin + step) & 0xFFFF for step in range(4)]
    times = [packet[2] for packet in listener.got]
    assert (times[2] - times[1]) & 0xFFFFFFFF == 90_000, "the second in which nobody was shown"


def test_closing_ends_it_with_the_next_packet() -> None:
    speaker, listener = Speaker(), Listener()
    listener.slot.show(speaker.source)
    speaker.says((1, 0, KEY))
    listener.slot.show(None)
    speaker.says((2, 3000, KEY))
    assert listener.payloads() == [KEY]


def test_key_frames_are_asked_for_at_most_so_often_and_until_one_comes() -> None:
    speaker = Speaker()
    for _ in range(5):
        Listener().slot.show(speaker.source)
    assert speaker.asked == 1
    speaker.clock.now += KEY_FRAME_EVERY_S
    speaker.source.ask_again()
    assert speaker.asked == 2
    speaker.says((1, 0, KEY))
    speaker.clock.now += KEY_FRAME_EVERY_S
    speaker.source.ask_again()
    assert speaker.asked == 2


def test_a_picture_that_goes_nowhere_is_asked_for_nothing_and_the_next_listener_asks_at_once() -> None:
    speaker, listener = Speaker(), Listener()
    listener.slot.show(speaker.source)
    listener.slot.show(None)
    speaker.clock.now += KEY_FRAME_EVERY_S
    speaker.source.ask_again()
    assert speaker.asked == 1
    listener.slot.show(speaker.source)
    assert speaker.asked == 2


def test_what_was_lost_is_sent_again_as_a_repair() -> None:
    speaker, listener = Speaker(), Listener()
    listener.slot.show(speaker.source)
    speaker.says((1, 0, KEY), (2, 3000, DELTA))
    lost = listener.seqs()[1]
    assert listener.slot.send_again(lost)
    kind, _, stamp, ssrc, payload = listener.got[-1]
    assert (kind, ssrc, payload) == (97, listener.slot.rtx_ssrc, lost.to_bytes(2, "big") + DELTA)
    assert stamp == listener.got[1][2]


def test_without_repairs_it_is_sent_again_as_it_was() -> None:
    speaker, listener = Speaker(), Listener(rtx=None)
    listener.slot.show(speaker.source)
    speaker.says((1, 0, KEY), (2, 3000, DELTA))
    listener.slot.send_again(listener.seqs()[1])
    assert listener.got[-1] == listener.got[1]


@pytest.mark.parametrize("asked", [-1, 5])
def test_nothing_is_sent_again_that_was_never_sent(asked: int) -> None:
    """From before it was shown, or of another speaker: the key to the cache is not the listener's."""
    speaker, other, listener = Speaker(), Listener(), Listener()
    other.slot.show(speaker.source)
    speaker.says((10, 0, KEY), (11, 3000, DELTA))
    listener.slot.show(speaker.source)
    speaker.says((12, 6000, KEY))
    assert not listener.slot.send_again((listener.seqs()[0] + asked) & 0xFFFF)


def test_nothing_is_sent_again_when_it_is_closed() -> None:
    speaker, listener = Speaker(), Listener()
    listener.slot.show(speaker.source)
    speaker.says((1, 0, KEY))
    listener.slot.show(None)
    assert not listener.slot.send_again(listener.seqs()[0])


def test_what_is_too_old_is_gone() -> None:
    speaker, listener = Speaker(), Listener()
    listener.slot.show(speaker.source)
    speaker.says(*((seq, 0, KEY) for seq in range(1, CACHED + 2)))
    assert not listener.slot.send_again(listener.seqs()[0])
    assert listener.slot.send_again(listener.seqs()[1])


def test_a_listener_is_told_how_much_it_was_sent() -> None:
    first, second, listener = Speaker(), Speaker(), Listener()
    Listener().slot.show(first.source)
    first.says((1, 0, KEY))
    listener.slot.show(first.source)
    first.says((2, 0, KEY), (3, 0, DELTA))
    listener.slot.show(second.source)
    second.says((9, 0, KEY))
    assert listener.slot.sent() == (3, 2 * len(KEY) + len(DELTA))


def test_what_was_lost_is_sent_again_however_long_it_is_shown() -> None:
    speaker, listener = Speaker(), Listener()
    listener.slot.show(speaker.source)
    speaker.says((0, 0, KEY), *((seq & 0xFFFF, 0, DELTA) for seq in range(1, 100_000)))
    assert listener.slot.send_again(listener.seqs()[-1])


def test_what_comes_late_from_before_the_beginning_is_not_shown() -> None:
    """It would have the number of something that another speaker said."""
    speaker, listener = Speaker(), Listener()
    listener.slot.show(speaker.source)
    speaker.says((10, 0, DELTA), (12, 0, KEY), (11, 0, DELTA), (14, 0, DELTA), (13, 0, DELTA))
    begin = listener.seqs()[0]
    assert [(seq - begin) & 0xFFFF for seq in listener.seqs()] == [0, 2, 1]


@pytest.mark.parametrize("gap", [1, 30_000, 40_000, 65_000])
def test_it_goes_on_after_a_pause_of_any_length(gap: int) -> None:
    speaker, listener = Speaker(), Listener()
    listener.slot.show(speaker.source)
    speaker.says((5, 0, KEY))
    listener.slot.show(None)
    speaker.says((6, 0, DELTA))
    listener.slot.show(speaker.source)
    speaker.says((5 + gap & 0xFFFF, 0, KEY), (6 + gap & 0xFFFF, 0, DELTA))
    assert listener.payloads() == [KEY, KEY, DELTA]
    begin = listener.seqs()[0]
    assert listener.seqs() == [(begin + step) & 0xFFFF for step in range(3)]
    assert not listener.slot.send_again(begin), "nothing from before the pause"
