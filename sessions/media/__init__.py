"""Backends that carry the audio and video of a room.

``sessions.room.media`` decides who may send what, and which backend a room uses. Each process has one
instance of each backend (``choose.py``). ``sessions.live.calls`` owns them: it authorises every frame
before a backend receives it, and calls ``grant`` after each event that changes what somebody may send.

A backend implements ``backend.MediaBackend``: ``none.py`` refuses, ``mesh.py`` relays signalling between
browsers, and ``janus`` controls a media server.
"""
