// The ops of random programs that move elements by computed indices, put tensors together, or run windows and scans over
// them.
import { LINEAR_OPS } from './linear-ops.js';
import { MORE_OPS } from './more-ops.js';
import {
  type Dim,
  type Element,
  elementCount,
  isComplex,
  isFloat,
  type Node,
  type Printing,
  scalarOf,
  type TensorShape,
  typeText,
} from './program.js';
import { combiner, REGION_OPS } from './regions.js';

/** What the generator lends. */
export interface Maker {
  int(n: number): number;
  chance(percent: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** A new value; without `print`, an argument of the program. */
  add(
    type: TensorShape,
    operands: readonly Node[],
    print?: (p: Printing) => string,
    helper?: (name: string) => string,
  ): Node;
  /** Text of a constant. */
  literal(element: Element): string;
  scalar(element: Element): Node;
  /** A value of exactly the type of another. */
  like(x: Node): Node;
}

const MAX_ELEMENTS = 9000;

function kindOf(make: Maker, element: Element): string {
  if (element === 'i1') return make.pick(['and', 'or', 'xor']);
  if (isComplex(element)) return make.pick(['add', 'mul']);
  return make.pick(isFloat(element) ? ['add', 'mul', 'min', 'max'] : ['add', 'mul', 'min', 'max', 'and', 'or', 'xor']);
}
function fixed(size: number): Dim {
  return { size, dynamic: false };
}
/** Small whole numbers in and out of bounds, and the extremes: an argument. */
function indices(make: Maker, dims: readonly Dim[]): Node {
  return make.add({ element: make.pick(['i32', 'i32', 'i64', 'i8']), dims }, []);
}

/** Adds one op that reads `x`; false when none fits. */
export function structuralStep(make: Maker, x: Node): boolean {
  return make.pick([
    reverse,
    reverse,
    concat,
    concat,
    bitcast,
    map,
    dynamicSlice,
    dynamicUpdateSlice,
    gather,
    scatter,
    reduceWindow,
    scan,
    argExtreme,
    ...Object.values(MORE_OPS),
    ...Object.values(REGION_OPS),
    ...Object.values(LINEAR_OPS),
  ])(make, x);
}

function reverse(make: Maker, x: Node): boolean {
  if (x.type.dims.length === 0) return false;
  const dims = x.type.dims.flatMap((_, d) => (make.chance(60) ? [d] : []));
  make.add(
    x.type,
    [x],
    (p) => `${p.result} = array.reverse ${p.operands[0]} dims = [${dims.join(', ')}] : ${typeText(p.type)}`,
  );
  return true;
}

function concat(make: Maker, x: Node): boolean {
  const { dims, element } = x.type;
  if (dims.length === 0) return false;
  const dim = make.int(dims.length);
  const parts = [x];
  for (let n = 1 + make.int(2); n > 0; n--) {
    const other = dims.map((d, i) => (i === dim ? { size: make.pick([0, 1, 3, 8, 17]), dynamic: make.chance(20) } : d));
    parts.push(make.chance(40) ? make.like(x) : make.add({ element, dims: other }, []));
  }
  if (make.chance(50)) parts.reverse();
  const along = parts.map((p) => p.type.dims[dim]!);
  const total = { size: along.reduce((n, d) => n + d.size, 0), dynamic: along.some((d) => d.dynamic) };
  const type = { element, dims: dims.map((d, i) => (i === dim ? total : d)) };
  if (elementCount(type) > MAX_ELEMENTS) return false;
  make.add(
    type,
    parts,
    (p) =>
      `${p.result} = array.concat ${p.operands.join(', ')} dim = ${dim} : ${p.operandTypes.map(typeText).join(', ')} to ${typeText(p.type)}`,
  );
  return true;
}

/** Never from floats: the bits of a NaN are anybody's. */
function bitcast(make: Maker, x: Node): boolean {
  const to = ({ i32: 'f32', i64: 'f64', i8: 'ui8', ui8: 'i8' } as Partial<Record<Element, Element>>)[x.type.element];
  if (!to) return false;
  make.add(
    { ...x.type, element: to },
    [x],
    (p) => `${p.result} = array.bitcast ${p.operands[0]} : ${typeText(p.operandTypes[0]!)} to ${typeText(p.type)}`,
  );
  return true;
}

function map(make: Maker, x: Node): boolean {
  const [s, body] = [scalarOf(x.type.element), combiner(make, x.type.element)];
  make.add(
    x.type,
    [x, make.like(x)],
    (p) =>
      `${p.result} = array.map ${p.operands.join(', ')} : ${p.operandTypes.map(typeText).join(', ')} to ${typeText(p.type)} body(%a: ${s}, %b: ${s}) {
${body}
    array.yield %d : ${s}
  }`,
  );
  return true;
}

function dynamicSlice(make: Maker, x: Node): boolean {
  const { dims, element } = x.type;
  if (dims.length === 0) return false;
  const sizes = dims.map((d) => (make.chance(30) ? d.size : make.int(d.size + 1)));
  const start = indices(make, []);
  make.add(
    { element, dims: sizes.map(fixed) },
    [x, start],
    (p) =>
      `${p.result} = array.dynamic_slice ${p.operands[0]} [${dims.map(() => p.operands[1]).join(', ')}] sizes = [${sizes.join(', ')}] : ${p.operandTypes.map(typeText).join(', ')} to ${typeText(p.type)}`,
  );
  return true;
}

function dynamicUpdateSlice(make: Maker, x: Node): boolean {
  const { dims, element } = x.type;
  if (dims.length === 0) return false;
  const update = make.add(
    { element, dims: dims.map((d) => ({ size: make.int(d.size + 1), dynamic: make.chance(20) })) },
    [],
  );
  make.add(
    x.type,
    [x, update, indices(make, [])],
    (p) =>
      `${p.result} = array.dynamic_update_slice ${p.operands[0]}, ${p.operands[1]} [${dims.map(() => p.operands[2]).join(', ')}] : ${p.operandTypes.map(typeText).join(', ')}`,
  );
  return true;
}

/** A dimension such that all others are static; -1 when there is none. */
function indexedDim(make: Maker, x: Node): number {
  const { dims } = x.type;
  const moving = dims.flatMap((d, i) => (d.dynamic ? [i] : []));
  if (dims.length === 0 || moving.length > 1) return -1;
  return moving[0] ?? make.int(dims.length);
}

/** Slices along one dimension, one for each index. */
function gather(make: Maker, x: Node): boolean {
  const { dims, element } = x.type;
  const dim = indexedDim(make, x);
  if (dim < 0 || dims[dim]!.size === 0) return false;
  const count = { size: make.pick([0, 1, 5, 16]), dynamic: make.chance(30) };
  const rest = dims.filter((_, i) => i !== dim);
  const type = { element, dims: [count, ...rest] };
  if (elementCount(type) > MAX_ELEMENTS) return false;
  const window = rest.length > 0 ? ` window = [${rest.map((_, i) => i + 1).join(', ')}]` : '';
  const sizes = dims.map((d, i) => (i === dim ? 1 : d.size)).join(', ');
  make.add(
    type,
    [x, indices(make, [count])],
    (p) =>
      `${p.result} = array.gather ${p.operands.join(', ')}${window} collapsed = [${dim}] map = [${dim}] vector = 1 sizes = [${sizes}] : ${p.operandTypes.map(typeText).join(', ')} to ${typeText(p.type)}`,
  );
  return true;
}

/** Slices combined into one dimension, some at equal indices and some outside. */
function scatter(make: Maker, x: Node): boolean {
  const { dims, element } = x.type;
  const dim = indexedDim(make, x);
  if (dim < 0) return false;
  const count = { size: make.pick([0, 1, 5, 16]), dynamic: make.chance(30) };
  const rest = dims.filter((_, i) => i !== dim);
  const update = { element, dims: [count, ...rest] };
  if (elementCount(update) > MAX_ELEMENTS) return false;
  const window = rest.length > 0 ? ` window = [${rest.map((_, i) => i + 1).join(', ')}]` : '';
  const s = scalarOf(element);
  const combine = isComplex(element)
    ? 'complex.add'
    : isFloat(element)
      ? 'arith.addf'
      : element === 'i1'
        ? 'arith.xori'
        : 'arith.addi';
  make.add(
    x.type,
    [x, indices(make, [count]), make.add(update, [])],
    (p) =>
      `${p.result} = array.scatter ${p.operands[0]} at ${p.operands[1]} updates ${p.operands[2]}${window} collapsed = [${dim}] map = [${dim}] vector = 1 : ${p.operandTypes.map(typeText).join(', ')} body(%a: ${s}, %b: ${s}) {
    %c = ${combine} %a, %b : ${s}
    array.yield %c : ${s}
  }`,
  );
  return true;
}

function reduceWindow(make: Maker, x: Node): boolean {
  const { dims, element } = x.type;
  if (dims.length === 0) return false;
  const window = dims.map(() => make.pick([1, 1, 2, 3]));
  const strides = dims.map(() => make.pick([1, 1, 2]));
  const base = dims.map(() => (make.chance(15) ? 2 : 1));
  const gaps = dims.map(() => (make.chance(15) ? 2 : 1));
  const padded = make.chance(50);
  const [low, high] = [dims.map(() => (padded ? make.int(3) : 0)), dims.map(() => (padded ? make.int(3) : 0))];
  const result = dims.map((d, i): Dim => {
    const spread = d.size === 0 ? 0 : (d.size - 1) * base[i]! + 1;
    const room = spread + low[i]! + high[i]! - ((window[i]! - 1) * gaps[i]! + 1);
    return { size: room < 0 ? 0 : Math.floor(room / strides[i]!) + 1, dynamic: d.dynamic };
  });
  if (elementCount({ element, dims: result }) > MAX_ELEMENTS) return false;
  const kind = kindOf(make, element);
  const lists = { window, strides, base_dilation: base, window_dilation: gaps, low, high };
  const text = Object.entries(lists)
    .map(([name, list]) => `${name} = [${list.join(', ')}]`)
    .join(' ');
  make.add(
    { element, dims: result },
    [x, make.scalar(element)],
    (p) =>
      `${p.result} = array.reduce_window ${kind} ${p.operands[0]} init ${p.operands[1]} ${text} : ${p.operandTypes.map(typeText).join(', ')} to ${typeText(p.type)}`,
  );
  return true;
}

function scan(make: Maker, x: Node): boolean {
  const { dims, element } = x.type;
  if (dims.length === 0) return false;
  const kind = kindOf(make, element);
  const how = `dim = ${make.int(dims.length)}${make.chance(50) ? ' exclusive' : ''}${make.chance(50) ? ' reverse' : ''}`;
  make.add(
    x.type,
    [x, make.scalar(element)],
    (p) =>
      `${p.result} = array.scan ${kind} ${p.operands[0]} init ${p.operands[1]} ${how} : ${p.operandTypes.map(typeText).join(', ')}`,
  );
  return true;
}

function argExtreme(make: Maker, x: Node): boolean {
  const { dims } = x.type;
  if (dims.length === 0 || isComplex(x.type.element)) return false;
  const dim = make.int(dims.length);
  if (dims[dim]!.size === 0) return false;
  const op = make.pick(['argmin', 'argmax']);
  make.add(
    { element: make.pick(['i32', 'i64']), dims: dims.filter((_, i) => i !== dim) },
    [x],
    (p) =>
      `${p.result} = array.${op} ${p.operands[0]} dim = ${dim} : ${typeText(p.operandTypes[0]!)} to ${typeText(p.type)}`,
  );
  return true;
}
