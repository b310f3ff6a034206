"""From rows to the bytes of a feed, with what was rendered before kept in memory."""
