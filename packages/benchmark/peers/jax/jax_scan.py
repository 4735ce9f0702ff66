"""JAX on the CPU. All steps between two evaluations are one compiled loop (lax.scan inside jit) over a dataset that JAX
holds, which is the fastest way that JAX offers. Its time to compile is a part of the whole job."""

import os
import time
from functools import partial

from protocol import race

if os.environ.get("OMP_NUM_THREADS") == "1":
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax
import jax.numpy as jnp
import numpy as np

# Images of a part, which an evaluation takes at a time.
PART = 10_000


def logits(params, x):
    return jax.nn.sigmoid(x @ params["w1"] + params["b1"]) @ params["w2"] + params["b2"]


def cross_entropy(params, x, t):
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits(params, x)), t[:, None], axis=1))


def descend(params, batch):
    grads = jax.grad(cross_entropy)(params, *batch)
    return jax.tree.map(lambda param, grad: param - 0.1 * grad, params, grads), None


@partial(jax.jit, donate_argnums=0)
def scan(params, batches):
    return jax.lax.scan(descend, params, batches)[0]


@partial(jax.jit, donate_argnums=0)
def scan_indices(params, data, indices):
    x, t = data
    return jax.lax.scan(lambda params, rows: descend(params, (x[rows], t[rows])), params, indices)[0]


@jax.jit
def correct(params, x, t):
    return jnp.sum(jnp.argmax(logits(params, x), axis=1) == t)


class Scan:
    def __init__(self, weights, dtype, **setting):
        jax.config.update("jax_enable_x64", dtype == "float64")
        self.dtype = np.dtype(dtype)
        self.params = {name: jnp.asarray(values, self.dtype) for name, values in weights.items()}
        self.loss_of = jax.jit(cross_entropy)

    def load(self, images, labels):
        pixels = (images.astype(np.float32) / np.float32(255)).astype(self.dtype)
        return jnp.asarray(pixels), jnp.asarray(labels.astype(np.int32))

    def batch(self, data, indices):
        x, t = data
        return x[indices], t[indices]

    def rotation(self, batches):
        """Steps on all batches, as one loop."""
        stacked = tuple(jnp.stack(parts) for parts in zip(*batches))

        def run():
            self.params = jax.block_until_ready(scan(self.params, stacked))

        return run

    def step(self, x, t):
        self.params = jax.block_until_ready(scan(self.params, (x[None], t[None])))

    def job(self, train, test, indices, steps, every, **rest):
        result = {"steps": steps, "evaluations": 0, "stepMs": 0, "evaluationMs": 0, "testAccuracy": 0}
        made = 0
        while made < steps:
            # An evaluation follows steps 0, `every`, 2 `every`, …
            end = min(steps, made + every if made > 0 else 1) if every > 0 else steps
            begin = time.perf_counter()
            self.params = jax.block_until_ready(scan_indices(self.params, train, indices[made:end]))
            middle = time.perf_counter()
            result["stepMs"] += (middle - begin) * 1000
            made = end
            if every > 0 and (made - 1) % every == 0:
                self.accuracy(*train)
                result["testAccuracy"] = self.accuracy(*test)
                result["evaluations"] += 1
                result["evaluationMs"] += (time.perf_counter() - middle) * 1000
        return result

    def probabilities(self, x):
        return jax.nn.softmax(logits(self.params, x))

    def accuracy(self, x, t):
        parts = range(0, len(t), PART)
        return sum(int(correct(self.params, x[i : i + PART], t[i : i + PART])) for i in parts) / len(t)

    def loss(self, x, t):
        return float(self.loss_of(self.params, x, t))

    def write(self, name, index, value):
        self.params[name] = self.params[name].at[index].set(value)


race(Scan)
