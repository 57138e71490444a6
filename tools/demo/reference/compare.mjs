// Compares a program's outputs with the reference, by the policy each example's README states.
import { example } from '../examples/index.mjs';

/** @typedef {import('./tensors.mjs').Tensor} Tensor */
/** @typedef {import('./tensors.mjs').Reference} Reference */
/**
 * How one output is judged. `close`: |actual - expected| <= absolute + relative * |expected|.
 * `decided`: equal wherever the reference is decided, at most `step` apart elsewhere.
 * @typedef {{ kind: 'close', absolute: number, relative: number } | { kind: 'decided', step: number }} Policy
 */
/**
 * @typedef {object} Verdict
 * @property {string} output
 * @property {boolean} ok
 * @property {number} differing elements that are not equal
 * @property {number} wrong elements outside the policy
 * @property {number} undecided elements the reference leaves open
 * @property {number} worst largest absolute difference
 * @property {string} text one line for people
 */

/**
 * Judges every output of an example.
 * @param {string} name the example
 * @param {Record<string, Tensor>} actual by output name
 * @param {Reference} reference
 * @returns {Verdict[]} in the order of the program's results
 */
export function compare(name, actual, reference) {
  const { policies } = example(name);
  return Object.entries(reference.outputs).map(([output, expected]) => {
    const got = actual[output];
    if (got === undefined) throw new Error(`${name}: output "${output}" is missing`);
    if (got.dtype !== expected.dtype || `${got.shape}` !== `${expected.shape}`) {
      throw new Error(
        `${name}: output "${output}" is ${got.dtype} [${got.shape}], expected ${expected.dtype} [${expected.shape}]`,
      );
    }
    return judge(output, policies[output], got, expected, reference.undecided[output]);
  });
}

/**
 * @param {string} output
 * @param {Policy} policy
 * @param {Tensor} actual
 * @param {Tensor} expected
 * @param {Tensor | undefined} mask 1 where the reference is undecided
 * @returns {Verdict}
 */
function judge(output, policy, actual, expected, mask) {
  let differing = 0;
  let wrong = 0;
  let undecided = 0;
  let worst = 0;
  for (let i = 0; i < expected.data.length; i++) {
    const open = mask !== undefined && mask.data[i] === 1;
    if (open) undecided++;
    const a = Number(actual.data[i]);
    const e = Number(expected.data[i]);
    if (a === e) continue;
    differing++;
    const difference = Math.abs(a - e);
    const allowed = policy.kind === 'close' ? policy.absolute + policy.relative * Math.abs(e) : open ? policy.step : 0;
    // Written so that a NaN on either side is wrong.
    if (!(difference <= allowed)) wrong++;
    if (!(difference <= worst)) worst = difference;
  }
  const total = expected.data.length;
  const text =
    policy.kind === 'close'
      ? `${output}: ${total} values, largest difference ${worst.toExponential(2)}, ${wrong} outside the tolerance`
      : `${output}: ${total} values, ${differing} differ (${undecided} undecided in float64), ${wrong} of them wrong`;
  return { output, ok: wrong === 0, differing, wrong, undecided, worst, text };
}
