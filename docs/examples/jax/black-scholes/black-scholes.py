"""Prices of European options, and how they change with each of their parameters (the Greeks), by vmap of grad."""

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import erf

TOLERANCE = {"relative": 1e-4, "absolute": 2e-5}
COUNT = 256


def normal_cdf(x):
    return 0.5 * (1 + erf(x * np.float32(0.5**0.5)))


def call_price(spot, strike, rate, volatility, years):
    spread = volatility * jnp.sqrt(years)
    d1 = (jnp.log(spot / strike) + (rate + 0.5 * volatility**2) * years) / spread
    return spot * normal_cdf(d1) - strike * jnp.exp(-rate * years) * normal_cdf(d1 - spread)


def main(spot, strike, rate, volatility, years):
    with_greeks = jax.value_and_grad(call_price, argnums=(0, 2, 3, 4))
    price, (delta, rho, vega, theta) = jax.vmap(with_greeks)(spot, strike, rate, volatility, years)
    return {"price": price, "delta": delta, "rho": rho, "vega": vega, "theta": theta}


def arguments():
    rng = np.random.default_rng(5)
    between = lambda low, high: rng.uniform(low, high, COUNT).astype(np.float32)
    return between(50, 150), between(50, 150), between(0.01, 0.1), between(0.1, 0.6), between(0.2, 2)
