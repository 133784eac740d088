"""Runs a session; see ``python run_session.py --help``."""

from __future__ import annotations

from experiment.cli import main

if __name__ == "__main__":
    main()
