// Random array programs from a seed: every op of the array dialect, ranks 0 to 4, sizes around the widths of vectors,
// dynamic dimensions, values that are used several times and several results.
import { Random } from '@budflow/numerics';
import { randomControlFlow } from './control-flow.js';
import {
  type Dim,
  ELEMENTS,
  type Element,
  elementCount,
  isComplex,
  isFloat,
  type Node,
  type Printing,
  type Program,
  partOf,
  SPECIAL_ELEMENTS,
  type TensorShape,
  typeText,
} from './program.js';

import { type Maker, structuralStep } from './structural-ops.js';

const SIZES = [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 33, 64, 70];
const MAX_ELEMENTS = 9000;
const FLOAT_UNARY = [
  'neg',
  'abs',
  'sqrt',
  'rsqrt',
  'exp',
  'exp2',
  'expm1',
  'log',
  'log2',
  'log10',
  'log1p',
  'sin',
  'cos',
  'tan',
  'asin',
  'acos',
  'atan',
  'sinh',
  'cosh',
  'cbrt',
  'asinh',
  'acosh',
  'atanh',
  'sign',
  'tanh',
  'sigmoid',
  'erf',
  'floor',
  'ceil',
  'round',
  'round_even',
  'trunc',
];
const FLOAT_BINARY = ['add', 'sub', 'mul', 'div', 'min', 'max', 'add', 'mul', 'sub', 'rem', 'pow', 'atan2'];
const INTEGER_BINARY = ['add', 'sub', 'mul', 'div', 'rem', 'min', 'max', 'and', 'or', 'xor'];
const COMPLEX_UNARY = [
  ...[
    'neg',
    'conj',
    'sign',
    'neg',
    'conj',
    'exp',
    'expm1',
    'log',
    'log1p',
    'sqrt',
    'rsqrt',
    'sin',
    'cos',
    'tan',
    'sinh',
  ],
  ...['cosh', 'tanh', 'asin', 'acos', 'atan', 'cbrt', 'sigmoid'],
];
const COMPLEX_BINARY = ['add', 'sub', 'mul', 'div', 'add', 'sub', 'mul', 'pow'];
const PREDICATES = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'];

export interface GenerateOptions {
  /** Ops at most (default 12). */
  readonly maxOps?: number;
  /** Whether there are loops and branches, and how often: `often` makes them a third of the ops. Default: none. */
  readonly controlFlow?: 'sometimes' | 'often';
  /** Element types (default: all). */
  readonly types?: readonly Element[];
}

export function generateProgram(seed: number, options: GenerateOptions = {}): Program {
  return new Generator(seed, options).run(options.maxOps ?? 12);
}

function sameShape(a: TensorShape, b: TensorShape): boolean {
  return (
    a.dims.length === b.dims.length &&
    a.dims.every((d, i) => d.size === b.dims[i]!.size && d.dynamic === b.dims[i]!.dynamic)
  );
}

/** Text of a constant of an element type. */
function literal(element: Element, random: Random): string {
  if (element === 'i1') return random.uint32() & 1 ? 'true' : 'false';
  if (isFloat(element))
    return `${['0.0', '-0.0', '1.0', '-1.5', '2.0', '0.25', '-3.0', '100.0'][random.uint32() % 8]} : ${element}`;
  if (isComplex(element)) {
    const part = partOf(element);
    return `[${literal(part, random)}, ${literal(part, random)}]`;
  }
  return `${[0, 1, 2, 3, 7, 100][random.uint32() % 6]} : ${element}`;
}

class Generator {
  private readonly seed: number;
  private readonly random: Random;
  private readonly controlFlow: GenerateOptions['controlFlow'];
  private readonly nodes: Node[] = [];
  /** Main shape of the program: most values have dimensions of it. */
  private base: Dim[] = [];
  /** The type that most values have. */
  private floats: Element = 'f32';
  private readonly elements: readonly Element[];
  /** Half floats or complex numbers when the program is about them. */
  private readonly special: Element | undefined;

