"""`python -m dopusk.stand manage <site> <command> …`: a management command with a complete environment."""

import runpy
import sys

if __name__ == "__main__":
    if sys.argv[1:2] != ["manage"] or len(sys.argv) < 4:
        sys.exit(__doc__)
    from dopusk.stand import testing  # noqa: F401 - starts the throw-away server and sets the environment

    site = sys.argv[2]
    sys.argv = [site, *sys.argv[3:]]
    runpy.run_module(f"dopusk.{site}", run_name="__main__")
