"""The verbs: one transaction each, and the only writers of the facts."""
