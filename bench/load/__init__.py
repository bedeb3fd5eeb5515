"""What benchmarks of the fan-out are made of: a crowd of listeners, and servers to listen to."""
