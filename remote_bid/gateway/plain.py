"""Plain text on the socket, nothing else: no attachments."""

from socketio.packet import BINARY_ACK, BINARY_EVENT, Packet


class TextPacket(Packet):  # type: ignore[misc]  # python-socketio carries no types
    """A packet without attachments: the server would keep all that a client announces."""

    uses_binary_events = False

    def decode(self, encoded_packet: str) -> int:
        """Read a packet; ValueError if it is none, or a binary one."""
        attachments = int(super().decode(encoded_packet))
        if attachments or self.packet_type in (BINARY_EVENT, BINARY_ACK):
            raise ValueError("no binary packets")
        return 0
