"""One step of training a net on handwritten digits: loss, gradients, stochastic gradient descent."""

import pathlib

import jax
import jax.numpy as jnp
import numpy as np

TOLERANCE = {"relative": 1e-5, "absolute": 1e-6}
DATA = pathlib.Path(__file__).parents[2] / "data"


def loss(parameters, images, labels):
    hidden = jnp.tanh(images @ parameters["w1"] + parameters["b1"])
    logits = hidden @ parameters["w2"] + parameters["b2"]
    log_probabilities = jax.nn.log_softmax(logits)
    return -jnp.mean(jnp.take_along_axis(log_probabilities, labels[:, None], axis=1))


def main(parameters, images, labels, rate):
    value, gradients = jax.value_and_grad(loss)(parameters, images, labels)
    updated = jax.tree.map(lambda weight, gradient: weight - rate * gradient, parameters, gradients)
    return {"loss": value, "parameters": updated}


def arguments():
    rng = np.random.default_rng(1)
    images = np.load(DATA / "digits-images.npy")[:64].astype(np.float32) / 16
    labels = np.load(DATA / "digits-labels.npy")[:64].astype(np.int32)
    parameters = {
        "w1": rng.normal(0, 0.125, (64, 32)).astype(np.float32),
        "b1": np.zeros(32, np.float32),
        "w2": rng.normal(0, 0.18, (32, 10)).astype(np.float32),
        "b2": np.zeros(10, np.float32),
    }
    return parameters, images, labels, np.float32(0.1)
