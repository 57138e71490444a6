import { CANONICAL_ORDER, evaluateMath, floatIdentity, mathFunctions, reduceArray, scalarF32 } from '@budflow/numerics';

const half = evaluateMath('tanh', 'f32', 0.5493061542510986); // 0.5, within 3 ULP

// The same expansion over any algebra: here the one that computes, above this library one that builds IR.
const same = mathFunctions.tanh?.formats.f32?.(scalarF32, 0.5493061542510986); // the same bits

const add = (a: number, b: number): number => Math.fround(a + b);
const sum = reduceArray(Float32Array.of(1, 2, 3), add, floatIdentity('add'), CANONICAL_ORDER, 10); // 16

export { half, same, sum };
