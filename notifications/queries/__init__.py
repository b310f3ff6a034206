"""What planning, messages and pages read: due notices, and the transports that reach a person."""
