"""Voices and pictures: how they travel, and who may send them.

The room's rules (``sessions.room.media``) say who may send what and which backend carries it; this
package carries it. Each process has one of each backend (``choose.py``), kept by
``sessions.live.calls``, which authorises every frame before a backend sees it and calls ``grant`` after
each event that changes what somebody sends.

A backend is a class with the methods of ``backend.MediaBackend``. ``none.py`` carries nothing,
``mesh.py`` introduces browsers to each other, ``janus.py`` speaks to a server for them.
"""
