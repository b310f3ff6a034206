"""Pages about calendar feeds, and the endpoint that calendar programs poll."""
