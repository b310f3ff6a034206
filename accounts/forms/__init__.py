"""Forms about accounts, and how forms show errors."""
