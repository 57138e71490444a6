// Ops of random programs with regions of their own: combiners that are no named kind, comparators, several operands.

import type { OpEntry } from './more-ops.js';
import {
  type Dim,
  type Element,
  elementCount,
  isComplex,
  isFloat,
  type Node,
  type Printing,
  scalarOf,
  typeText,
} from './program.js';
import type { Maker } from './structural-ops.js';

const fixed = (size: number): Dim => ({ size, dynamic: false });

/** A body of two ops of values `%a` and `%b` of one type, the second of which defines `%d`; few of them are associative. */
export function combiner(make: Maker, element: Element): string {
  const s = scalarOf(element);
  const ops = isComplex(element)
    ? ['complex.add', 'complex.sub', 'complex.mul']
    : isFloat(element)
      ? ['arith.addf', 'arith.subf', 'arith.mulf', 'arith.maximumf', 'arith.minimumf']
      : element === 'i1'
        ? ['arith.xori', 'arith.andi', 'arith.ori']
        : ['arith.addi', 'arith.subi', 'arith.muli', 'arith.xori', 'arith.maxsi', 'arith.minui'];
  const second = make.pick(['%c, %b', '%b, %c', '%c, %c']);
  return `    %c = ${make.pick(ops)} %a, %b : ${s}
    %d = ${make.pick(ops)} ${second} : ${s}`;
}

/** The larger of pairs: of two operands, told by the first one. */
function larger(element: Element, other: Element): string {
  const compare = isFloat(element) ? 'arith.cmpf ogt' : 'arith.cmpi sgt';
  const [s, t] = [scalarOf(element), scalarOf(other)];
  return `body(%a: ${s}, %b: ${t}, %u: ${s}, %v: ${t}) {
    %g = ${compare}, %u, %a : ${s}
    %m = arith.select %g, %u, %a : ${s}
    %n = arith.select %g, %v, %b : ${t}
    array.yield %m, %n : ${s}, ${t}
  }`;
}

/** `op inputs init inits how`, with a region of one or two operands: of two, one result counts. */
function combined(make: Maker, x: Node, op: string, how: string, dims: readonly Dim[]): boolean {
  const { element } = x.type;
  const type = { element, dims };
  if (isComplex(element) || element === 'i1' || make.chance(50)) {
    const [body, s] = [combiner(make, element), scalarOf(element)];
    make.add(
      type,
      [x, make.scalar(element)],
      (
        p,
      ) => `${p.result} = array.${op} ${p.operands[0]} init ${p.operands[1]} ${how} : ${signature(op, p, 1)} body(%a: ${s}, %b: ${s}) {
${body}
    array.yield %d : ${s}
  }`,
    );
    return true;
  }
  const y = make.like(x);
  const body = larger(element, element);
  const which = make.int(2);
  make.add(type, [x, y, make.scalar(element), make.scalar(element)], (p) => {
    const [a, b, u, v] = p.operands;
    return `${p.result}_t:2 = array.${op} ${a}, ${b} init ${u}, ${v} ${how} : ${signature(op, p, 2)} ${body}
  ${p.result} = array.reverse ${p.result}_t#${which} dims = [] : ${typeText(p.type)}`;
  });
  return true;
}

function signature(op: string, p: Printing, results: number): string {
  const operands = p.operandTypes.map(typeText).join(', ');
  const all = Array.from({ length: results }, () => typeText(p.type)).join(', ');
  return op === 'scan' ? operands : `${operands} to ${all}`;
}

