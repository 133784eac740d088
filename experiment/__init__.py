"""Running a session: protocol and stimulus set become a plan, a plan played to a participant becomes a
journal.
"""
