"""Every benchmark, each on a stage of its own: `python -m benchmarks`, or one: `python -m benchmarks flash_sale`."""

import os
import subprocess
import sys

ALL = ("flash_sale", "growth", "pipeline", "visits", "gate", "front")

if __name__ == "__main__":
    quietly = os.environ | {"PYTHONWARNINGS": "ignore"}  # servers and workers, too
    failures = 0
    for name in sys.argv[1:] or ALL:
        print(f"\n{name}", flush=True)
        failures += subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], env=quietly).returncode != 0
    sys.exit(failures)
