"""The little of VP8 in RTP (RFC 7741) that a forwarder and a recorder must read."""

_EXTENDED, _START = 0x80, 0x10
_PARTITION = 0x07
_INTER_FRAME = 0x01


def descriptor_size(payload: bytes) -> int:
    """How many bytes stand before the frame's own. IndexError if the payload is cut."""
    if not payload[0] & _EXTENDED:
        return 1
    has = payload[1]
    size = 2
    if has & 0x80:
        size += 2 if payload[2] & 0x80 else 1
    if has & 0x40:
        size += 1
    if has & 0x30:
        size += 1
    return size


def starts_frame(payload: bytes) -> bool:
    """Whether a frame's first partition begins here."""
    return bool(payload) and payload[0] & (_START | _PARTITION) == _START


def starts_key_frame(payload: bytes) -> bool:
    """Whether a picture that needs no earlier one begins here."""
    if not starts_frame(payload):
        return False
    try:
        return not payload[descriptor_size(payload)] & _INTER_FRAME
    except IndexError:
        return False
