// Interpretation of any structured op from its domain, indexing maps and scalar body alone, point by point: what a
// foreign op needs no code for. The body is built into a scratch region and compiled like any other.

import { signlessType } from '@budflow/dialect-core';
import {
  type CompileContext,
  type CompiledRegion,
  type ElementAccess,
  elementAccess,
  type Frame,
  Interpretable,
  makeTensor,
  RuntimeTrap,
  type Scalar,
  type Step,
  stridesOf,
  type TensorValue,
  valueFromAttribute,
} from '@budflow/interpreter';
import {
  type AffineMap,
  Block,
  type BodyContext,
  Builder,
  type DomainDim,
  DYNAMIC,
  type Operation,
  type ReductionInfo,
  type ReductionOrder,
  Region,
  StructuredOp,
  TensorType,
  type Type,
  type Value,
} from '@budflow/ir';
import { BinaryCounter } from '@budflow/numerics';
import { buildResultSizes } from '../ops/result-sizes.js';
import { CANONICAL_LANES_ORDER } from '../reduction-order.js';
import { orderOfGroup } from './accumulate.js';
import { filledTensor } from './creation.js';
import { groupsOf, signless } from './reduce.js';

/** Values built into a region of their own: arguments in, results out. */
class Scratch {
  private readonly region = new Region();
  private readonly block = this.region.append(new Block());
  readonly builder: Builder;
  private compiled: CompiledRegion | undefined;
  private slots: number[] = [];

  constructor(op: Operation) {
    this.builder = Builder.atEnd(op.context, this.block);
  }
  argument(type: Type): Value {
    return this.block.addArgument(type);
  }
  /** Call once, after building. */
  compile(c: CompileContext, results: readonly Value[]): number[] {
    this.compiled = c.region(this.region);
    this.slots = results.map((v) => c.slot(v));
    const args = this.block.arguments.map((v) => c.slot(v));
    // The steps know their slots; the ops must not stay among the users of the program's values.
    this.block.destroyOps();
    return args;
  }
  run(frame: Frame): Scalar[] {
    this.compiled!.run(frame);
    return this.slots.map((s) => frame.values[s] as Scalar);
  }
}

type Coordinates = number[];

/** The scalar body: `evaluate` reads the elements at a point of the domain. */
interface Body {
  evaluate(
    frame: Frame,
    tensors: readonly (TensorValue | undefined)[],
    point: Coordinates,
    accumulators: readonly Scalar[],
  ): Scalar[];
}

function tensorElement(value: Value): Type {
  return value.type instanceof TensorType ? value.type.element : value.type;
}

function compileBody(
  op: Operation,
  c: CompileContext,
  maps: readonly (AffineMap | null)[],
  domain: readonly DomainDim[],
): Body {
  const structure = StructuredOp.of(op)!;
  const { context } = op;
  const scratch = new Scratch(op);
  const operands = op.operands.map((v) => scratch.argument(signlessType(context, tensorElement(v))));
  const points = domain.map(() => scratch.argument(context.index));
  const accumulators = op.results.map((v) => scratch.argument(signlessType(context, tensorElement(v))));
  const body: BodyContext = {
    builder: scratch.builder,
    loc: op.loc,
    operand: (i) => operands[i]!,
    point: (d) => points[d]!,
    accumulator: (i) => accumulators[i]!,
    windowElement: (i) => {
      throw new RuntimeTrap('NotInterpretable', `the access of ${op.name} to operand ${i} is not affine`);
    },
  };
  const slots = scratch.compile(c, structure.body(op, body));
  const access = op.operands.map((v, i): ElementAccess | undefined =>
    maps[i] ? elementAccess(tensorElement(v)) : undefined,
  );
  const operandSlots = c.operandSlots(op);
  return {
    evaluate(frame, tensors, point, values) {
      const v = frame.values;
      let at = 0;
      for (let i = 0; i < operands.length; i++, at++) {
        const tensor = tensors[i];
        v[slots[at]!] = tensor
          ? signless(tensor.type.element, access[i]!.load(tensor.data, offsetOf(maps[i]!, tensor, point)))
          : v[operandSlots[i]!]!;
      }
      for (const coordinate of point) v[slots[at++]!] = coordinate;
      for (const value of values) v[slots[at++]!] = value;
      return scratch.run(frame);
    },
  };
}