  constructor(seed: number, { controlFlow, types }: GenerateOptions) {
    this.seed = seed;
    this.controlFlow = controlFlow;
    this.random = new Random(seed);
    this.special = types === undefined && this.chance(25) ? this.pick(SPECIAL_ELEMENTS) : undefined;
    this.elements = types ?? (this.special ? [...ELEMENTS, this.special] : ELEMENTS);
  }

  private readonly maker: Maker = {
    int: (n) => this.int(n),
    chance: (percent) => this.chance(percent),
    pick: (list) => this.pick(list),
    add: (type, operands, print, helper) => this.add(type, operands, print, [], helper),
    literal: (element) => literal(element, this.random),
    scalar: (element) => this.scalar(element),
    like: (x) => this.like(x),
  };

  private int(n: number): number {
    return this.random.uint32() % n;
  }
  private chance(percent: number): boolean {
    return this.int(100) < percent;
  }
  private pick<T>(list: readonly T[]): T {
    return list[this.int(list.length)]!;
  }

  private add(
    type: TensorShape,
    operands: readonly Node[],
    print?: (p: Printing) => string,
    sizes: readonly number[] = [],
    helper?: (name: string) => string,
  ): Node {
    const node: Node = { id: this.nodes.length, type, operands: operands.map((o) => o.id), sizes, print, helper };
    this.nodes.push(node);
    return node;
  }

  run(maxOps: number): Program {
    const rank = this.pick([0, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 5]);
    const floats = this.elements.filter(isFloat);
    if (this.special) this.floats = this.special;
    else
      this.floats = floats.length === 0 ? this.pick(this.elements) : this.chance(75) ? floats[0]! : this.pick(floats);
    for (let d = 0; d < rank; d++) this.base.push(this.dim({ leading: d === 0 }));
    while (this.base.reduce((n, d) => n * d.size, 1) > MAX_ELEMENTS / 2) {
      const d = this.int(this.base.length);
      this.base[d] = { ...this.base[d]!, size: Math.max(1, this.base[d]!.size >> 1) };
    }
    if (rank === 1 && this.chance(20)) this.base[0] = { ...this.base[0]!, size: 1000 + this.int(4000) };
    const inputs = 1 + this.int(3);
    for (let i = 0; i < inputs; i++) this.input();
    const count = 1 + this.int(maxOps);
    for (let tries = 0, made = 0; made < count && tries < 60; tries++) if (this.step()) made++;
    return { seed: this.seed, nodes: this.nodes, returns: this.returns() };
  }

  private dim({ leading }: { readonly leading: boolean }): Dim {
    const size = this.chance(4) ? 0 : this.pick(SIZES);
    return { size, dynamic: this.chance(leading ? 35 : 12) };
  }

  private input(): Node {
    const element = this.chance(65) ? this.floats : this.pick(this.elements);
    // Some arguments lack dimensions, to be broadcast.
    const dims = this.base.filter(() => !this.chance(15));
    return this.add({ element, dims }, []);
  }

  /** Values nobody uses are results, and some others. */
  private returns(): number[] {
    const used = new Set(this.nodes.flatMap((n) => n.operands));
    const list = this.nodes.filter((n) => n.print && !used.has(n.id)).map((n) => n.id);
    const kept = list.slice(-4);
    for (const n of this.nodes) if (n.print && used.has(n.id) && kept.length < 5 && this.chance(10)) kept.push(n.id);
    if (kept.length === 0) kept.push(this.nodes.length - 1);
    return kept;
  }

  /** Later values more often, so that chains grow. */
  private value(accept: (n: Node) => boolean = () => true): Node | undefined {
    const list = this.nodes.filter(accept);
    if (list.length === 0) return undefined;
    return this.chance(50) ? list[Math.max(0, list.length - 1 - this.int(3))] : this.pick(list);
  }

