"""Everything that writes data of live sessions, one transaction each."""
