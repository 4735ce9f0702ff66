"""Files of NumPy and of Python's safetensors, for the readers of numgrad/files.

How to run:

    python -m pip install -r requirements.txt
    python generate.py

The files in this folder were made with Python 3.11 and the versions of requirements.txt, on x86-64 Linux.

    arrays.npz             written by np.savez: the arrays in ARRAYS below, one of each kind
    compressed.npz         the same arrays, written by np.savez_compressed
    *.npy                  single arrays: in Fortran order, big-endian, versions 2 and 3 of the format
    tensors.safetensors    safetensors.numpy.save_file, with metadata (in an order that changes from run to run)
    expected.json          shape, type and elements of every array (float16 as bits, all others as numbers)
"""

import json
import zipfile
from pathlib import Path

import numpy as np
from numpy.lib import format as npy
from safetensors.numpy import save_file

HERE = Path(__file__).parent

ARRAYS = {
    "float64": np.array([[0.1, -0.0, 5e-324], [1e308, 1 / 3, -2.5]]),
    "float32": np.array([[[0.1], [-1.5]], [[3e38], [1e-45]]], dtype=np.float32),
    "float16": np.array([0.1, -2, 65504, 6e-8], dtype=np.float16),
    "int64": np.array([-(2**63), 2**63 - 1, 0]),
    "uint64": np.array([2**64 - 1, 1], dtype=np.uint64),
    "int32": np.array([[-(2**31)], [2**31 - 1]], dtype=np.int32),
    "uint32": np.array([2**32 - 1], dtype=np.uint32),
    "int16": np.array([-32768, 32767], dtype=np.int16),
    "uint16": np.array([65535, 1], dtype=np.uint16),
    "int8": np.array([-128, 127], dtype=np.int8),
    "uint8": np.array([[0, 255]], dtype=np.uint8),
    "bool": np.array([[True, False], [False, True]]),
    "scalar": np.array(2.5),
    "empty": np.zeros((0, 3)),
    "größe": np.arange(3.0),
}

SINGLE = {
    "fortran": np.asfortranarray(np.arange(24, dtype=np.int16).reshape(2, 3, 4)),
    "big-endian-float64": np.array([[0.1, 2], [-3, 1e-300]], dtype=">f8"),
    "big-endian-fortran": np.asfortranarray(np.arange(6, dtype=">i4").reshape(2, 3)),
}


def describe(array):
    array = np.ascontiguousarray(array).reshape(array.shape)
    values = array.view(np.uint16) if array.dtype == np.float16 else array
    wide = array.dtype in (np.int64, np.uint64)  # readers of JSON may not hold these integers exactly
    return {
        "dtype": array.dtype.newbyteorder("=").name,
        "shape": list(array.shape),
        "values": [str(v) if wide else v for v in values.ravel().tolist()],
    }


def main():
    # A ZIP file holds the date on which it was made. With a fixed date the bytes are the same each time.
    zipfile.time.localtime = lambda *_: (1980, 1, 1, 0, 0, 0, 0, 0, 0)
    np.savez(HERE / "arrays.npz", **ARRAYS)
    np.savez_compressed(HERE / "compressed.npz", **ARRAYS)
    for name, array in SINGLE.items():
        np.save(HERE / f"{name}.npy", array)
    for version in (2, 3):
        with open(HERE / f"version-{version}.npy", "wb") as file:
            npy.write_array(file, np.arange(4, dtype=np.uint8), version=(version, 0))
    save_file(ARRAYS, HERE / "tensors.safetensors", metadata={"__proto__": "a key", "größe": "ü\n\"\\"})
    expected = {
        "arrays": {name: describe(array) for name, array in ARRAYS.items()},
        "single": {name: describe(array) for name, array in SINGLE.items()},
    }
    (HERE / "expected.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
