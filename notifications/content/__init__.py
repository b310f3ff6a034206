"""What a notice says, in the language and time zone of the person who reads it."""
