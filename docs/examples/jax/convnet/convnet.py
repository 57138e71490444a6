"""A convolutional net on handwritten digits: its probabilities, and the gradients of its loss."""

import pathlib

import jax
import jax.numpy as jnp
import numpy as np

TOLERANCE = {"relative": 1e-4, "absolute": 1e-6}
DATA = pathlib.Path(__file__).parents[2] / "data"


def convolve(x, kernel, stride=1):
    return jax.lax.conv_general_dilated(
        x, kernel, (stride, stride), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )


def logits(parameters, images):
    x = jax.nn.relu(convolve(images, parameters["conv1"]) + parameters["bias1"])
    x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    x = jax.nn.relu(convolve(x, parameters["conv2"], stride=2) + parameters["bias2"])
    return jnp.mean(x, axis=(1, 2)) @ parameters["dense"]


def main(parameters, images, labels):
    def loss(parameters):
        scores = logits(parameters, images)
        chosen = jnp.sum(jax.nn.log_softmax(scores) * jax.nn.one_hot(labels, 10), axis=-1)
        return -jnp.mean(chosen), jax.nn.softmax(scores)

    gradients, probabilities = jax.grad(loss, has_aux=True)(parameters)
    return {"gradients": gradients, "probabilities": probabilities}


def arguments():
    rng = np.random.default_rng(4)
    images = np.load(DATA / "digits-images.npy")[:32].astype(np.float32).reshape(-1, 8, 8, 1) / 16
    labels = np.load(DATA / "digits-labels.npy")[:32].astype(np.int32)
    parameters = {
        "conv1": rng.normal(0, 0.3, (3, 3, 1, 8)).astype(np.float32),
        "bias1": rng.normal(0, 0.1, 8).astype(np.float32),
        "conv2": rng.normal(0, 0.12, (3, 3, 8, 16)).astype(np.float32),
        "bias2": rng.normal(0, 0.1, 16).astype(np.float32),
        "dense": rng.normal(0, 0.25, (16, 10)).astype(np.float32),
    }
    return parameters, images, labels
