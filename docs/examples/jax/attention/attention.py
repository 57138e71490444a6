"""A block of a transformer: layer norm, causal attention with four heads, and a net with gelu, on fixed weights."""

import jax
import jax.numpy as jnp
import numpy as np

TOLERANCE = {"relative": 1e-5, "absolute": 1e-5}
TOKENS, WIDTH, HEADS = 24, 32, 4
rng = np.random.default_rng(2)


def weight(*shape):
    return rng.normal(0, shape[0] ** -0.5, shape).astype(np.float32)


# The program holds them as constants, since `main` closes over them.
QKV, OUT, UP, DOWN = weight(WIDTH, 3 * WIDTH), weight(WIDTH, WIDTH), weight(WIDTH, 2 * WIDTH), weight(2 * WIDTH, WIDTH)


def layer_norm(x):
    centred = x - jnp.mean(x, axis=-1, keepdims=True)
    return centred * jax.lax.rsqrt(jnp.mean(centred**2, axis=-1, keepdims=True) + 1e-5)


def attention(x):
    q, k, v = jnp.split((x @ QKV).reshape(TOKENS, 3 * HEADS, WIDTH // HEADS), 3, axis=1)
    scores = jnp.einsum("qhd,khd->hqk", q, k) * (WIDTH // HEADS) ** -0.5
    causal = jnp.tril(jnp.ones((TOKENS, TOKENS), bool))
    weights = jax.nn.softmax(jnp.where(causal, scores, -jnp.inf), axis=-1)
    return jnp.einsum("hqk,khd->qhd", weights, v).reshape(TOKENS, WIDTH) @ OUT


def main(x):
    x = x + attention(layer_norm(x))
    return x + jax.nn.gelu(layer_norm(x) @ UP, approximate=False) @ DOWN


def arguments():
    return (np.random.default_rng(3).normal(size=(TOKENS, WIDTH)).astype(np.float32),)
