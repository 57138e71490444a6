// Arrays outside of any module.
import { type DType, NdArray, type TypedArray } from '@budflow/runtime';

/**
 * An array over a typed array, which is not copied: for arguments whose shape does not follow from their length. Calls
 * copy it; `module.array` makes one that they use in place.
 */
export function array(data: TypedArray, shape?: readonly number[], dtype?: DType): NdArray {
  return NdArray.from(data, shape, dtype);
}
