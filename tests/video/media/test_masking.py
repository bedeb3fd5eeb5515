"""The voice transform, heard."""

import math
from fractions import Fraction

import av
import pytest
from av.audio.frame import AudioFrame

from remote_bid.video.media.masking import Transform, secret_factor

_RATE, _FRAME = 48_000, 960
TONE_HZ = 440.0


def spoken(hertz: float, seconds: float = 2.0) -> list[bytes]:
    """Opus packets of a tone."""
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format, encoder.bit_rate = _RATE, "mono", "s16", 32_000
    encoder.time_base = Fraction(1, _RATE)
    packets = []
    for start in range(0, int(seconds * _RATE), _FRAME):
        samples = (int(9000 * math.sin(2 * math.pi * hertz * at / _RATE)) for at in range(start, start + _FRAME))
        frame = AudioFrame(format="s16", layout="mono", samples=_FRAME)
        frame.planes[0].update(b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples))
        frame.sample_rate, frame.pts, frame.time_base = _RATE, start, Fraction(1, _RATE)
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    return packets


def heard(packets: list[bytes]) -> list[int]:
    """Samples."""
    decoder = av.CodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.layout, decoder.format = _RATE, "mono", "s16"
    frames = [frame for packet in packets for frame in decoder.decode(av.Packet(packet))]
    return [sample for frame in frames for sample in memoryview(bytes(frame.planes[0])).cast("h")[: frame.samples]]


def strength(samples: list[int], hertz: float) -> float:
    """Of one frequency (Goertzel)."""
    turn = 2 * math.cos(2 * math.pi * hertz / _RATE)
    before, last = 0.0, 0.0
    for sample in samples:
        before, last = last, sample + turn * last - before
    return before * before + last * last - turn * before * last


def strongest(samples: list[int]) -> int:
    """Frequency, Hz, in steps of ten."""
    middle = samples[_RATE // 2 : _RATE // 2 + _RATE // 4]
    return max(range(300, 601, 10), key=lambda hertz: strength(middle, hertz))


@pytest.mark.parametrize("factor", [0.8, 1.2])
def test_a_voice_comes_out_in_another_pitch_as_long_as_it_was(factor: float) -> None:
    transform, said = Transform(factor), spoken(TONE_HZ)
    made = [packet for packet in said for packet in transform.feed(packet)]
    assert strongest(heard(said)) == TONE_HZ
    assert strongest(heard(made)) == pytest.approx(TONE_HZ * factor, abs=10)
    assert len(made) == pytest.approx(len(said), rel=0.1)


def test_what_is_no_voice_is_left_out() -> None:
    transform = Transform(0.8)
    assert list(transform.feed(b"\xff" * 3)) == []
    assert [packet for packet in spoken(TONE_HZ) for packet in transform.feed(packet)]


def test_the_factor_is_drawn_anew_and_never_near_one() -> None:
    factors = {secret_factor() for _ in range(200)}
    assert len(factors) == 200
    assert all(0.16 <= abs(factor - 1) <= 0.24 for factor in factors)
    assert {factor > 1 for factor in factors} == {True, False}
