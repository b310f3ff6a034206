"""The pages of live sessions: the room itself, what remains for its people, and for who runs it."""
