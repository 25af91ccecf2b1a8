"""The networks: Mininet topologies, which stock `mn --custom` can load too."""
