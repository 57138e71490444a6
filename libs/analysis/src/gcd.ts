/** The greatest common divisor of two integers that are not negative; 0 is a multiple of everything. */
export function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
