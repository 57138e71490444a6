"""Random numbers of JAX (threefry), exact to the bit: keys, bits, floats, integers, a permutation."""

import jax
import jax.numpy as jnp

TOLERANCE = {"relative": 0, "absolute": 0}


def main(key):
    keys = jax.random.split(key, 6)
    return {
        "bits": jax.random.bits(keys[0], (64,)),
        # A width of 4 scales exactly; with others the result is rounded once or twice, as the machine multiplies and adds.
        "uniform": jax.random.uniform(keys[1], (100,), minval=-2, maxval=2),
        "integers": jax.random.randint(keys[2], (50,), 0, 6),
        "coins": jax.random.bernoulli(keys[3], 0.25, (40,)),
        "permutation": jax.random.permutation(keys[4], jnp.arange(32)),
        "folded": jax.random.key_data(jax.random.fold_in(keys[5], 7)),
    }


def arguments():
    return (jax.random.key(42),)