  private step(): boolean {
    const x = this.value();
    if (!x) return false;
    if (this.controlFlow === 'often' && this.chance(33)) return this.control(x);
    if (this.chance(30)) return structuralStep(this.maker, x);
    const roll = this.int(100);
    if (roll < 14) return this.unary(x);
    if (roll < 38) return this.binary(x);
    if (roll < 43) return this.compare(x);
    if (roll < 48) return this.select(x);
    if (roll < 52) return this.ternary(x);
    if (roll < 58) return this.cast(x);
    if (roll < 66) return this.broadcast(x) !== undefined;
    if (roll < 71) return this.transpose(x);
    if (roll < 76) return this.slice(x);
    if (roll < 80) return this.pad(x);
    if (roll < 85) return this.reshape(x);
    if (roll < 93) return this.reduce(x);
    if (roll < 96) return this.dot(x);
    if (this.controlFlow && roll < 98) return this.control(x);
    return this.creation();
  }

  /** A loop or a branch over values of one type. */
  private control(x: Node): boolean {
    const operands = [x, this.like(x), this.like(x)];
    const { text, helper } = randomControlFlow(x.type, operands.length, this.maker);
    this.add(x.type, operands, (p) => text(p.result, p.operands, p.helper), [], helper);
    return true;
  }

  /** A value of the same shape and a given element type: found, brought there, or made. */
  private like(x: Node, element: Element = x.type.element): Node {
    const found = this.nodes.filter((n) => n.type.element === element && sameShape(n.type, x.type));
    if (found.length > 0 && this.chance(75)) return this.pick(found);
    const smaller = this.value((n) => n.type.element === element && n.type.dims.length < x.type.dims.length);
    if (smaller) {
      const made = this.broadcastTo(smaller, x.type.dims);
      if (made) return made;
    }
    if (this.chance(60)) {
      const other = this.nodes
        .filter((n) => n.type.element !== element && sameShape(n.type, x.type))
        .filter((n) => isComplex(element) || !isComplex(n.type.element));
      if (other.length > 0) return this.castTo(this.pick(other), element);
    }
    if (this.chance(40)) return this.full({ element, dims: x.type.dims });
    return this.add({ element, dims: x.type.dims }, []);
  }

  private unary(x: Node): boolean {
    const { element } = x.type;
    const op = isComplex(element)
      ? this.pick(COMPLEX_UNARY)
      : isFloat(element)
        ? this.pick(FLOAT_UNARY)
        : element === 'i1'
          ? 'not'
          : this.pick(['neg', 'abs', 'not']);
    this.add(x.type, [x], (p) => `${p.result} = array.${op} ${p.operands[0]} : ${typeText(p.type)}`);
    return true;
  }

  private binary(x: Node): boolean {
    const { element } = x.type;
    const op = this.pick(
      isComplex(element)
        ? COMPLEX_BINARY
        : isFloat(element)
          ? FLOAT_BINARY
          : element === 'i1'
            ? ['and', 'or', 'xor']
            : INTEGER_BINARY,
    );
    const y = this.like(x);
    const [a, b] = this.chance(50) ? [x, y] : [y, x];
    this.add(
      x.type,
      [a, b],
      (p) => `${p.result} = array.${op} ${p.operands[0]}, ${p.operands[1]} : ${typeText(p.type)}`,
    );
    return true;
  }

  private compare(x: Node): boolean {
    const { element } = x.type;
    const predicate = this.pick(element === 'i1' || isComplex(element) ? ['eq', 'ne'] : PREDICATES);
    this.add(
      { ...x.type, element: 'i1' },
      [x, this.like(x)],
      (p) =>
        `${p.result} = array.cmp ${predicate}, ${p.operands[0]}, ${p.operands[1]} : ${typeText(p.operandTypes[0]!)}`,
    );
    return true;
  }

  private select(x: Node): boolean {
    const c = this.like(x, 'i1');
    this.add(
      x.type,
      [c, x, this.like(x)],
      (p) => `${p.result} = array.select ${p.operands[0]}, ${p.operands[1]}, ${p.operands[2]} : ${typeText(p.type)}`,
    );
    return true;
  }

