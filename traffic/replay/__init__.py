"""Replay: a capture is played into a lab, frame by frame, host by host, or as conversations."""
