"""PyTorch's, JAX's and SciPy's checks of gradients, on the functions of src/checkers/functions.ts.

Prints one JSON object for each check: whether the checker accepts the gradient, and how often it has called the function.
"""

import json
import math
import sys
import warnings

import numpy as np

warnings.simplefilter("ignore")

# Functions of n float64 numbers with their gradients. `rounded` makes functions of float32 numbers of them.
def mean_sin(x):
    return 2.3 + np.mean(np.sin(x)), np.cos(x) / x.size


def log_sum_exp(x):
    largest = np.max(x)
    terms = np.exp(x - largest)
    return largest + np.log(np.sum(terms)), terms / np.sum(terms)


def layer(x):
    side = math.isqrt(x.size)
    v = np.cos(np.arange(side))
    z = np.tanh(x.reshape(side, side) @ v)
    slopes = (1 - z * z) / side
    return np.mean(z), np.outer(slopes, v).ravel()


FUNCTIONS = {"mean of sin": mean_sin, "log-sum-exp": log_sum_exp, "tanh layer": layer}


def rounded(f, dtype):
    """The function with its value and its gradient rounded once, as in compare.ts."""

    def function(x):
        # SciPy adds its float64 step to a float32 x. The function stays one of float32 numbers.
        value, gradient = f(np.asarray(x, dtype).astype(np.float64))
        return dtype(value), gradient.astype(dtype)

    return function


def times_at(g, i, factor):
    g[i] *= factor
    return g


def zero_from(g, i):
    g[i:] = 0
    return g


ERRORS = {
    "right": lambda g: g,
    "× 1.01": lambda g: g * g.dtype.type(1.01),
    "× 1.001": lambda g: g * g.dtype.type(1.001),
    "sign": lambda g: -g,
    "one entry × 1.05": lambda g: times_at(g, g.size // 2, g.dtype.type(1.05)),
    "rolled": lambda g: np.roll(g, 1),
    "zeroed": lambda g: g * 0,
    "one tensor zero": lambda g: zero_from(g, g.size // 2),
    "transposed": lambda g: g.reshape(math.isqrt(g.size), -1).T.ravel(),
}


FAST = "torch gradcheck, fast"


class Enough(Exception):
    """The verdict is known."""


class Counter:
    def __init__(self, f, most):
        self.f = f
        self.most = most
        self.calls = 0

    def __call__(self, x):
        if self.calls == self.most:
            raise Enough
        self.calls += 1
        return self.f(x)[0]


def torch_gradcheck(fast):
    import torch

    def check(f, gradient, x):
        class Function(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return torch.from_numpy(np.asarray(f(x.detach().numpy())).reshape(()))

            @staticmethod
            def backward(ctx, up):
                return up * torch.from_numpy(gradient)

        tensor = torch.from_numpy(x.copy()).requires_grad_()
        return torch.autograd.gradcheck(Function.apply, (tensor,), fast_mode=fast, raise_exception=False)

    return check


def jax_check_grads(f, gradient, x):
    import jax
    import jax.numpy as jnp
    from jax.test_util import check_grads

    shape = jax.ShapeDtypeStruct((), x.dtype)

    @jax.custom_vjp
    def function(x):
        return jax.pure_callback(lambda x: np.asarray(f(x), x.dtype), shape, x)

    function.defvjp(lambda x: (function(x), None), lambda _, up: (up * jnp.asarray(gradient),))
    try:
        check_grads(function, (jnp.asarray(x),), order=1, modes=["rev"])
        return True
    except AssertionError:
        return False


def scipy_check_grad(direction):
    from scipy.optimize import check_grad

    def check(f, gradient, x):
        error = check_grad(f, lambda x: gradient, x, direction=direction, **({"seed": 0} if direction == "random" else {}))
        return bool(error <= 1e-5)

    return check


def main(sizes, most_each):
    import jax

    jax.config.update("jax_enable_x64", True)
    import torch

    checkers = {
        "torch gradcheck": (torch_gradcheck(False), most_each),
        # Its fast mode takes at most four evaluations. Once it has refused a gradient, it runs the slow one for its message.
        FAST: (torch_gradcheck(True), math.inf),
        "jax check_grads": (jax_check_grads, math.inf),
        "scipy check_grad": (scipy_check_grad("all"), most_each),
        "scipy check_grad, random": (scipy_check_grad("random"), math.inf),
    }
    for size in sizes:
        for dtype in (np.float64, np.float32):
            x = np.sin(np.arange(size)).astype(dtype)
            for name, exact in FUNCTIONS.items():
                f = rounded(exact, dtype)
                value, gradient = f(x)
                for error, plant in ERRORS.items():
                    wrong = plant(gradient.copy()).astype(dtype)
                    if error != "right" and np.array_equal(wrong, gradient):
                        continue
                    for checker, (check, most) in checkers.items():
                        if size > most:
                            continue
                        counter = Counter(f, 4 if checker == FAST else math.inf)
                        np.random.seed(0)
                        torch.manual_seed(0)
                        try:
                            passes = bool(check(counter, wrong, x))
                        except Enough:
                            passes = False
                        except Exception as exception:
                            sys.stderr.write(f"{checker} {name} {dtype.__name__} {size} {error}: {exception!r}\n")
                            passes = False
                        result = {"checker": checker, "function": name, "type": dtype.__name__, "size": size}
                        result |= {"error": error, "passes": passes, "evaluations": counter.calls, "value": float(value)}
                        print(json.dumps(result), flush=True)


main(json.loads(sys.argv[1]), int(sys.argv[2]))
