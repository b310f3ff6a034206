"""Pages of live sessions: join, room, records, reports."""
