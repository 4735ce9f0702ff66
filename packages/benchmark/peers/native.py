"""A compiled library as a peer. The libraries (of C and of candle) have the same functions; they are called by ctypes,
which takes about a microsecond."""

import ctypes
import os

import numpy as np

ADDRESS = ctypes.c_void_p
SIGNATURES = {
    "create": (ADDRESS, [ADDRESS]),
    "load": (ADDRESS, [ADDRESS, ADDRESS, ctypes.c_int64]),
    "gather": (ADDRESS, [ADDRESS, ADDRESS, ctypes.c_int64]),
    "drop": (None, [ADDRESS]),
    "step": (None, [ADDRESS, ADDRESS]),
    "accuracy": (ctypes.c_double, [ADDRESS, ADDRESS]),
    "probabilities": (None, [ADDRESS, ADDRESS, ADDRESS]),
    "loss": (ctypes.c_double, [ADDRESS, ADDRESS]),
    "set_parameter": (None, [ADDRESS, ctypes.c_int64, ctypes.c_double]),
}


class Batch:
    """Owns a batch of the library."""

    def __init__(self, library, images, indices):
        self.library = library
        self.address = library.gather(images, address(np.ascontiguousarray(indices, np.int32)), len(indices))
        self.size = len(indices)

    def __del__(self):
        self.library.drop(self.address)


class Native:
    """A peer of protocol.py. `name` is the file of the library in the folder where peers are installed."""

    def __init__(self, name, weights):
        self.library = ctypes.CDLL(os.path.join(os.environ["PEER_INSTALLED"], name))
        for function, (result, arguments) in SIGNATURES.items():
            getattr(self.library, function).restype = result
            getattr(self.library, function).argtypes = arguments
        everything = np.concatenate([values.ravel() for values in weights.values()])
        self.net = self.library.create(address(everything))
        sizes = [values.size for values in weights.values()]
        self.starts = dict(zip(weights, np.cumsum([0, *sizes])))
        self.shapes = {name: values.shape for name, values in weights.items()}

    def load(self, images, labels):
        images, labels = np.ascontiguousarray(images), np.ascontiguousarray(labels)
        return (self.library.load(address(images), address(labels), len(labels)),)

    def batch(self, data, indices):
        return (Batch(self.library, *data, indices),)

    def step(self, batch):
        self.library.step(self.net, batch.address)

    def probabilities(self, batch):
        out = np.empty((batch.size, 10))
        self.library.probabilities(self.net, batch.address, address(out))
        return out

    def accuracy(self, images):
        return self.library.accuracy(self.net, images)

    def loss(self, batch):
        return self.library.loss(self.net, batch.address)

    def write(self, name, index, value):
        position = self.starts[name] + np.ravel_multi_index(index, self.shapes[name])
        self.library.set_parameter(self.net, int(position), value)


def address(array):
    return array.ctypes.data_as(ADDRESS)