export const REGION_OPS: { readonly [name: string]: OpEntry } = {
  reduce_region(make, x) {
    const { dims } = x.type;
    if (dims.length === 0) return false;
    const chosen = make.chance(60) ? [make.int(dims.length)] : dims.map((_, d) => d);
    return combined(
      make,
      x,
      'reduce',
      `dims = [${chosen.join(', ')}]`,
      dims.filter((_, d) => !chosen.includes(d)),
    );
  },

  scan_region(make, x) {
    const { dims } = x.type;
    if (dims.length === 0) return false;
    const flags = `${make.chance(50) ? ' exclusive' : ''}${make.chance(50) ? ' reverse' : ''}`;
    return combined(make, x, 'scan', `dim = ${make.int(dims.length)}${flags}`, dims);
  },

  reduce_window_region(make, x) {
    const { dims } = x.type;
    if (dims.length === 0) return false;
    const window = dims.map((d) => Math.min(Math.max(d.size, 1), make.pick([1, 2, 3])));
    const [low, high] = [dims.map(() => make.int(2)), dims.map(() => make.int(2))];
    const result = dims.map((d, i): Dim => {
      const room = d.size + low[i]! + high[i]! - window[i]!;
      return { size: Math.max(0, room + 1), dynamic: d.dynamic };
    });
    const how = `window = [${window.join(', ')}] low = [${low.join(', ')}] high = [${high.join(', ')}]`;
    return combined(make, x, 'reduce_window', how, result);
  },

  /** By a second key where the first ones are equal. */
  sort_region(make, x) {
    const { dims, element } = x.type;
    if (dims.length === 0 || isComplex(element) || element === 'i1') return false;
    const s = scalarOf(element);
    const [less, same] = isFloat(element)
      ? ['arith.cmpf olt', 'arith.cmpf oeq']
      : [`arith.cmpi ${make.pick(['slt', 'ult'])}`, 'arith.cmpi eq'];
    const dim = make.int(dims.length);
    const which = make.int(2);
    make.add(x.type, [x, make.like(x)], (p) => {
      const t = typeText(p.type);
      return `${p.result}_t:2 = array.sort ${p.operands.join(', ')} dim = ${dim} : ${t}, ${t} comparator(%a: ${s}, %b: ${s}, %u: ${s}, %v: ${s}) {
    %l = ${less}, %a, %b : ${s}
    %e = ${same}, %a, %b : ${s}
    %m = ${less}, %v, %u : ${s}
    %f = arith.andi %e, %m : i1
    %r = arith.ori %l, %f : i1
    array.yield %r : i1
  }
  ${p.result} = array.reverse ${p.result}_t#${which} dims = [] : ${t}`;
    });
    return true;
  },

  /** Windows at pairs of indices. */
  gather_pairs(make, x) {
    const { dims, element } = x.type;
    if (dims.length < 2 || dims.some((d) => d.dynamic || d.size === 0)) return false;
    const rank = dims.length;
    const count = { size: make.pick([0, 1, 4, 9]), dynamic: make.chance(30) };
    const map = make.chance(50) ? [0, rank - 1] : [rank - 1, 0];
    const collapsed = dims.flatMap((_, d) => (make.chance(40) ? [d] : []));
    const sizes = dims.map((d, i) => (collapsed.includes(i) ? 1 : make.chance(50) ? d.size : 1 + make.int(d.size)));
    const inside = sizes.filter((_, i) => !collapsed.includes(i)).map(fixed);
    const first = make.chance(50);
    const type = { element, dims: first ? [count, ...inside] : [...inside, count] };
    if (elementCount(type) > 4000) return false;
    const window = inside.length > 0 ? ` window = [${inside.map((_, i) => i + Number(first)).join(', ')}]` : '';
    const columns = make.chance(50);
    const pairs = columns ? [fixed(2), count] : [count, fixed(2)];
    const indices = make.add({ element: make.pick(['i32', 'i64', 'i8']), dims: pairs }, []);
    const how = `${window}${collapsed.length > 0 ? ` collapsed = [${collapsed.join(', ')}]` : ''} map = [${map.join(', ')}] vector = ${columns ? 0 : 1} sizes = [${sizes.join(', ')}]`;
    make.add(
      type,
      [x, indices],
      (p) =>
        `${p.result} = array.gather ${p.operands.join(', ')}${how} : ${p.operandTypes.map(typeText).join(', ')} to ${typeText(p.type)}`,
    );
    return true;
  },

  /** Rows gathered from each member of a batch with indices of its own. */
  gather_batch(make, x) {
    const { dims, element } = x.type;
    if (dims.length < 2 || dims.some((d) => d.dynamic || d.size === 0)) return false;
    const count = fixed(make.pick([1, 3, 8]));
    const rest = dims.slice(2);
    const type = { element, dims: [dims[0]!, count, ...rest] };
    if (elementCount(type) > 9000) return false;
    const indices = make.add({ element: make.pick(['i32', 'i64']), dims: [dims[0]!, count] }, []);
    const window = rest.length > 0 ? ` window = [${rest.map((_, i) => i + 2).join(', ')}]` : '';
    const sizes = [1, 1, ...rest.map((d) => d.size)];
    make.add(
      type,
      [x, indices],
      (p) =>
        `${p.result} = array.gather ${p.operands.join(', ')}${window} collapsed = [1] batching = [0] x [0] map = [1] vector = 2 sizes = [${sizes.join(', ')}] : ${p.operandTypes.map(typeText).join(', ')} to ${typeText(p.type)}`,
    );
    return true;
  },

  /** The order of updates counts: combiners that do not commute, and replacing. */
  scatter_region(make, x) {
    const { dims, element } = x.type;
    if (dims.length === 0 || dims.some((d) => d.dynamic)) return false;
    const s = scalarOf(element);
    const count = { size: make.pick([0, 1, 5, 16]), dynamic: make.chance(30) };
    const rest = dims.slice(1).map((d) => fixed(make.chance(60) ? d.size : make.int(d.size + 1)));
    const update = { element, dims: [count, ...rest] };
    if (elementCount(update) > 4000) return false;
    const window = rest.length > 0 ? ` window = [${rest.map((_, i) => i + 1).join(', ')}]` : '';
    const how = `${window} collapsed = [0] map = [0] vector = 1`;
    const body = make.chance(40) ? '' : `${combiner(make, element)}\n`;
    const value = body === '' ? '%b' : '%d';
    const indices = make.add({ element: make.pick(['i32', 'i64', 'i8']), dims: [count] }, []);
    make.add(
      x.type,
      [x, indices, make.add(update, [])],
      (p) =>
        `${p.result} = array.scatter ${p.operands[0]} at ${p.operands[1]} updates ${p.operands[2]}${how} : ${p.operandTypes.map(typeText).join(', ')} body(%a: ${s}, %b: ${s}) {
${body}    array.yield ${value} : ${s}
  }`,
    );
    return true;
  },

  /** Two tensors updated at once, each element from both. */
  scatter_two(make, x) {
    const { dims, element } = x.type;
    if (dims.length !== 1 || isComplex(element)) return false;
    const s = scalarOf(element);
    const count = fixed(make.pick([1, 5, 16]));
    const update = { element, dims: [count] };
    const indices = make.add({ element: 'i32', dims: [count] }, []);
    const which = make.int(2);
    const body = combiner(make, element);
    make.add(x.type, [x, make.like(x), indices, make.add(update, []), make.add(update, [])], (p) => {
      const [a, b, i, u, v] = p.operands;
      return `${p.result}_t:2 = array.scatter ${a}, ${b} at ${i} updates ${u}, ${v} collapsed = [0] map = [0] vector = 1 : ${p.operandTypes.map(typeText).join(', ')} body(%a: ${s}, %o: ${s}, %b: ${s}, %q: ${s}) {
${body}
    array.yield %d, %a : ${s}, ${s}
  }
  ${p.result} = array.reverse ${p.result}_t#${which} dims = [] : ${typeText(p.type)}`;
    });
    return true;
  },
};
