"""The timeline: one ordered, chained, append-only log per session, the same for everybody, to the millisecond."""
