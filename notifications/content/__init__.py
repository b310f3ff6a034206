"""The content of messages, in the language and time zone of the person who reads them."""
