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
  /** Whether dimensions of size DYNAMIC_SIZE are dynamic. */
  readonly dynamic: boolean;
  readonly inputs: readonly number[];
  readonly steps: readonly Choice[];
  readonly returns: readonly number[];
}

export const programChoices: fc.Arbitrary<ProgramChoices> = fc.record({
  dynamic: fc.boolean(),
  inputs: fc.array(fc.nat(99), { minLength: 1, maxLength: 3 }),
  steps: fc.array(choice, { minLength: 1, maxLength: 14 }),
  returns: fc.array(fc.nat(99), { minLength: 0, maxLength: 2 }),
});

/** What dynamic dimensions are at run time. */
export const DYNAMIC_SIZE = 18;

const SHAPES: readonly (readonly number[])[] = [[4, 18], [18], [4], [], [2, 3, 5], [1, 18], [33], [3, 18, 4], [18, 18]];
const UNARY = ['neg', 'exp', 'abs', 'sqrt', 'tanh'];
const BINARY = ['add', 'sub', 'mul', 'max', 'div', 'add', 'mul'];

interface Typed {
  readonly name: string;
  readonly shape: readonly number[];
}

/** The text of a module with a function `main`. The last value is always returned. */
export function programText(choices: ProgramChoices): string {
  return new ProgramWriter(choices).write();
}

/** Run-time sizes of the dynamic dimensions of the arguments. */
export function programSizes({ dynamic }: ProgramChoices): number[] {
  return dynamic ? new Array<number>(20).fill(DYNAMIC_SIZE) : [];
}

class ProgramWriter {
  private readonly choices: ProgramChoices;
  private readonly values: Typed[];
  private readonly lines = [
    '%zero = array.constant dense<0.0> : tensor<f32>',
    '%low = array.constant dense<0xFF800000> : tensor<f32>',
  ];

  constructor(choices: ProgramChoices) {
    this.choices = choices;
    // The first argument tells the dynamic size.
    const shapes = choices.inputs.map((n, i) =>
      i === 0 && choices.dynamic ? SHAPES[n % 2]! : SHAPES[n % SHAPES.length]!,
    );
    this.values = shapes.map((shape, i) => ({ name: `%x${i}`, shape }));
    if (choices.dynamic) this.lines.push(`%n = array.dim %x0, ${shapes[0]!.length - 1} : ${this.type(shapes[0]!)}`);
  }

  write(): string {
    const params = this.values.map((v) => `${v.name}: ${this.type(v.shape)}`).join(', ');
    for (const step of this.choices.steps) this.step(step);
    const last = this.values[this.values.length - 1]!;
    const results = [...new Set([last, ...this.choices.returns.map((r) => this.pick(r))])];
    const types = results.map((v) => this.type(v.shape)).join(', ');
    return `func.func @main(${params}) -> (${types}) {\n  ${this.lines.join('\n  ')}\n  return ${results.map((v) => v.name).join(', ')} : ${types}\n}`;
  }

  private isDynamic(size: number): boolean {
    return this.choices.dynamic && size === DYNAMIC_SIZE;
  }
  private type(shape: readonly number[]): string {
    return `tensor<${[...shape.map((d) => (this.isDynamic(d) ? '?' : d)), 'f32'].join('x')}>`;
  }
  private emit(shape: readonly number[], op: string): Typed {
    const value = { name: `%v${this.lines.length}`, shape };
    this.lines.push(`${value.name} = array.${op}`);
    this.values.push(value);
    return value;
  }
  /** Later values are picked more often. */
  private pick(n: number): Typed {
    return this.values[this.values.length - 1 - Math.min(n % 5, n % this.values.length)]!;
  }

  private step({ op, a, b, c }: Choice): void {
    const x = this.pick(a);
    const { shape } = x;
    const type = this.type(shape);
    switch (op % 12) {
      case 0:
      case 1:
        this.emit(shape, `${UNARY[c % UNARY.length]} ${x.name} : ${type}`);
        return;
      case 2:
      case 3:
      case 4:
      case 5: {
        const y = this.bring(this.pick(b), shape);
        const [l, r] = c & 1 ? [x, y] : [y, x];
        this.emit(shape, `${BINARY[c % BINARY.length]} ${l.name}, ${r.name} : ${type}`);
        return;
      }
      case 6:
      case 7:
        this.reduce(x, b, c);
        return;
      case 8:
        this.slice(x, b);
        return;
      case 9: {
        if (shape.length < 2) return;
        const perm = shape.map((_, d) => (d + 1 + (c % 2)) % shape.length);
        const to = perm.map((p) => shape[p]!);
        this.emit(to, `transpose ${x.name} perm = [${perm.join(', ')}] : ${type} to ${this.type(to)}`);
        return;
      }
      case 10:
        this.reshape(x, c);
        return;
      default:
        if (c % 2 === 0) this.pad(x);
        else this.dot(x);
    }
  }

