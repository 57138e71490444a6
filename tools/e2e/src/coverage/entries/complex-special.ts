// What functions of complex numbers are where a part is infinite or NaN, as numpy has them (C99, Annex G; of the signs that
// the standard leaves open, one choice). expm1 is exp(z) - 1 by these; asin and acos say nothing beside a NaN; sign is
// z / |z| without a direction.
import { type Complex, complex } from '../numbers.js';

/** Real parts -inf, -1.5, -0, 0, 1.5, inf, NaN by imaginary parts 0, 1.5, inf, NaN, without the finite ones. */
const TABLE: Readonly<Record<string, string>> = {
  exp: '0,0 0,0 0,0 0,0 n,n n,n n,n n,n n,n n,n n,n n,n i,0 i,i i,n i,n n,0 n,n n,n n,n',
  expm1: '-1,0 -1,0 -1,0 -1,0 n,n n,n n,n n,n n,n n,n n,n n,n i,0 i,i i,n i,n n,0 n,n n,n n,n',
  log: 'i,P i,P i,T i,n i,H n,n i,H n,n i,H n,n i,H n,n i,0 i,0 i,Q i,n n,n n,n i,n n,n',
  log1p: 'i,P i,P i,T i,n i,H n,n i,H n,n i,H n,n i,H n,n i,0 i,0 i,Q i,n n,n n,n i,n n,n',
  sqrt: '0,i 0,i i,i n,i i,i n,n i,i n,n i,i n,n i,i n,n i,0 i,0 i,i i,n n,n n,n i,i n,n',
  rsqrt: '0,-0 0,-0 0,-0 0,0 0,-0 n,n 0,-0 n,n 0,-0 n,n 0,-0 n,n 0,-0 0,-0 0,-0 0,0 n,n n,n 0,-0 n,n',
  cbrt: 'i,i i,i i,i n,n i,i n,n i,i n,n i,i n,n i,i n,n i,0 i,0 i,i n,n n,n n,n n,n n,n',
  sin: 'n,0 n,n n,i n,n -i,i n,n -0,i -0,n 0,i 0,n i,i n,n n,0 n,n n,i n,n n,0 n,n n,i n,n',
  cos: 'n,0 n,n i,n n,n i,i n,n i,0 n,-0 i,-0 n,0 i,-i n,n n,0 n,n i,n n,n n,0 n,n i,n n,n',
  tan: 'n,0 n,n 0,1 n,n -0,1 n,n -0,1 -0,n 0,1 0,n 0,1 n,n n,0 n,n 0,1 n,n n,0 n,n 0,1 n,n',
  asin: '-H,i -H,i -Q,i n,i -0,i n,n -0,i n,n 0,i n,n 0,i n,n H,i H,i Q,i n,i n,n n,n n,i n,n',
  acos: 'P,-i P,-i T,-i n,i H,-i n,n H,-i n,n H,-i n,n H,-i n,n 0,-i 0,-i Q,-i n,i n,n n,n n,-i n,n',
  atan: '-H,0 -H,0 -H,0 -H,0 -H,0 n,n -H,0 n,n H,0 n,n H,0 n,n H,0 H,0 H,0 H,0 n,0 n,n n,0 n,n',
  sinh: '-i,0 -i,i -i,n -i,n n,n n,n -0,n -0,n 0,n 0,n n,n n,n i,0 i,i i,n i,n n,0 n,n n,n n,n',
  cosh: 'i,-0 i,-i i,n i,n n,n n,n n,0 n,0 n,0 n,0 n,n n,n i,0 i,i i,n i,n n,0 n,n n,n n,n',
  tanh: '-1,0 -1,0 -1,0 -1,0 n,n n,n -0,n -0,n 0,n 0,n n,n n,n 1,0 1,0 1,0 1,0 n,0 n,n n,n n,n',
  sigmoid: '0,0 0,0 0,0 0,0 n,n n,n n,n n,n n,n n,n n,n n,n 1,0 1,0 1,0 1,0 n,n n,n n,n n,n',
  sign: 'n,n n,n n,n n,n n,n n,n n,n n,n n,n n,n n,n n,n n,n n,n n,n n,n n,n n,n n,n n,n',
};

/** Tokens: infinity, NaN, 1, and pi, its half, quarter and three quarters. */
const TOKENS: Readonly<Record<string, number>> = {
  i: Number.POSITIVE_INFINITY,
  n: Number.NaN,
  '0': 0,
  '1': 1,
  P: Math.PI,
  H: Math.PI / 2,
  Q: Math.PI / 4,
  T: (3 * Math.PI) / 4,
};
const valueOfToken = (token: string): number => (token.startsWith('-') ? -TOKENS[token.slice(1)]! : TOKENS[token]!);

/** The row of a real part, and how many finite imaginary parts it leaves out. */
function rowOf(re: number): number {
  if (Number.isNaN(re)) return 6;
  if (!Number.isFinite(re)) return re < 0 ? 0 : 5;
  return re < 0 ? 1 : re > 0 ? 4 : Object.is(re, -0) ? 2 : 3;
}
const ROW_STARTS = [0, 4, 6, 8, 10, 12, 16];

/** Parts are 0, 1.5 with a sign, infinite or NaN; below the real axis lie the conjugates. */
export function special(name: string, { re, im }: Complex): Complex {
  const row = rowOf(re);
  const column = Number.isNaN(im) ? 3 : !Number.isFinite(im) ? 2 : im === 0 ? 0 : 1;
  const finite = Number.isFinite(re);
  const [a, b] = TABLE[name]!.split(' ')[ROW_STARTS[row]! + (finite ? column - 2 : column)]!.split(',') as [
    string,
    string,
  ];
  const below = im < 0 || Object.is(im, -0);
  return complex(valueOfToken(a), below ? -valueOfToken(b) : valueOfToken(b));
}
