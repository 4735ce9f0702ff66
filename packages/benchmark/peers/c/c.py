"""The network in C (two_layer.c), which build.mjs has compiled."""

from native import Native
from protocol import race

race(lambda weights, dtype, **setting: Native(f"two_layer_{dtype}.so", weights))
