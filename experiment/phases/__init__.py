"""The phases of a session, each a function that plays one planned phase on a stage."""
