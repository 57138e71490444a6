// Random loops and branches over values of one type, as text: carried values that are computed, kept, swapped, taken from
// outside or yielded twice, conditions of counters and of data, up to two deep.
import { isComplex, isFloat, partOf, type TensorShape, typeText } from './program.js';
import type { Maker } from './structural-ops.js';

/** Makes the lines that define `result` from values of its type; all choices are made when it is built. */
export type ChainText = (result: string, operands: readonly string[], callee?: string) => string;

/** Loops and branches, and the function that some of them call. */
export interface ControlFlowText {
  readonly text: ChainText;
  readonly helper?: (name: string) => string;
}

export function randomControlFlow(type: TensorShape, operandCount: number, make: Chooser): ControlFlowText {
  // What a call gives has sizes of its own until it is inlined, and loops pass on only what has a size known before them.
  const calls = make.chance(30) && type.dims.every((d) => !d.dynamic);
  const plan = new Planner(type, make, { calls });
  const lines = plan.control('<r>', places(operandCount), 2);
  const text = filled(lines);
  if (!calls) return { text };
  const [t, chain] = [typeText(type), randomChain(type, 2, make)];
  const helper = (name: string) => `func.func private ${name}(%a: ${t}, %b: ${t}) -> ${t} {
  ${chain('%r', ['%a', '%b'])}
  return %r : ${t}
}`;
  return { text, helper };
}

/** A few ops one after another. */
export function randomChain(type: TensorShape, operandCount: number, make: Chooser): ChainText {
  return filled(new Planner(type, make, { calls: false }).chain('<r>', places(operandCount)));
}

/** What choices are made with. */
export type Chooser = Pick<Maker, 'int' | 'chance' | 'pick'>;

function places(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `&{${i}}`);
}

function filled(lines: readonly string[]): ChainText {
  return (result, values, callee = '') =>
    lines
      .map((line) => line.replace(/&\{(\d+)\}/g, (_, i: string) => values[Number(i)]!))
      .map((line) => line.replaceAll('<r>', result).replaceAll('<f>', callee))
      .join('\n  ');
}

class Planner {
  private readonly type: TensorShape;
  private readonly text: string;
  private readonly make: Chooser;
  private readonly calls: boolean;
  private count = 0;

  constructor(type: TensorShape, make: Chooser, { calls }: { readonly calls: boolean }) {
    this.type = type;
    this.text = typeText(type);
    this.make = make;
    this.calls = calls;
  }

  private int(n: number): number {
    return this.make.int(n);
  }
  private pick<T>(list: readonly T[]): T {
    return this.make.pick(list);
  }
  /** A name of its own; `<r>` is what makes it so in the program. */
  private name(): string {
    return `<r>_${this.count++}`;
  }

  /** Lines that define `result` by ops one after another, of which the last one reads all operands. */
  chain(result: string, pool: readonly string[]): string[] {
    const values = [...pool];
    const lines: string[] = [];
    for (let n = 1 + this.int(4); n > 0; n--) {
      const name = this.name();
      lines.push(this.op(name, values));
      values.push(name);
    }
    return [...lines, ...this.combine(result, [values[values.length - 1]!, ...pool])];
  }

  /** Lines that define `result` by a loop or a branch. */
  control(result: string, pool: readonly string[], depth: number): string[] {
    const carried = 1 + this.int(3);
    const types = Array.from({ length: carried }, () => this.text).join(', ');
    const made = this.name();
    const results = Array.from({ length: carried }, (_, i) => (carried === 1 ? made : `${made}#${i}`));
    const define = carried === 1 ? made : `${made}:${carried}`;
    const lines: string[] = [];
    switch (this.int(3)) {
      case 0: {
        const args = results.map(() => this.name());
        const list = args.map((a) => `${a} = ${this.pick(pool)}`).join(', ');
        const trips = this.int(5);
        lines.push(`${define} = loop.for ${this.name()} = 0 to ${trips} iter_args(${list}) -> (${types}) {`);
        lines.push(...this.body([...args, ...args, ...pool], carried, depth), '}');
        break;
      }
      case 1:
        lines.push(...this.whileLoop(define, carried, types, pool, depth));
        break;
      default: {
        const [condition, before] = this.condition(this.pick(pool));
        lines.push(...before, `${define} = loop.if ${condition} -> (${types}) {`);
        lines.push(...this.body(pool, carried, depth), '} else {');
        lines.push(...this.body(pool, carried, depth), '}');
      }
    }
    lines.push(...this.combine(result, results));
    return lines;
  }

