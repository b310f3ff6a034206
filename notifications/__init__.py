"""Who must hear of it, and did they."""
