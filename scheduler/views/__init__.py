"""The doors: each calls actions and reads QuerySets, and decides nothing."""
