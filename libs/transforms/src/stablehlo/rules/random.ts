// rng_bit_generator: the counter-based generators of Salmon, Moraes, Dror and Shaw ("Parallel random numbers: as easy as
// 1, 2, 3"), with counters laid out over the result as XLA lays them out, so that the bits are the same.
import { BroadcastOp, ConcatOp, IotaOp, SliceOp } from '@budflow/dialect-array';
import * as hlo from '@budflow/dialect-stablehlo';
import {
  DYNAMIC,
  elementCount,
  FloatType,
  IntegerType,
  type Operation,
  type TensorType,
  type Value,
} from '@budflow/ir';
import { Arithmetic } from '../arithmetic.js';
import { type HloRules, ruleFor } from '../rule.js';
import type { HloSite } from '../site.js';
import { constantNumbers } from '../sizes.js';

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;
/** Xored into the keys of Threefry, so that no key is all zeros. */
const PARITY = 0x1bd11bdan;
const PHILOX_MULTIPLIERS = [0xd2511f53n, 0xcd9e8d57n] as const;
const PHILOX_WEYL = [0x9e3779b9n, 0xbb67ae85n] as const;
const PHILOX_ROUNDS = 10;

/** Builds numbers of 32 and 64 bits without sign. */
class Words {
  readonly site: HloSite;
  readonly math: Arithmetic;
  constructor(site: HloSite) {
    this.site = site;
    this.math = new Arithmetic(site, site.operand(0));
  }
  get ui32(): IntegerType {
    return this.site.context.integer(32, 'unsigned');
  }
  get ui64(): IntegerType {
    return this.site.context.integer(64, 'unsigned');
  }
  low(wide: Value): Value {
    return this.site.cast(wide, this.ui32);
  }
  high(wide: Value): Value {
    return this.site.cast(this.math.shr(wide, 32), this.ui32);
  }
  join(low: Value, high: Value): Value {
    const [l, h] = [low, high].map((v) => this.site.cast(v, this.ui64)) as [Value, Value];
    return this.math.or(l, this.math.shl(h, 32));
  }
  /** Element `i` of the state, of rank 0. */
  state(i: number): Value {
    return this.site.reshape(this.slice(this.site.operand(0), [i], [i + 1]), []);
  }
  slice(value: Value, starts: readonly number[], limits: readonly number[]): Value {
    const { context, rewriter, loc } = this.site;
    const shape = limits.map((limit, d) => limit - starts[d]!);
    if ((value.type as TensorType).shape.every((size, d) => size === shape[d])) return value;
    return SliceOp.build(rewriter, loc, {
      operand: value,
      starts,
      limits,
      strides: shape.map(() => 1),
      resultTypes: [context.tensor(shape, this.site.elementOf(value))],
    });
  }
  concat(parts: readonly Value[], dim: number): Value {
    const { context, rewriter, loc } = this.site;
    const { shape, element } = parts[0]!.type as TensorType;
    const sizes = shape.map((size, d) => (d === dim ? size * parts.length : size));
    return ConcatOp.build(rewriter, loc, { inputs: parts, dim, resultTypes: [context.tensor(sizes, element)] });
  }
  /** 0, 1, 2, .. in row-major order. */
  count(shape: readonly number[]): Value {
    const { context, rewriter, loc } = this.site;
    const n = elementCount(shape)!;
    const type = context.tensor([n], this.ui64);
    return this.site.reshape(IotaOp.build(rewriter, loc, { dim: 0, sizes: [], resultTypes: [type] }), shape);
  }
  vector(scalars: readonly Value[]): Value {
    return this.concat(
      scalars.map((s) => this.site.reshape(s, [1])),
      0,
    );
  }
}

interface Generated {
  /** Bits as unsigned integers, of 64 bits or of 32. */
  readonly bits: Value;
  readonly state: Value;
}

/** Two words of 32 bits from two and a key: 20 rounds of Threefry. */
function threefry(w: Words, counter: readonly [Value, Value], key: readonly [Value, Value]): [Value, Value] {
  const { math, site } = w;
  const keys = [...key, math.xor(math.xor(key[0], key[1]), PARITY)].map((k) => site.spread(k, counter[0]));
  let [a, b] = [math.add(counter[0], keys[0]!), math.add(counter[1], keys[1]!)];
  for (let group = 0; group < 5; group++) {
    for (let i = 0; i < 4; i++) {
      const distance = ROTATIONS[(group % 2) * 4 + i]!;
      a = math.add(a, b);
      b = math.xor(a, math.or(math.shl(b, distance), math.shr(b, 32 - distance)));
    }
    a = math.add(a, keys[(group + 1) % 3]!);
    b = math.add(math.add(b, keys[(group + 2) % 3]!), group + 1);
  }
  return [a, b];
}

function threefryBits(site: HloSite, shape: readonly number[], wide: boolean): Generated {
  const w = new Words(site);
  const [key, start] = [w.state(0), w.state(1)];
  const keys = [w.low(key), w.high(key)] as const;
  const run = (counters: readonly number[]): [Value, Value] => {
    const count = w.count(counters);
    const counter = w.math.add(site.spread(start, count), count);
    return threefry(w, [w.low(counter), w.high(counter)], keys);
  };
  const after = (n: number): Value => w.vector([key, w.math.add(start, BigInt(n))]);
  if (wide) {
    const [low, high] = run(shape);
    return { bits: w.join(low, high), state: after(elementCount(shape)!) };
  }
  if (shape.length === 0) return { bits: site.reshape(run([1])[0], []), state: after(1) };
  // Both words of a counter stand next to each other along the first even dimension, or else the largest one.
  const even = shape.findIndex((size) => size % 2 === 0);
  const dim = even >= 0 ? even : shape.indexOf(Math.max(...shape));
  const half = shape.flatMap((size, d) => (d === dim ? [Math.ceil(size / 2), 1] : [size]));
  const pairs = w.concat(run(half), dim + 1);
  const rounded = shape.map((size, d) => (d === dim ? 2 * Math.ceil(size / 2) : size));
  const bits = w.slice(
    site.reshape(pairs, rounded),
    shape.map(() => 0),
    shape,
  );
  return { bits, state: after(elementCount(half)!) };
}

