"""One message, thousands of sockets: the only place that knows what python-socketio and engineio look like inside.

An event is encoded and framed once, and the same bytes go to every socket: no task, no queue, no copy for each
recipient. Whoever does not read is not waited for: after a while its socket is cut off, and its client resumes. On the
wire it is Engine.IO 4 and Socket.IO 5 as ever, by websocket only: official clients notice nothing.

    framing   bytes of the websocket and of Socket.IO
    line      one open socket: writing, pings, closing
    channel   what one audience is told, and how far each of its sockets is
    engine    Engine.IO: handshakes
    rooms     who is connected, and in which room
    server    Socket.IO: answers that many get alike
    pins      the exact versions whose insides these files know
    tuning    the process: event loop, collector, open files
"""

from remote_bid.gateway.fanout.channel import Channel
from remote_bid.gateway.fanout.framing import Ready, event
from remote_bid.gateway.fanout.line import Line
from remote_bid.gateway.fanout.pins import OtherInsides
from remote_bid.gateway.fanout.server import Server

__all__ = ["Channel", "Line", "OtherInsides", "Ready", "Server", "event"]
