"""Bodies that attract each other: leapfrog steps in a fori_loop, forces from the gradient of the potential."""

import jax
import jax.numpy as jnp
import numpy as np

TOLERANCE = {"relative": 1e-4, "absolute": 1e-5}
BODIES, STEPS, DT, SOFTENING = 48, 10, 0.01, 0.1


def potential(position, mass):
    difference = position[:, None, :] - position[None, :, :]
    distance = jnp.sqrt(jnp.sum(difference**2, axis=-1) + SOFTENING**2)
    return -0.5 * jnp.sum(mass[:, None] * mass[None, :] / distance)


def main(position, velocity, mass):
    def acceleration(position):
        return -jax.grad(potential)(position, mass) / mass[:, None]

    def step(_, state):
        position, velocity = state
        velocity = velocity + 0.5 * DT * acceleration(position)
        position = position + DT * velocity
        return position, velocity + 0.5 * DT * acceleration(position)

    position, velocity = jax.lax.fori_loop(0, STEPS, step, (position, velocity))
    kinetic = 0.5 * jnp.sum(mass[:, None] * velocity**2)
    return {"position": position, "velocity": velocity, "energy": kinetic + potential(position, mass)}


def arguments():
    rng = np.random.default_rng(6)
    position = rng.normal(size=(BODIES, 3)).astype(np.float32)
    velocity = rng.normal(0, 0.3, (BODIES, 3)).astype(np.float32)
    return position, velocity, rng.uniform(0.5, 1.5, BODIES).astype(np.float32) / BODIES
