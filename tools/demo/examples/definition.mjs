// What the demo knows of an example besides its program: data, reference, baseline and how results are judged.

/** @typedef {import('../lib/npy.mjs').Tensor} Tensor */
/** @typedef {import('../reference/tensors.mjs').Reference} Reference */
/** @typedef {import('../reference/compare.mjs').Policy} Policy */
/**
 * Arguments by name, in order. A scalar argument of the program is a tensor of shape [].
 * @typedef {Record<string, Tensor>} Arguments
 */
/**
 * @typedef {object} Definition
 * @property {() => Arguments} inputs derived from committed data and seeds
 * @property {(args: Arguments) => Reference} reference the expected outputs, in float64
 * @property {boolean} [isCommitted] the expected files are small and stand in docs/examples/NAME/expected
 * @property {(args: Arguments) => { outputs: Record<string, Tensor>, run: () => void }} plain the program as plain
 *   JavaScript loops; each run computes the outputs anew, in place
 * @property {Record<string, Policy>} policies how each output is judged
 * @property {{ bytes?: number, flops?: number }} work what moves or is computed in one run, for the rates
 * @property {(outputs: Record<string, Tensor>, args: Arguments) => Record<string, Tensor>} [pictures] by name: bytes [H, W] or [H, W, 3]
 * @property {(outputs: Record<string, Tensor>, args: Arguments) => Record<string, number>} [figures] numbers worth printing, shares between 0 and 1 among them
 */
export {};