  private reduce({ name, shape }: Typed, b: number, c: number): void {
    if (shape.length === 0) return;
    const dims = shape.map((_, d) => d).filter((d) => ((b >> d) & 1) === 1);
    if (dims.length === 0) dims.push(shape.length - 1);
    const to = shape.filter((_, d) => !dims.includes(d));
    const [kind, init] = c % 3 === 0 ? ['max', '%low'] : ['add', '%zero'];
    this.emit(
      to,
      `reduce ${kind} ${name} init ${init} dims = [${dims.join(', ')}] : ${this.type(shape)}, tensor<f32> to ${this.type(to)}`,
    );
  }

  private slice({ name, shape }: Typed, b: number): void {
    const cut = (size: number, d: number) => !this.isDynamic(size) && size >= 3 && (b >> d) % 3 !== 0;
    if (!shape.some(cut)) return;
    const to = shape.map((size, d) => (cut(size, d) ? size - 2 : size));
    if (
      this.choices.dynamic &&
      to.includes(DYNAMIC_SIZE) &&
      to.some((size, d) => size === DYNAMIC_SIZE && cut(shape[d]!, d))
    )
      return;
    const ranges = shape.map((size, d) =>
      cut(size, d) ? `${(d + b) % 3}:${((d + b) % 3) + size - 2}:1` : `0:${this.isDynamic(size) ? '?' : size}:1`,
    );
    this.emit(to, `slice ${name} [${ranges.join(', ')}] : ${this.type(shape)} to ${this.type(to)}`);
  }

  private reshape({ name, shape }: Typed, c: number): void {
    const size = shape.reduce((p, d) => p * d, 1);
    const regroup = c % 3 === 1 ? [size] : size % 6 === 0 ? [6, size / 6] : [1, size];
    const to =
      c % 3 === 0 || (this.choices.dynamic && (shape.includes(DYNAMIC_SIZE) || regroup.includes(DYNAMIC_SIZE)))
        ? [...shape, 1]
        : regroup;
    if (to.length > 3 || to.filter((d) => this.isDynamic(d)).length > 1) return;
    this.emit(to, `reshape ${name} : ${this.type(shape)} to ${this.type(to)}`);
  }

  private pad({ name, shape }: Typed): void {
    const amounts = shape.map((size) =>
      this.isDynamic(size) || (this.choices.dynamic && size + 2 === DYNAMIC_SIZE) ? 0 : size === 3 ? 0 : 1,
    );
    if (!amounts.includes(1)) return;
    const to = shape.map((size, d) => size + 2 * amounts[d]!);
    const list = amounts.join(', ');
    this.emit(
      to,
      `pad ${name} low = [${list}] high = [${list}] value 0.5 : f32 : ${this.type(shape)} to ${this.type(to)}`,
    );
  }

  private dot({ name, shape }: Typed): void {
    if (shape.length !== 2) return;
    const y = this.values.find((v) => v.shape.length >= 1 && v.shape[0] === shape[1]);
    if (!y) return;
    const to = [shape[0]!, ...y.shape.slice(1)];
    this.emit(
      to,
      `dot_general ${name}, ${y.name} contract = [1] x [0] : ${this.type(shape)}, ${this.type(y.shape)} -> ${this.type(to)}`,
    );
  }

  /** A value in another shape: broadcast where its dimensions are among those asked for, or from its sum otherwise. */
  private bring(value: Typed, shape: readonly number[]): Typed {
    if (value.shape.join() === shape.join()) return value;
    const dims = matchDims(value.shape, shape);
    if (dims) return this.broadcast(value, shape, dims);
    const all = value.shape.map((_, d) => d).join(', ');
    const sum = this.emit(
      [],
      `reduce add ${value.name} init %zero dims = [${all}] : ${this.type(value.shape)}, tensor<f32> to tensor<f32>`,
    );
    return this.broadcast(sum, shape, []);
  }

  private broadcast(value: Typed, shape: readonly number[], dims: readonly number[]): Typed {
    const sizes = shape
      .filter((size, d) => this.isDynamic(size) && !(dims.includes(d) && value.shape[dims.indexOf(d)] === size))
      .map(() => '%n');
    const clause = sizes.length > 0 ? ` sizes(${sizes.join(', ')})` : '';
    return this.emit(
      shape,
      `broadcast ${value.name} dims = [${dims.join(', ')}]${clause} : ${this.type(value.shape)} to ${this.type(shape)}`,
    );
  }
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
