"""What things cost, as ratios against a baseline measured in the same run. `make bench` runs all; nothing here asserts."""
