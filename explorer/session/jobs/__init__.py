"""What is asked of the worker, a typed job each: a feature hands it over with the function that takes its answers."""
