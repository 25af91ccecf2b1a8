"""Replay as conversations: what applications said, said again by real sockets of lab hosts."""
