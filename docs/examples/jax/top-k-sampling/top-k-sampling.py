"""The next words of a batch of texts: the k best scores, at a temperature, one of them drawn with a key."""

import jax
import jax.numpy as jnp
import numpy as np

# Which word is drawn must be the same; the probabilities may differ in the last bits.
TOLERANCE = {"relative": 1e-5, "absolute": 1e-7}
BATCH, VOCABULARY, K = 8, 500, 40


def main(key, scores, temperature):
    best, words = jax.lax.top_k(scores, K)
    best = best / temperature
    drawn = jax.random.categorical(key, best, axis=-1)
    word = jnp.take_along_axis(words, drawn[:, None], axis=-1)[:, 0]
    return {"word": word, "candidates": words, "probabilities": jax.nn.softmax(best, axis=-1)}


def arguments():
    scores = np.random.default_rng(9).normal(0, 3, (BATCH, VOCABULARY)).astype(np.float32)
    return jax.random.key(9), scores, np.float32(0.8)
