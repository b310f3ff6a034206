"""Exchange formats of meeting lists. Pure: bytes and ``now`` in, one answer per row out.

``central_query`` is a format; ``json_list`` and ``proposal`` are what formats share.
"""