type Four = [Value, Value, Value, Value];

function philoxRounds(w: Words, counter: Four, key: readonly [Value, Value]): Four {
  const { math, site } = w;
  let [x0, x1, x2, x3] = counter;
  const product = (x: Value, by: bigint): [high: Value, low: Value] => {
    const wide = math.mul(site.cast(x, w.ui64), by);
    return [w.high(wide), w.low(wide)];
  };
  for (let round = 0; round < PHILOX_ROUNDS; round++) {
    const [k0, k1] = key.map((k, i) => {
      const raised = math.add(k, (PHILOX_WEYL[i]! * BigInt(round)) & 0xffffffffn);
      return site.spread(raised, x0);
    }) as [Value, Value];
    const [[h0, l0], [h1, l1]] = [product(x0, PHILOX_MULTIPLIERS[0]), product(x2, PHILOX_MULTIPLIERS[1])];
    [x0, x1, x2, x3] = [math.xor(math.xor(h1, x1), k0), l1, math.xor(math.xor(h0, x3), k1), l0];
  }
  return [x0, x1, x2, x3];
}

function philoxBits(site: HloSite, shape: readonly number[], wide: boolean): Generated {
  const w = new Words(site);
  const { math } = w;
  const stateSize = (site.operand(0).type as TensorType).shape[0]!;
  const key = w.state(0);
  // A state of two words has the low part of the counter last, and the key is its high part.
  const [low, high] = stateSize >= 3 ? [w.state(1), w.state(2)] : [w.state(1), key];
  const count = elementCount(shape)!;
  const blocks = Math.ceil((wide ? 2 * count : count) / 4);
  const index = w.count([blocks]);
  const plus = (by: Value): [Value, Value] => {
    const [l, h] = [site.spread(low, by), site.spread(high, by)];
    const sum = math.add(l, by);
    return [sum, math.select(math.compare('lt', sum, l), math.add(h, 1), h)];
  };
  const [l, h] = plus(index);
  const words = philoxRounds(w, [w.low(l), w.high(l), w.low(h), w.high(h)], [w.low(key), w.high(key)]);
  const parts = wide ? [w.join(words[0], words[1]), w.join(words[2], words[3])] : words;
  const rows = w.concat(
    parts.map((p) => site.reshape(p, [blocks, 1])),
    1,
  );
  const flat = w.slice(site.reshape(rows, [blocks * parts.length]), [0], [count]);
  const [nextLow, nextHigh] = plus(math.number(BigInt(blocks), low));
  const state = stateSize >= 3 ? [key, nextLow, nextHigh] : [key, nextLow];
  return { bits: site.reshape(flat, shape), state: w.vector(state) };
}

function widthOf({ element }: TensorType): number {
  return element instanceof IntegerType || element instanceof FloatType ? element.width : 0;
}

function generated(site: HloSite): Value[] {
  const type = site.type(1);
  const width = widthOf(type);
  const algorithm = hlo.RngBitGeneratorOp.rng_algorithm(site.op);
  const generate = algorithm === 'THREE_FRY' ? threefryBits : philoxBits;
  const { bits, state } = generate(site, type.shape, width === 64);
  const math = new Arithmetic(site, bits);
  return [state, math.bits(site.cast(bits, site.context.integer(width, 'unsigned')), type.element)];
}

/** Whether the numbers of rng are known: only `a` can come out. */
function isCertain(op: Operation): boolean {
  const { element, shape } = op.result(0).type as TensorType;
  if (shape.includes(DYNAMIC)) return false;
  if (elementCount(shape) === 0) return true;
  const [low] = constantNumbers(op.operand(0)) ?? [];
  const [high] = constantNumbers(op.operand(1)) ?? [];
  if (hlo.RngOp.rng_distribution(op) === 'NORMAL') return high === 0;
  return element instanceof IntegerType && low !== undefined && high === low + 1;
}

export const RANDOM: HloRules = {
  ...ruleFor(hlo.RngBitGeneratorOp, {
    equation: 'rng_bit_generator s == threefry or philox of key and counters',
    refuses(op) {
      const [state, output] = [op.operand(0).type, op.result(1).type] as TensorType[];
      if (output!.shape.includes(DYNAMIC)) return 'the size of its result is not known';
      if (`${state!.element}` !== 'ui64' || ![2, 3].includes(state!.shape[0]!))
        return `its state has to be 2 or 3 numbers of type ui64, got ${state}`;
      return [8, 16, 32, 64].includes(widthOf(output!)) ? undefined : `there are no random bits as ${output!.element}`;
    },
    convert: generated,
  }),
  ...ruleFor(hlo.RngOp, {
    equation: 'rng a, b == a  where nothing else can come out',
    refuses: (op) =>
      isCertain(op)
        ? undefined
        : 'its numbers come from a state that programs cannot name; rng_bit_generator takes one as an operand',
    convert(site) {
      return [
        BroadcastOp.build(site.rewriter, site.loc, {
          operand: site.operand(0),
          dims: [],
          sizes: [],
          resultTypes: [site.type()],
        }),
      ];
    },
  }),
};
