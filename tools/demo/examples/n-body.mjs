// docs/examples/n-body: a cloud of stars under their own gravity.
import { tensor } from '../lib/npy.mjs';
import { randomSource } from '../lib/random.mjs';
import { prepareNBody } from '../plain/n-body.mjs';
import { nBody as reference, totalEnergy } from '../reference/n-body.mjs';

const STARS = 1024;
const STEPS = 10;

/** @type {import('./definition.mjs').Definition} */
export const nBody = {
  inputs: cloud,
  reference,
  plain: prepareNBody,
  policies: {
    positions: { kind: 'close', absolute: 2e-6, relative: 1e-6 },
    velocities: { kind: 'close', absolute: 2e-5, relative: 1e-5 },
  },
  work: { flops: STEPS * STARS * STARS * 19 },
  figures: ({ positions, velocities }, args) => {
    const before = totalEnergy(args.positions, args.velocities, args.masses);
    return { energy: before, drift: (totalEnergy(positions, velocities, args.masses) - before) / Math.abs(before) };
  },
};

/** Stars in a ball that turns about its z axis; together they have mass 1. */
function cloud() {
  const random = randomSource(1687);
  const positions = new Float32Array(3 * STARS);
  const velocities = new Float32Array(3 * STARS);
  for (let i = 0; i < STARS; ) {
    const point = [0, 1, 2].map(() => 2 * random() - 1);
    if (point.reduce((sum, c) => sum + c * c, 0) > 1) continue;
    point.forEach((c, d) => {
      positions[d * STARS + i] = c;
    });
    velocities[i] = -0.7 * point[1];
    velocities[STARS + i] = 0.7 * point[0];
    i++;
  }
  const masses = Float32Array.from({ length: STARS }, () => (0.5 + random()) / STARS);
  return {
    positions: tensor('f4', [3, STARS], positions),
    velocities: tensor('f4', [3, STARS], velocities),
    masses: tensor('f4', [STARS], masses),
    steps: tensor('i4', [], Int32Array.of(STEPS)),
  };
}
