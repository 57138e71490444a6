"""A recurrent net with gates (GRU) over a batch of sequences, as a scan over time."""

import jax
import jax.numpy as jnp
import numpy as np

TOLERANCE = {"relative": 1e-5, "absolute": 1e-6}
BATCH, TIME, INPUT, HIDDEN = 4, 20, 12, 24


def main(parameters, sequences):
    def cell(hidden, x):
        gates = jax.nn.sigmoid(jnp.concatenate([x, hidden], axis=-1) @ parameters["gates"] + parameters["bias"])
        reset, update = jnp.split(gates, 2, axis=-1)
        candidate = jnp.tanh(jnp.concatenate([x, reset * hidden], axis=-1) @ parameters["candidate"])
        hidden = update * hidden + (1 - update) * candidate
        return hidden, jnp.max(hidden, axis=-1)

    start = jnp.zeros((sequences.shape[0], HIDDEN), sequences.dtype)
    last, peaks = jax.lax.scan(cell, start, jnp.swapaxes(sequences, 0, 1))
    return {"last": last, "peaks": peaks}


def arguments():
    rng = np.random.default_rng(7)
    parameters = {
        "gates": rng.normal(0, 0.3, (INPUT + HIDDEN, 2 * HIDDEN)).astype(np.float32),
        "bias": rng.normal(0, 0.1, 2 * HIDDEN).astype(np.float32),
        "candidate": rng.normal(0, 0.3, (INPUT + HIDDEN, HIDDEN)).astype(np.float32),
    }
    return parameters, rng.normal(size=(BATCH, TIME, INPUT)).astype(np.float32)
