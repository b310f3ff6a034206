"""The transports: one module each, with a sender that hands one message over at a time."""
