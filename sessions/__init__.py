"""Live sessions: room, media, attendance, reports."""
