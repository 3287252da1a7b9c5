"""Busy times that a provider's own calendar says: reading a file, fetching an address, keeping what was found.

`reading` and what it stands on are pure and import nothing of the application: they run in a process of their own with
limits (`sandbox`), since what a calendar holds is anybody's writing.
"""
