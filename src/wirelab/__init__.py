"""wirelab: real protocol traffic in emulated networks, captured and verified."""