  private ternary(x: Node): boolean {
    if (x.type.element === 'i1' || isComplex(x.type.element)) return false;
    this.add(
      x.type,
      [this.like(x), x, this.like(x)],
      (p) => `${p.result} = array.clamp ${p.operands[0]}, ${p.operands[1]}, ${p.operands[2]} : ${typeText(p.type)}`,
    );
    return true;
  }

  private castTo(x: Node, element: Element): Node {
    return this.add(
      { ...x.type, element },
      [x],
      (p) => `${p.result} = array.cast ${p.operands[0]} : ${typeText(p.operandTypes[0]!)} to ${typeText(p.type)}`,
    );
  }

  private cast(x: Node): boolean {
    const to = this.chance(50) ? this.floats : this.pick(this.elements);
    if (isComplex(x.type.element) && !isComplex(to)) return false;
    this.castTo(x, to);
    return true;
  }

  private full(type: TensorShape): Node {
    const value = literal(type.element, this.random);
    const empty = this.chance(10);
    const sizes = type.dims.filter((d) => d.dynamic).map((d) => d.size);
    return this.add(
      type,
      [],
      (p) =>
        `${p.result} = array.${empty ? 'empty :' : `full ${value},`} ${typeText(p.type)}${p.sizes.length ? ` (${p.sizes.join(', ')})` : ''}`,
      sizes,
    );
  }

  private creation(): boolean {
    const element = this.pick(this.elements);
    const type = { element, dims: this.base };
    if (element !== 'i1' && this.chance(40)) {
      const size = this.pick([1, 2, 3, 4, 5, 8]);
      const part = partOf(element);
      const value = () => literal(part, this.random).split(' ')[0];
      const values = Array.from({ length: size }, () => (isComplex(element) ? `(${value()}, ${value()})` : value()));
      this.add(
        { element, dims: [{ size, dynamic: false }] },
        [],
        (p) => `${p.result} = array.constant dense<[${values.join(', ')}]> : ${typeText(p.type)}`,
      );
      return true;
    }
    if (element === 'i1' || this.base.length === 0 || this.chance(30)) {
      this.full(type);
      return true;
    }
    const at = this.int(this.base.length);
    const sizes = this.base.filter((d) => d.dynamic).map((d) => d.size);
    this.add(
      type,
      [],
      (p) =>
        `${p.result} = array.iota dim = ${at} : ${typeText(p.type)}${p.sizes.length ? ` (${p.sizes.join(', ')})` : ''}`,
      sizes,
    );
    return true;
  }

  /** Ascending or arbitrary places for the operand's dimensions among those of the result. */
  private broadcastTo(x: Node, dims: readonly Dim[]): Node | undefined {
    const free = dims.map((_, i) => i);
    const places: number[] = [];
    for (const d of x.type.dims) {
      const fits = free.filter(
        (i) => (dims[i]!.size === d.size && dims[i]!.dynamic === d.dynamic) || (d.size === 1 && !d.dynamic),
      );
      if (fits.length === 0) return undefined;
      const place = this.chance(80) ? fits[0]! : this.pick(fits);
      places.push(place);
      free.splice(free.indexOf(place), 1);
    }
    const kept = (r: number): boolean => {
      const at = places.indexOf(r);
      return at >= 0 && x.type.dims[at]!.dynamic;
    };
    const sizes = dims.flatMap((d, r) => (d.dynamic && !kept(r) ? [d.size] : []));
    return this.add(
      { element: x.type.element, dims },
      [x],
      (p) =>
        `${p.result} = array.broadcast ${p.operands[0]} dims = [${places.join(', ')}]${p.sizes.length ? ` sizes(${p.sizes.join(', ')})` : ''} : ${typeText(p.operandTypes[0]!)} to ${typeText(p.type)}`,
      sizes,
    );
  }

