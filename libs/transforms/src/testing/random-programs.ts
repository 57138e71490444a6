// Random array programs for property tests: a list of choices is read as ops over the values made so far, so that
// fast-check shrinks a failure by dropping ops.
import fc from 'fast-check';

export interface Choice {
  readonly op: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

const choice: fc.Arbitrary<Choice> = fc.record({ op: fc.nat(999), a: fc.nat(999), b: fc.nat(999), c: fc.nat(999) });

export interface ProgramChoices {
  readonly inputs: readonly number[];
  readonly steps: readonly Choice[];
  readonly returns: readonly number[];
}

export const programChoices: fc.Arbitrary<ProgramChoices> = fc.record({
  inputs: fc.array(fc.nat(99), { minLength: 1, maxLength: 3 }),
  steps: fc.array(choice, { minLength: 1, maxLength: 14 }),
  returns: fc.array(fc.nat(99), { minLength: 0, maxLength: 2 }),
});

const SHAPES: readonly (readonly number[])[] = [[4, 18], [18], [4], [], [2, 3, 5], [1, 18], [33]];
const UNARY = ['neg', 'exp', 'abs', 'sqrt', 'tanh'];
const BINARY = ['add', 'sub', 'mul', 'max', 'div', 'add', 'mul'];

interface Typed {
  readonly name: string;
  readonly shape: readonly number[];
}

function typeOf(shape: readonly number[]): string {
  return `tensor<${[...shape, 'f32'].join('x')}>`;
}

/** The text of a module with a function `main`. The last value is always returned. */
export function programText({ inputs, steps, returns }: ProgramChoices): string {
  const values: Typed[] = inputs.map((n, i) => ({ name: `%x${i}`, shape: SHAPES[n % SHAPES.length]! }));
  const params = values.map((v) => `${v.name}: ${typeOf(v.shape)}`).join(', ');
  const lines: string[] = [
    '%zero = array.constant dense<0.0> : tensor<f32>',
    '%low = array.constant dense<0xFF800000> : tensor<f32>',
  ];
  let count = 0;
  const emit = (text: (name: string) => string, shape: readonly number[]): Typed => {
    const value = { name: `%v${count++}`, shape };
    lines.push(text(value.name));
    values.push(value);
    return value;
  };
  for (const { op, a, b, c } of steps) {
    const x = pick(values, a);
    switch (op % 12) {
      case 0:
      case 1:
        emit((n) => `${n} = array.${UNARY[c % UNARY.length]} ${x.name} : ${typeOf(x.shape)}`, x.shape);
        break;
      case 2:
      case 3:
      case 4:
      case 5: {
        const y = bring(pick(values, b), x.shape, emit);
        const [l, r] = c & 1 ? [x, y] : [y, x];
        emit((n) => `${n} = array.${BINARY[c % BINARY.length]} ${l.name}, ${r.name} : ${typeOf(x.shape)}`, x.shape);
        break;
      }
      case 6:
      case 7: {
        if (x.shape.length === 0) break;
        const dims = x.shape.map((_, d) => d).filter((d) => ((b >> d) & 1) === 1 || (b % 3 === 0 && d === x.shape.length - 1));
        if (dims.length === 0) dims.push(x.shape.length - 1);
        const shape = x.shape.filter((_, d) => !dims.includes(d));
        const [kind, init] = c % 3 === 0 ? ['max', '%low'] : ['add', '%zero'];
        emit((n) => `${n} = array.reduce ${kind} ${x.name} init ${init} dims = [${dims.join(', ')}] : ${typeOf(x.shape)}, tensor<f32> to ${typeOf(shape)}`, shape);
        break;
      }
      case 8: {
        if (x.shape.length === 0 || x.shape.some((d) => d < 3)) break;
        const starts = x.shape.map((_, d) => (d + b) % 2);
        const shape = x.shape.map((d) => d - 2);
        const ranges = shape.map((d, i) => `${starts[i]}:${starts[i]! + d}:1`).join(', ');
        emit((n) => `${n} = array.slice ${x.name} [${ranges}] : ${typeOf(x.shape)} to ${typeOf(shape)}`, shape);
        break;
      }
      case 9: {
        if (x.shape.length < 2) break;
        const perm = x.shape.map((_, d) => (d + 1) % x.shape.length);
        const shape = perm.map((p) => x.shape[p]!);
        emit((n) => `${n} = array.transpose ${x.name} perm = [${perm.join(', ')}] : ${typeOf(x.shape)} to ${typeOf(shape)}`, shape);
        break;
      }
      case 10: {
        const size = x.shape.reduce((p, d) => p * d, 1);
        const shape = c % 3 === 0 ? [...x.shape, 1] : c % 3 === 1 ? [size] : size % 6 === 0 ? [6, size / 6] : [1, size];
        if (shape.length > 3) break;
        emit((n) => `${n} = array.reshape ${x.name} : ${typeOf(x.shape)} to ${typeOf(shape)}`, shape);
        break;
      }
      default: {
        if (c % 2 === 0) {
          if (x.shape.length === 0) break;
          const shape = x.shape.map((d) => d + 2);
          const zeros = x.shape.map(() => 1).join(', ');
          emit((n) => `${n} = array.pad ${x.name} low = [${zeros}] high = [${zeros}] value 0.5 : f32 : ${typeOf(x.shape)} to ${typeOf(shape)}`, shape);
          break;
        }
        if (x.shape.length !== 2) break;
        const y = values.find((v) => v.shape.length >= 1 && v.shape[0] === x.shape[1]);
        if (!y) break;
        const shape = [x.shape[0]!, ...y.shape.slice(1)];
        emit((n) => `${n} = array.dot_general ${x.name}, ${y.name} contract = [1] x [0] : ${typeOf(x.shape)}, ${typeOf(y.shape)} -> ${typeOf(shape)}`, shape);
      }
    }
  }
  const results = [...new Set([values[values.length - 1]!, ...returns.map((r) => pick(values, r))])];
  const types = results.map((v) => typeOf(v.shape)).join(', ');
  return `func.func @main(${params}) -> (${types}) {\n  ${lines.join('\n  ')}\n  return ${results.map((v) => v.name).join(', ')} : ${types}\n}`;
}

/** Later values are picked more often. */
function pick(values: readonly Typed[], n: number): Typed {
  return values[values.length - 1 - Math.min(n % 5, n % values.length)]!;
}

/** A value in another shape: broadcast where its dimensions are among the last ones, or filled from a reduction to one element. */
function bring(value: Typed, shape: readonly number[], emit: (text: (name: string) => string, shape: readonly number[]) => Typed): Typed {
  if (value.shape.join() === shape.join()) return value;
  const dims = matchDims(value.shape, shape);
  if (dims) return emit((n) => `${n} = array.broadcast ${value.name} dims = [${dims.join(', ')}] : ${typeOf(value.shape)} to ${typeOf(shape)}`, shape);
  const all = value.shape.map((_, d) => d).join(', ');
  const scalar = emit((n) => `${n} = array.reduce add ${value.name} init %zero dims = [${all}] : ${typeOf(value.shape)}, tensor<f32> to tensor<f32>`, []);
  return emit((n) => `${n} = array.broadcast ${scalar.name} dims = [] : tensor<f32> to ${typeOf(shape)}`, shape);
}

/** Ascending dimensions of `to` that fit those of `from`. */
function matchDims(from: readonly number[], to: readonly number[]): number[] | undefined {
  const dims: number[] = [];
  let at = 0;
  for (const size of from) {
    while (at < to.length && to[at] !== size && size !== 1) at++;
    if (at === to.length) return undefined;
    dims.push(at++);
  }
  return dims;
}
