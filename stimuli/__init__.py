"""Clips become a stimulus set: decoding, optical flow, noise video, manifest and checksums."""
