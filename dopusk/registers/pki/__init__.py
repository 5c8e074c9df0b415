"""The sandbox's certification authority and timestamp authority. What they sign counts nowhere else."""
