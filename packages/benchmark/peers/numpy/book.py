"""NumPy, the code of the book "Deep Learning from Scratch" (chapters 4 and 5): float64 weights, images as float32."""

import numpy as np

from protocol import race


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    x = x - np.max(x, axis=-1, keepdims=True)
    return np.exp(x) / np.sum(np.exp(x), axis=-1, keepdims=True)


def cross_entropy_error(y, t):
    if t.size == y.size:
        t = t.argmax(axis=1)
    batch_size = y.shape[0]
    return -np.sum(np.log(y[np.arange(batch_size), t] + 1e-7)) / batch_size


class TwoLayerNet:
    def __init__(self, weights, **setting):
        self.params = {name: values.copy() for name, values in weights.items()}

    def load(self, images, labels):
        return images.astype(np.float32) / 255.0, np.eye(10)[labels]

    def batch(self, data, indices):
        x, t = data
        return x[indices], t[indices]

    def predict(self, x):
        a1 = np.dot(x, self.params["w1"]) + self.params["b1"]
        z1 = sigmoid(a1)
        a2 = np.dot(z1, self.params["w2"]) + self.params["b2"]
        return softmax(a2)

    probabilities = predict

    def loss(self, x, t):
        return cross_entropy_error(self.predict(x), t)

    def accuracy(self, x, t):
        y = np.argmax(self.predict(x), axis=1)
        return float(np.sum(y == np.argmax(t, axis=1)) / float(x.shape[0]))

    def gradient(self, x, t):
        w1, w2 = self.params["w1"], self.params["w2"]
        grads = {}
        z1 = sigmoid(np.dot(x, w1) + self.params["b1"])
        y = softmax(np.dot(z1, w2) + self.params["b2"])
        dy = (y - t) / x.shape[0]
        grads["w2"] = np.dot(z1.T, dy)
        grads["b2"] = np.sum(dy, axis=0)
        da1 = np.dot(dy, w2.T) * (1.0 - z1) * z1
        grads["w1"] = np.dot(x.T, da1)
        grads["b1"] = np.sum(da1, axis=0)
        return grads

    def step(self, x, t):
        grads = self.gradient(x, t)
        for name in self.params:
            self.params[name] -= 0.1 * grads[name]

    def write(self, name, index, value):
        self.params[name][index] = value


if __name__ == "__main__":
    race(TwoLayerNet)
