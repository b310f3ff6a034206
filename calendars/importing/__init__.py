"""Import of an uploaded calendar file.

``parser_process`` parses the file in a child process, ``reader`` runs that process and returns
proposals, ``import_plan`` says what a group can create of a proposal.
"""
