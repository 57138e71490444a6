// Size classes in units of 64 bytes: four per power of two (4, 5, 6, 7, 8, 10, 12, 14, 16, 20, ... units).
// A request is rounded up to a class, which costs less than a fifth of a block, and so a freed block fits the next
// request of about its size exactly. A free chunk is filed under the largest class it can serve; then every chunk of a
// bin serves every request of its class, and searching a bin never means walking it.

/** Alignment of blocks and unit of their sizes, in bytes: a cache line, and the widest vector. */
export const UNIT = 64;
/** Number of classes up to 4 GiB. */
export const CLASS_COUNT = 104;

/** Largest class not above `units` (>= 1). */
export function classBelow(units: number): number {
  if (units < 4) return units;
  const shift = 29 - Math.clz32(units);
  return (shift << 2) + (units >>> shift);
}

/** Smallest class not below `units` (>= 1). */
export function classAbove(units: number): number {
  if (units < 4) return units;
  const shift = 29 - Math.clz32(units);
  return classBelow(units + (1 << shift) - 1);
}

/** Units of a class. */
export function unitsOfClass(index: number): number {
  return index < 8 ? index : (4 + (index & 3)) << ((index >> 2) - 1);
}
