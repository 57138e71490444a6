// Roots of unity in f64, for the tables and constants of Fourier transforms. The angle is reduced in integers to the first
// eighth of the circle before anything is rounded, so that a table has the symmetries of the roots, exactly, and errors of
// about one unit in the last place whatever its length.
import { mathEvaluator } from '@budflow/numerics';

const sin = mathEvaluator('sin', 'f64');
const cos = mathEvaluator('cos', 'f64');

/** exp(-2 pi i k / n) as [real, imaginary]. Requires integers, n >= 1 and 8 k exact in f64. */
export function unitRoot(k: number, n: number): readonly [number, number] {
  const turns = ((k % n) + n) % n;
  // 1. Which eighth of the circle, and how far from the nearest axis.
  const eighths = Math.floor((8 * turns) / n);
  const quarter = Math.floor((eighths + 1) / 2);
  const angle = (2 * Math.PI * Math.abs(4 * turns - quarter * n)) / (4 * n);
  const sign = 4 * turns < quarter * n ? -1 : 1;
  const diagonal = eighths % 2 === 1 && eighths * n === 8 * turns;
  const c = diagonal ? Math.SQRT1_2 : cos(angle);
  const s = sign * (diagonal ? Math.SQRT1_2 : sin(angle));
  // 2. Turned back by quarters; the exponent is negative.
  switch (quarter % 4) {
    case 0:
      return [c, -s + 0];
    case 1:
      return [-s + 0, -c];
    case 2:
      return [-c, s];
    default:
      return [s, c];
  }
}
