// What the references pass around, and the few helpers they share. Nothing here comes from the compiler.

/** @typedef {import('../lib/npy.mjs').Tensor} Tensor */
/**
 * A reference result. `undecided` marks elements whose exact value lies so close to a decision (a threshold, a rounding)
 * that a float32 program may fall on either side; outputs without such decisions have no mask.
 * @typedef {{ outputs: Record<string, Tensor>, undecided: Record<string, Tensor> }} Reference
 */

/**
 * The tensor's bytes.
 * @param {Tensor} value dtype u1
 * @returns {Uint8Array}
 */
export function u1(value) {
  if (value.dtype !== 'u1' || !(value.data instanceof Uint8Array)) throw new Error(`expected u1, got ${value.dtype}`);
  return value.data;
}

/**
 * The tensor's elements in float64, exactly.
 * @param {Tensor} value dtype f4
 * @returns {Float64Array}
 */
export function f64(value) {
  if (value.dtype !== 'f4' || !(value.data instanceof Float32Array)) {
    throw new Error(`expected f4, got ${value.dtype}`);
  }
  return Float64Array.from(value.data);
}

/**
 * A float64 result, rounded to float32 here and nowhere before.
 * @param {number[]} shape
 * @param {Float64Array} values
 * @returns {Tensor}
 */
export function rounded(shape, values) {
  return { dtype: 'f4', shape, data: Float32Array.from(values) };
}

/**
 * Softmax of each row, in place: exp(x - max) / sum.
 * @param {Float64Array} values
 * @param {number} width elements in a row
 */
export function softmaxRows(values, width) {
  for (let start = 0; start < values.length; start += width) {
    const row = values.subarray(start, start + width);
    const top = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const sum = row.reduce((a, b) => a + Math.exp(b - top), 0);
    row.forEach((v, i) => {
      row[i] = Math.exp(v - top) / sum;
    });
  }
}