  /** At most four rounds, or until the data say so. */
  private whileLoop(define: string, carried: number, types: string, pool: readonly string[], depth: number): string[] {
    const [zero, one, limit] = [this.name(), this.name(), this.name()];
    const args = Array.from({ length: carried }, () => this.name());
    const after = Array.from({ length: carried }, () => this.name());
    const [counter, next, counted, below, go] = [this.name(), this.name(), this.name(), this.name(), this.name()];
    const list = args.map((a) => `${a} = ${this.pick(pool)}`).join(', ');
    const [holds, lines] = this.condition(args[0]!);
    // The counter is carried last, so that results keep their positions.
    const results = define.replace(/:\d+$/, '');
    const all = `${types}, i32`;
    const body = this.body([...after, ...after, ...pool], carried, depth);
    const end = body.pop()!.replace(/^loop\.yield (.*) : (.*)$/, `loop.yield $1, ${counted} : $2, i32`);
    const loop = carried === 1 ? this.name() : results;
    return [
      `${zero} = arith.constant 0 : i32`,
      `${one} = arith.constant 1 : i32`,
      `${limit} = arith.constant ${this.int(5)} : i32`,
      `${loop}:${carried + 1} = loop.while (${list}, ${counter} = ${zero}) : (${all}) -> (${all}) {`,
      ...lines,
      `${below} = arith.cmpi slt, ${counter}, ${limit} : i32`,
      `${go} = arith.andi ${below}, ${this.int(3) === 0 ? below : holds} : i1`,
      `loop.condition(${go}) ${args.join(', ')}, ${counter} : ${all}`,
      '} do {',
      `^bb0(${after.map((a) => `${a}: ${this.text}`).join(', ')}, ${next}: i32):`,
      ...body,
      `${counted} = arith.addi ${next}, ${one} : i32`,
      end,
      '}',
      ...(carried === 1 ? [this.copy(results, `${loop}#0`)] : []),
    ];
  }

  /** The same value under another name, or (complex) its conjugate. */
  private copy(result: string, value: string): string {
    if (isComplex(this.type.element)) return `${result} = array.conj ${value} : ${this.text}`;
    return `${result} = array.${this.type.element === 'i1' ? 'and' : 'max'} ${value}, ${value} : ${this.text}`;
  }

  /** Ops over the pool, and a yield of some values of it. */
  private body(pool: readonly string[], yields: number, depth: number): string[] {
    const values = [...pool];
    const lines: string[] = [];
    for (let n = this.int(4); n > 0; n--) {
      const name = this.name();
      if (depth > 1 && this.int(6) === 0) lines.push(...this.control(name, values.slice(-4), depth - 1));
      else lines.push(this.op(name, values));
      values.push(name, name);
    }
    const passed = Array.from({ length: yields }, () => this.pick(values.slice(-6)));
    return [...lines, `loop.yield ${passed.join(', ')} : ${passed.map(() => this.text).join(', ')}`];
  }

  private op(name: string, values: readonly string[]): string {
    const { element, dims } = this.type;
    const [a, b] = [this.pick(values.slice(-6)), this.pick(values)];
    if (this.calls && this.int(4) === 0)
      return `${name} = func.call <f>(${a}, ${b}) : (${this.text}, ${this.text}) -> ${this.text}`;
    if (dims.length > 0 && this.int(4) === 0)
      return `${name} = array.reverse ${a} dims = [${this.int(dims.length)}] : ${this.text}`;
    if (element === 'i1') return `${name} = array.${this.pick(['and', 'or', 'xor'])} ${a}, ${b} : ${this.text}`;
    if (isComplex(element))
      return this.int(3) === 0
        ? `${name} = array.${this.pick(['neg', 'conj'])} ${a} : ${this.text}`
        : `${name} = array.${this.pick(['add', 'sub', 'mul'])} ${a}, ${b} : ${this.text}`;
    if (this.int(3) === 0) return `${name} = array.${this.pick(['neg', 'abs'])} ${a} : ${this.text}`;
    return `${name} = array.${this.pick(['add', 'sub', 'mul', 'min', 'max'])} ${a}, ${b} : ${this.text}`;
  }

  /** A boolean of the program that depends on a value. */
  private condition(value: string): [string, string[]] {
    const { dims } = this.type;
    const element = partOf(this.type.element);
    const complex = isComplex(this.type.element);
    const real = complex ? this.name() : value;
    const realType = typeText({ element, dims });
    const [init, top, limit, above, holds] = [this.name(), this.name(), this.name(), this.name(), this.name()];
    const one = `tensor<${element}>`;
    const all = dims.map((_, d) => d).join(', ');
    const zero = element === 'i1' ? 'false' : isFloat(element) ? '0.0' : '0';
    const half = element === 'i1' ? 'false' : isFloat(element) ? this.pick(['0.5', '2.0']) : this.pick(['1', '50']);
    const kind = element === 'i1' ? 'or' : 'max';
    const compare = element === 'i1' ? 'ne' : 'gt';
    return [
      holds,
      [
        ...(complex ? [`${real} = array.real ${value} : ${this.text}`] : []),
        `${init} = array.constant dense<${zero}> : ${one}`,
        `${top} = array.reduce ${kind} ${real} init ${init} dims = [${all}] : ${realType}, ${one} to ${one}`,
        `${limit} = array.constant dense<${half}> : ${one}`,
        `${above} = array.cmp ${compare}, ${top}, ${limit} : ${one}`,
        `${holds} = array.extract ${above} : tensor<i1> -> i1`,
      ],
    ];
  }

  /** One value from all results, so that each of them counts. */
  private combine(result: string, values: readonly string[]): string[] {
    const lines: string[] = [];
    let sum = values[0]!;
    for (const [i, value] of values.entries()) {
      if (i === 0) continue;
      const name = i === values.length - 1 ? result : this.name();
      lines.push(`${name} = array.${this.type.element === 'i1' ? 'xor' : 'sub'} ${sum}, ${value} : ${this.text}`);
      sum = name;
    }
    if (values.length === 1) lines.push(this.copy(result, sum));
    return lines;
  }
}