function offsetOf(map: AffineMap, tensor: { shape: readonly number[] }, point: Coordinates): number {
  const index = map.evaluate(point);
  const strides = stridesOf(tensor.shape);
  let offset = 0;
  for (let d = 0; d < index.length; d++) {
    const i = index[d]!;
    if (!(i >= 0 && i < tensor.shape[d]!))
      throw new RuntimeTrap(
        'OutOfBounds',
        `the indexing map gives ${i} in dimension ${d} of size ${tensor.shape[d]} at point (${point.join(', ')})`,
      );
    offset += i * strides[d]!;
  }
  return offset;
}

type Combine = (frame: Frame, lhs: readonly Scalar[], rhs: readonly Scalar[]) => Scalar[];

function compileCombine(op: Operation, c: CompileContext, reduction: ReductionInfo): Combine {
  const scratch = new Scratch(op);
  const make = () => op.results.map((v) => scratch.argument(signlessType(op.context, tensorElement(v))));
  const [lhs, rhs] = [make(), make()];
  const slots = scratch.compile(c, reduction.combine(op, scratch.builder, op.loc, lhs, rhs));
  return (frame, left, right) => {
    [...left, ...right].forEach((value, i) => {
      frame.values[slots[i]!] = value;
    });
    return scratch.run(frame);
  };
}

/** Run-time sizes of the dynamic dimensions of a result. */
function compileShape(op: Operation, c: CompileContext, result: number): (frame: Frame) => number[] {
  const type = op.result(result).type as TensorType;
  if (!type.shape.includes(DYNAMIC)) return () => type.shape.slice();
  const scratch = new Scratch(op);
  const sizes = buildResultSizes(op, result, scratch.builder, op.loc);
  if (!sizes)
    throw new RuntimeTrap(
      'NotInterpretable',
      `the size of a dynamic dimension of ${type} does not follow from the operands of ${op.name}`,
    );
  scratch.compile(
    c,
    sizes.filter((s): s is Value => typeof s !== 'number'),
  );
  return (frame) => {
    const values = scratch.run(frame) as number[];
    let next = 0;
    return sizes.map((s) => (typeof s === 'number' ? s : values[next++]!));
  };
}

/** Visits every point of a box in row-major order; the coordinates are reused. */
function forEachPoint(
  sizes: readonly number[],
  dims: readonly number[],
  point: Coordinates,
  visit: () => void,
  at = 0,
): void {
  if (at === dims.length) {
    visit();
    return;
  }
  const d = dims[at]!;
  for (let i = 0; i < sizes[d]!; i++) {
    point[d] = i;
    forEachPoint(sizes, dims, point, visit, at + 1);
  }
}

/** Sets the coordinates of adjacent dimensions first..last from their row-major index. */
function setFlattened(
  sizes: readonly number[],
  { first, last }: { first: number; last: number },
  index: number,
  point: Coordinates,
): void {
  for (let d = last, rest = index; d >= first; d--) {
    point[d] = rest % sizes[d]!;
    rest = Math.floor(rest / sizes[d]!);
  }
}

interface Fold {
  readonly identity: readonly Scalar[];
  /** accumulators + the element at the point. */
  accumulate(point: Coordinates, accumulators: readonly Scalar[]): Scalar[];
  combine(lhs: readonly Scalar[], rhs: readonly Scalar[]): Scalar[];
}

/** The total over groups of reduction dimensions, the last (innermost) group first. */
function foldGroups(
  fold: Fold,
  groups: readonly { first: number; last: number }[],
  sizes: readonly number[],
  order: ReductionOrder,
  point: Coordinates,
): Scalar[] {
  const [group, ...inner] = groups;
  if (!group) return fold.accumulate(point, fold.identity);
  let count = 1;
  for (let d = group.first; d <= group.last; d++) count *= sizes[d]!;
  const { lanes, block } = orderOfGroup(order, group.last === sizes.length - 1 ? 'trailing' : 'outer', count);
  const counter = new BinaryCounter<Scalar[]>((l, r) => fold.combine(l, r));
  for (let start = 0; start < count; start += block) {
    const acc: (readonly Scalar[])[] = new Array<readonly Scalar[]>(lanes).fill(fold.identity);
    for (let i = start; i < Math.min(count, start + block); i++) {
      setFlattened(sizes, group, i, point);
      const lane = (i - start) % lanes;
      acc[lane] = inner.length
        ? fold.combine(acc[lane]!, foldGroups(fold, inner, sizes, order, point))
        : fold.accumulate(point, acc[lane]!);
    }
    for (let half = lanes / 2; half >= 1; half /= 2)
      for (let l = 0; l < half; l++) acc[l] = fold.combine(acc[l]!, acc[l + half]!);
    counter.push(acc[0] as Scalar[]);
  }
  return counter.finish(fold.identity as Scalar[]);
}

