"""Circular convolution of signals with a long kernel through the Fourier transform, and the spectrum's power."""

import jax.numpy as jnp
import numpy as np

TOLERANCE = {"relative": 1e-4, "absolute": 2e-4}
SIGNALS, LENGTH = 4, 512


def main(signals, kernel):
    spectrum = jnp.fft.rfft(signals)
    filtered = jnp.fft.irfft(spectrum * jnp.fft.rfft(kernel, n=LENGTH), n=LENGTH)
    return {"filtered": filtered, "power": jnp.abs(spectrum) ** 2 / LENGTH}


def arguments():
    rng = np.random.default_rng(10)
    kernel = np.hanning(129).astype(np.float32)
    return rng.normal(size=(SIGNALS, LENGTH)).astype(np.float32), kernel / kernel.sum()