  private broadcast(x: Node): Node | undefined {
    if (this.chance(60) && x.type.dims.length <= this.base.length) {
      const made = this.broadcastTo(x, this.base);
      if (made) return made;
    }
    if (x.type.dims.length >= 5) return undefined;
    const dims = x.type.dims.map((d) =>
      d.size === 1 && !d.dynamic && this.chance(60) ? this.dim({ leading: false }) : d,
    );
    dims.splice(this.int(dims.length + 1), 0, { size: this.pick([1, 2, 3, 5, 8, 16]), dynamic: this.chance(15) });
    if (elementCount({ element: 'f32', dims }) > MAX_ELEMENTS) return undefined;
    return this.broadcastTo(x, dims);
  }

  private transpose(x: Node): boolean {
    const rank = x.type.dims.length;
    if (rank < 2) return false;
    const perm = x.type.dims.map((_, i) => i);
    for (let i = rank - 1; i > 0; i--) {
      const j = this.int(i + 1);
      [perm[i], perm[j]] = [perm[j]!, perm[i]!];
    }
    this.add(
      { ...x.type, dims: perm.map((d) => x.type.dims[d]!) },
      [x],
      (p) =>
        `${p.result} = array.transpose ${p.operands[0]} perm = [${perm.join(', ')}] : ${typeText(p.operandTypes[0]!)} to ${typeText(p.type)}`,
    );
    return true;
  }

  private slice(x: Node): boolean {
    if (x.type.dims.length === 0) return false;
    const ranges = x.type.dims.map((d) => {
      if (this.chance(30)) return { start: 0, limit: d.size, stride: 1, open: d.dynamic };
      const start = this.chance(50) ? this.int(Math.min(d.size + 1, 4)) : this.int(d.size + 1);
      const open = d.dynamic && this.chance(70);
      return {
        start,
        limit: open ? d.size : start + this.int(d.size - start + 1),
        stride: this.pick([1, 1, 1, 2, 3]),
        open,
      };
    });
    const dims = ranges.map((r) => ({ size: Math.ceil((r.limit - r.start) / r.stride), dynamic: r.open }));
    if (dims.some((d) => d.size === 0) && !this.chance(5)) return false;
    this.add({ ...x.type, dims }, [x], (p) => {
      const list = ranges.map((r) => `${r.start}:${r.open ? '?' : r.limit}:${r.stride}`).join(', ');
      return `${p.result} = array.slice ${p.operands[0]} [${list}] : ${typeText(p.operandTypes[0]!)} to ${typeText(p.type)}`;
    });
    return true;
  }

  private pad(x: Node): boolean {
    const low = x.type.dims.map(() => this.int(4));
    const high = x.type.dims.map(() => this.int(4));
    const dims = x.type.dims.map((d, i) => ({ ...d, size: d.size + low[i]! + high[i]! }));
    if (elementCount({ element: 'f32', dims }) > MAX_ELEMENTS) return false;
    const value = literal(x.type.element, this.random);
    this.add(
      { ...x.type, dims },
      [x],
      (p) =>
        `${p.result} = array.pad ${p.operands[0]} low = [${low.join(', ')}] high = [${high.join(', ')}] value ${value} : ${typeText(p.operandTypes[0]!)} to ${typeText(p.type)}`,
    );
    return true;
  }

  /** At most one dynamic dimension on either side; which one holds the count that is left. */
  private reshape(x: Node): boolean {
    const { dims } = x.type;
    const dynamic = dims.filter((d) => d.dynamic).length;
    const total = elementCount(x.type);
    if (dynamic > 1 || (dynamic === 1 && total === 0)) return false;
    let sizes: number[];
    switch (this.int(4)) {
      case 0:
        sizes = [total];
        break;
      case 1:
        sizes = dims.map((d) => d.size);
        sizes.splice(this.int(sizes.length + 1), 0, 1);
        break;
      case 2: {
        const factor = [2, 3, 4, 5, 8, 16].filter((f) => total % f === 0 && total > 0);
        if (factor.length === 0) return false;
        const f = this.pick(factor);
        sizes = this.chance(50) ? [f, total / f] : [total / f, f];
        break;
      }
      default:
        sizes = dims.map((d) => d.size).filter((s) => s !== 1);
    }
    if (sizes.length > 5) return false;
    // The dynamic size must follow from the others for every run-time size: static dimensions of the result divide it.
    const fixed = dims.reduce((n, d) => n * (d.dynamic ? 1 : d.size), 1);
    const result: Dim[] = sizes.map((size) => ({ size, dynamic: false }));
    if (dynamic === 1) {
      const at = sizes.findIndex(
        (_, i) =>
          sizes.reduce((n, s, k) => n * (k === i ? 1 : s), 1) > 0 &&
          fixed % sizes.reduce((n, s, k) => n * (k === i ? 1 : s), 1) === 0,
      );
      if (at < 0) return false;
      result[at] = { size: sizes[at]!, dynamic: true };
    }
    this.add(
      { ...x.type, dims: result },
      [x],
      (p) => `${p.result} = array.reshape ${p.operands[0]} : ${typeText(p.operandTypes[0]!)} to ${typeText(p.type)}`,
    );
    return true;
  }

