"""PyTorch on the CPU with modules, autograd and optim.SGD, in eager mode or, in the variant "compile", with
torch.compile around the forward pass and the loss."""

import torch
from torch import nn
from torch.nn import functional as F

from protocol import race


class Eager:
    def __init__(self, weights, dtype, hidden, threads, variant="eager"):
        if threads == "one":
            torch.set_num_threads(1)
        self.dtype = getattr(torch, dtype)
        self.net = nn.Sequential(nn.Linear(784, hidden), nn.Sigmoid(), nn.Linear(hidden, 10)).to(self.dtype)
        first, _, second = self.net
        # Linear stores its weights as [outputs, inputs].
        self.tensors = {"w1": first.weight.T, "b1": first.bias, "w2": second.weight.T, "b2": second.bias}
        with torch.no_grad():
            for name, tensor in self.tensors.items():
                tensor.copy_(torch.from_numpy(weights[name]))
        self.error = lambda x, t: F.cross_entropy(self.net(x), t)
        if variant == "compile":
            self.error = torch.compile(self.error)
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=0.1)

    def load(self, images, labels):
        pixels = torch.from_numpy(images).to(torch.float32) / 255
        return pixels.to(self.dtype), torch.from_numpy(labels).long()

    def batch(self, data, indices):
        x, t = data
        rows = torch.from_numpy(indices)
        return x[rows], t[rows]

    def step(self, x, t):
        self.optimizer.zero_grad()
        self.error(x, t).backward()
        self.optimizer.step()

    @torch.no_grad()
    def probabilities(self, x):
        return self.net(x).softmax(1).numpy()

    @torch.no_grad()
    def accuracy(self, x, t):
        return (self.net(x).argmax(1) == t).float().mean().item()

    @torch.no_grad()
    def loss(self, x, t):
        return F.cross_entropy(self.net(x), t).item()

    @torch.no_grad()
    def write(self, name, index, value):
        self.tensors[name][index] = value


race(Eager)
