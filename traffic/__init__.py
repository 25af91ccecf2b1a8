"""What puts packets on the wire: servers and clients, run in the nodes of a lab."""