  private scalar(element: Element): Node {
    const found = this.nodes.filter((n) => n.type.element === element && n.type.dims.length === 0);
    if (found.length > 0 && this.chance(40)) return this.pick(found);
    return this.full({ element, dims: [] });
  }

  private reduce(x: Node): boolean {
    const rank = x.type.dims.length;
    if (rank === 0) return false;
    const { element } = x.type;
    const kinds = isComplex(element)
      ? ['add', 'mul']
      : isFloat(element)
        ? ['add', 'add', 'add', 'max', 'min', 'mul']
        : element === 'i1'
          ? ['and', 'or', 'xor']
          : ['add', 'mul', 'min', 'max', 'and', 'or', 'xor'];
    const kind = this.pick(kinds);
    let dims = x.type.dims.map((_, i) => i).filter(() => this.chance(50));
    if (dims.length === 0 || this.chance(30)) dims = [rank - 1];
    if (this.chance(10)) dims = x.type.dims.map((_, i) => i);
    this.add(
      { element, dims: x.type.dims.filter((_, i) => !dims.includes(i)) },
      [x, this.scalar(element)],
      (p) =>
        `${p.result} = array.reduce ${kind} ${p.operands[0]} init ${p.operands[1]} dims = [${dims.join(', ')}] : ${p.operandTypes.map(typeText).join(', ')} to ${typeText(p.type)}`,
    );
    return true;
  }

  private dot(x: Node): boolean {
    const { element, dims } = x.type;
    if (element === 'i1' || dims.length === 0) return false;
    const contract = this.chance(60) ? dims.length - 1 : this.int(dims.length);
    const batch = dims.length === 3 && contract !== 0 && this.chance(60) ? [0] : [];
    const free = this.chance(20)
      ? []
      : [{ size: this.pick([1, 2, 3, 4, 5, 8, 15, 16, 17, 33]), dynamic: this.chance(10) }];
    const k = dims[contract]!;
    const order = this.chance(50) ? 'kn' : 'nk';
    const rhsDims = [...batch.map((b) => dims[b]!), ...(order === 'kn' ? [k, ...free] : [...free, k])];
    const result = [
      ...batch.map((b) => dims[b]!),
      ...dims.filter((_, i) => i !== contract && !batch.includes(i)),
      ...free,
    ];
    const work = elementCount({ element, dims: result }) * k.size;
    if (work > 40_000 || result.length > 4) return false;
    const type = { element, dims: rhsDims };
    const found = this.nodes.filter((n) => n.type.element === element && sameShape(n.type, type));
    const y = found.length > 0 && this.chance(60) ? this.pick(found) : this.add(type, []);
    const rhsContract = batch.length + (order === 'kn' ? 0 : free.length);
    this.add(
      { element, dims: result },
      [x, y],
      (p) =>
        `${p.result} = array.dot_general ${p.operands[0]}, ${p.operands[1]} batch = [${batch.join(', ')}] x [${batch.map((_, i) => i).join(', ')}] contract = [${contract}] x [${rhsContract}] : ${p.operandTypes.map(typeText).join(', ')} -> ${typeText(p.type)}`,
    );
    return true;
  }
}