function compile(op: Operation, c: CompileContext): Step {
  const structure = StructuredOp.of(op);
  if (!structure) throw new RuntimeTrap('NotInterpretable', `${op.name} is not structured`);
  if (structure.sideBySide)
    throw new RuntimeTrap(
      'NotInterpretable',
      `the operands of ${op.name} lie side by side: no one body makes its elements`,
    );
  const domain = structure.domain(op);
  const maps = structure.indexingMaps(op);
  op.operands.forEach((v, i) => {
    if (!maps[i] && v.type instanceof TensorType)
      throw new RuntimeTrap('NotInterpretable', `the access of ${op.name} to operand ${i} is not affine`);
  });
  const body = compileBody(op, c, maps, domain);
  const shapes = op.results.map((_, i) => compileShape(op, c, i));
  const results = c.resultSlots(op);
  const operands = c.operandSlots(op);
  const types = op.resultTypes as TensorType[];
  const resultMaps = maps.slice(op.operandCount) as AffineMap[];
  const parallel = domain.flatMap((d, i) => (d.iterator === 'parallel' ? [i] : []));
  const reduced = domain.flatMap((d, i) => (d.iterator === 'reduction' ? [i] : []));
  const { reduction } = structure;
  const combine = reduction ? compileCombine(op, c, reduction) : undefined;
  const identities = reduction?.identity(op);
  const inits = reduction?.init(op);
  const order = reduction?.order(op) ?? CANONICAL_LANES_ORDER;
  const fill = structure.fill ? (valueFromAttribute(structure.fill(op)) as Scalar) : undefined;

  return (frame) => {
    const tensors = operands.map((s, i) => (maps[i] ? (frame.values[s] as TensorValue) : undefined));
    const outputs = types.map((type, i) => {
      const shape = shapes[i]!(frame);
      return fill === undefined ? makeTensor(type, shape) : filledTensor(type, shape, fill);
    });
    const sizes = domain.map(({ size }) =>
      size.kind === 'static'
        ? size.size
        : size.kind === 'operand'
          ? tensors[size.operand]!.shape[size.dim]!
          : outputs[size.result]!.shape[size.dim]!,
    );
    const point: Coordinates = sizes.map(() => 0);
    const load = (i: number) =>
      signless(tensors[i]!.type.element, elementAccess(tensors[i]!.type.element).load(tensors[i]!.data, 0));
    const initial = inits?.map((i) => (i === null ? null : load(i)));

    const total = (): Scalar[] => {
      if (reduced.length === 0 && !reduction) return body.evaluate(frame, tensors, point, []);
      const accumulate = (at: Coordinates, accumulators: readonly Scalar[]) =>
        body.evaluate(frame, tensors, at, accumulators);
      if (!identities || identities.includes(null)) {
        if (!initial || initial.includes(null))
          throw new RuntimeTrap('NotInterpretable', `${op.name} has neither an identity nor an init to start from`);
        let acc = initial as Scalar[];
        forEachPoint(sizes, reduced, point, () => {
          acc = accumulate(point, acc);
        });
        return acc;
      }
      const identity = identities.map((a, i) => signless(types[i]!.element, valueFromAttribute(a!) as Scalar));
      const fold: Fold = { identity, accumulate, combine: (l, r) => combine!(frame, l, r) };
      const sequential = order.kind === 'sequential' || order.kind === 'free';
      let sum: Scalar[];
      if (sequential) {
        sum = identity;
        forEachPoint(sizes, reduced, point, () => {
          sum = accumulate(point, sum);
        });
      } else sum = foldGroups(fold, groupsOf(reduced), sizes, order, point);
      return initial && !initial.includes(null) ? combine!(frame, initial as Scalar[], sum) : sum;
    };

    forEachPoint(sizes, parallel, point, () => {
      total().forEach((value, i) => {
        const out = outputs[i]!;
        elementAccess(out.type.element).store(out.data, offsetOf(resultMaps[i]!, out, point), value);
      });
    });
    outputs.forEach((out, i) => {
      frame.values[results[i]!] = out;
    });
  };
}

/** Runs a structured op from its maps and body. Slow: for ops that bring no interpretation of their own. */
export const structuredInterpretation: { compile(op: Operation, c: CompileContext): Step } = { compile };

/** Makes all ops of the name of a structured op interpretable in its context, unless they are already. */
export function interpretStructured(op: Operation): void {
  if (!Interpretable.of(op)) op.context.attach(op.name, Interpretable, structuredInterpretation);
}
