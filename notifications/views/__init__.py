"""The pages on which people read notices, and say whether, when and how they want them."""
