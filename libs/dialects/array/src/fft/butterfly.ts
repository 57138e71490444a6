// The transform of a few complex numbers, written out: y[k] = sum of x[j] exp(-2 pi i j k / radix).
import type { Complex, LineMachine } from './machine.js';
import { unitRoot } from './roots.js';

type Arithmetic<V> = Pick<LineMachine<V, never, never>, 'add' | 'sub' | 'mul' | 'constant'>;

function add<V>(m: Arithmetic<V>, a: Complex<V>, b: Complex<V>): Complex<V> {
  return { re: m.add(a.re, b.re), im: m.add(a.im, b.im) };
}
function sub<V>(m: Arithmetic<V>, a: Complex<V>, b: Complex<V>): Complex<V> {
  return { re: m.sub(a.re, b.re), im: m.sub(a.im, b.im) };
}

/** (a.re b.re - a.im b.im, a.re b.im + a.im b.re): four products, two sums, each rounded. */
export function multiply<V>(m: Arithmetic<V>, a: Complex<V>, b: Complex<V>): Complex<V> {
  return {
    re: m.sub(m.mul(a.re, b.re), m.mul(a.im, b.im)),
    im: m.add(m.mul(a.re, b.im), m.mul(a.im, b.re)),
  };
}

export function butterfly<V>(m: Arithmetic<V>, x: readonly Complex<V>[]): Complex<V>[] {
  switch (x.length) {
    case 1:
      return [x[0]!];
    case 2:
      return [add(m, x[0]!, x[1]!), sub(m, x[0]!, x[1]!)];
    case 4: {
      const [a, b] = [add(m, x[0]!, x[2]!), sub(m, x[0]!, x[2]!)];
      const [c, d] = [add(m, x[1]!, x[3]!), sub(m, x[1]!, x[3]!)];
      // b - i d, b + i d
      return [
        add(m, a, c),
        { re: m.add(b.re, d.im), im: m.sub(b.im, d.re) },
        sub(m, a, c),
        { re: m.sub(b.re, d.im), im: m.add(b.im, d.re) },
      ];
    }
    default:
      return oddButterfly(m, x);
  }
}

/**
 * An odd radix by sums and differences of conjugate terms: with a[j] = x[j] + x[r - j] and b[j] = x[j] - x[r - j],
 * y[k], y[r - k] = x[0] + sum of cos(2 pi j k / r) a[j]  -+  i sum of sin(2 pi j k / r) b[j].
 */
function oddButterfly<V>(m: Arithmetic<V>, x: readonly Complex<V>[]): Complex<V>[] {
  const radix = x.length;
  const half = (radix - 1) / 2;
  const pairs = Array.from({ length: half }, (_, i) => [x[i + 1]!, x[radix - 1 - i]!] as const);
  const sums = pairs.map(([p, q]) => add(m, p, q));
  const differences = pairs.map(([p, q]) => sub(m, p, q));
  const y = new Array<Complex<V>>(radix);
  y[0] = sums.reduce((total, s) => add(m, total, s), x[0]!);
  for (let k = 1; k <= half; k++) {
    let even = x[0]!;
    let odd: Complex<V> | undefined;
    for (let j = 1; j <= half; j++) {
      const [c, s] = unitRoot(j * k, radix);
      const [cosine, sine] = [m.constant(c), m.constant(-s)];
      const [a, b] = [sums[j - 1]!, differences[j - 1]!];
      even = add(m, even, { re: m.mul(cosine, a.re), im: m.mul(cosine, a.im) });
      const term = { re: m.mul(sine, b.re), im: m.mul(sine, b.im) };
      odd = odd ? add(m, odd, term) : term;
    }
    y[k] = { re: m.add(even.re, odd!.im), im: m.sub(even.im, odd!.re) };
    y[radix - k] = { re: m.sub(even.re, odd!.im), im: m.add(even.im, odd!.re) };
  }
  return y;
}
