"""The notification kinds: one file for each kind or family, and a registry that lists them."""
