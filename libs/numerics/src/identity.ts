/** Neutral elements of the combiners that reductions know by name. */

import { type IntegerArithmetic, narrowInteger, wideInteger } from './integer.js';

/** Combiners with an identity. */
export type CombinerName = 'add' | 'mul' | 'min' | 'max' | 'and' | 'or' | 'xor';

/**
 * The identity of a float combiner. Of `add` it is -0: adding +0 would turn -0 into +0.
 *
 * @throws RangeError for the bitwise combiners, which floats lack.
 */
export function floatIdentity(combiner: CombinerName): number {
  switch (combiner) {
    case 'add':
      return -0;
    case 'mul':
      return 1;
    case 'min':
      return Number.POSITIVE_INFINITY;
    case 'max':
      return Number.NEGATIVE_INFINITY;
    case 'and':
    case 'or':
    case 'xor':
      throw new RangeError(`reduction identity: '${combiner}' is not defined on floats; use an integer type`);
  }
}

function identityOf<T>(combiner: CombinerName, type: IntegerArithmetic<T>, zero: T): T {
  switch (combiner) {
    case 'add':
    case 'or':
    case 'xor':
      return zero;
    case 'mul':
      // Minus all ones is 1 in every width and signedness (in i1, where 1 is held as -1, too).
      return type.neg(type.not(zero));
    case 'min':
      return type.maxValue;
    case 'max':
      return type.minValue;
    case 'and':
      return type.not(zero);
  }
}

/** The identity of a combiner on integers of 1 to 32 bits. */
export function narrowIntegerIdentity(combiner: CombinerName, width: number, options: { signed: boolean }): number {
  return identityOf(combiner, narrowInteger(width, options), 0);
}

/** The identity of a combiner on integers of 33 to 64 bits. */
export function wideIntegerIdentity(combiner: CombinerName, width: number, options: { signed: boolean }): bigint {
  return identityOf(combiner, wideInteger(width, options), 0n);
}
