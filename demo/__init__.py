"""The demonstration's world: invented people and groups, and one hour that is about to begin."""
