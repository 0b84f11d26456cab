import subprocess
import sys

CODE = """
import sys
import numpy as np
from preproc import control
photo = np.zeros((64, 64, 3), np.uint8)
for name, of in control.TYPES.items():
    if of.is_local:
        control.make(name, photo)
heavy = {"torch", "scipy", "skimage", "matplotlib", "fal_client", "httpx", "remote", "rich"}
print(sorted(heavy & set(sys.modules)))
control.resize(np.eye(64, dtype=np.uint8) * 255, (32, 32))
print("skimage" in sys.modules)
"""


def test_nothing_heavy_is_loaded_before_it_is_needed():
    run = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert run.stdout.split("\n") == ["[]", "True", ""]
