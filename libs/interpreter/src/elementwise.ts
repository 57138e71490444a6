// Scalar functions applied to whole vectors and tensors. Hot ops bring a loop of their own (loops.ts), written out so
// that the host compiles it for one or two kinds of array; any other function is mapped element by element.
import { elementTypeOf, type Operation, TensorType, type Type, VectorType } from '@budflow/ir';
import { type ElementAccess, type ElementStorage, elementAccess, type NumberStorage, type Scalar } from './element.js';
import {
  type CompileContext,
  type Evaluator1,
  type Evaluator2,
  type Evaluator3,
  type Step,
  step1,
  step2,
  step3,
} from './interpretable.js';
import { RuntimeTrap } from './trap.js';
import { TensorValue } from './value-model.js';

/** Fills `out[0 .. n)` from the inputs. */
export type Loop = { f(out: ElementStorage, inputs: readonly ElementStorage[], n: number): void }['f'];

export interface ElementKernel {
  /** The function on scalars: as many parameters as the op has operands. */
  readonly scalar: Evaluator1 | Evaluator2 | Evaluator3;
  /** The same on storage, for element types whose storage holds the scalars themselves. */
  readonly loop?: Loop;
}

/** A kernel's loop for given element types: its own where the storage allows, else the scalar function mapped. */
export function loopFor(kernel: ElementKernel, result: Type, operands: readonly Type[]): Loop {
  const out = elementAccess(result);
  const ins = operands.map(elementAccess);
  const direct = (a: ElementAccess) => a.kind === 'number' || a.kind === 'bigint';
  if (kernel.loop && direct(out) && ins.every(direct)) return kernel.loop;
  const numbers = out.kind === 'number' && ins.every((a) => a.kind === 'number');
  switch (ins.length) {
    case 1:
      return numbers ? mapNumbers1(kernel.scalar as Evaluator1) : map1(kernel.scalar as Evaluator1, out, ins[0]!);
    case 2:
      return numbers
        ? mapNumbers2(kernel.scalar as Evaluator2)
        : map2(kernel.scalar as Evaluator2, out, ins[0]!, ins[1]!);
    default:
      return map3(kernel.scalar as Evaluator3, out, ins[0]!, ins[1]!, ins[2]!);
  }
}

function mapF32(f: (x: number) => number, out: Float32Array, a: Float32Array, n: number): void {
  for (let i = 0; i < n; i++) out[i] = f(a[i]!);
}
function mapOther(f: (x: number) => number, out: NumberStorage, a: NumberStorage, n: number): void {
  for (let i = 0; i < n; i++) out[i] = f(a[i]!);
}
function mapNumbers1(scalar: Evaluator1): Loop {
  const f = scalar as (x: number) => number;
  return (out, [a], n) => {
    if (out instanceof Float32Array && a instanceof Float32Array) mapF32(f, out, a, n);
    else mapOther(f, out as NumberStorage, a as NumberStorage, n);
  };
}

function zipF32(
  f: (x: number, y: number) => number,
  out: Float32Array,
  a: Float32Array,
  b: Float32Array,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[i] = f(a[i]!, b[i]!);
}
function zipOther(
  f: (x: number, y: number) => number,
  out: NumberStorage,
  a: NumberStorage,
  b: NumberStorage,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[i] = f(a[i]!, b[i]!);
}
function mapNumbers2(scalar: Evaluator2): Loop {
  const f = scalar as (x: number, y: number) => number;
  return (out, [a, b], n) => {
    if (out instanceof Float32Array && a instanceof Float32Array && b instanceof Float32Array) zipF32(f, out, a, b, n);
    else zipOther(f, out as NumberStorage, a as NumberStorage, b as NumberStorage, n);
  };
}

function map1(f: Evaluator1, out: ElementAccess, a: ElementAccess): Loop {
  return (o, [x], n) => {
    for (let i = 0; i < n; i++) out.store(o, i, f(a.load(x!, i)) as Scalar);
  };
}
function map2(f: Evaluator2, out: ElementAccess, a: ElementAccess, b: ElementAccess): Loop {
  return (o, [x, y], n) => {
    for (let i = 0; i < n; i++) out.store(o, i, f(a.load(x!, i), b.load(y!, i)) as Scalar);
  };
}
function map3(f: Evaluator3, out: ElementAccess, a: ElementAccess, b: ElementAccess, c: ElementAccess): Loop {
  return (o, [x, y, z], n) => {
    for (let i = 0; i < n; i++) out.store(o, i, f(a.load(x!, i), b.load(y!, i), c.load(z!, i)) as Scalar);
  };
}

/** Traps unless all tensors have one shape; returns it. */
export function commonShape(tensors: readonly TensorValue[]): readonly number[] {
  const { shape } = tensors[0]!;
  for (let t = 1; t < tensors.length; t++) {
    const other = tensors[t]!.shape;
    if (other.length !== shape.length || other.some((d, i) => d !== shape[i]))
      throw new RuntimeTrap('ShapeMismatch', `operands have shapes [${shape.join(', ')}] and [${other.join(', ')}]`);
  }
  return shape;
}

/**
 * The step of an elementwise op with one result: on scalars the function itself, on vectors and tensors its loop.
 * All operands must be of the result's kind (scalar, vector or tensor).
 */
export function elementwiseStep(op: Operation, c: CompileContext, kernel: ElementKernel): Step {
  const type = op.result(0).type;
  if (!(type instanceof TensorType) && !(type instanceof VectorType)) {
    switch (op.operandCount) {
      case 1:
        return step1(op, c, kernel.scalar as Evaluator1);
      case 2:
        return step2(op, c, kernel.scalar as Evaluator2);
      default:
        return step3(op, c, kernel.scalar as Evaluator3);
    }
  }
  const loop = loopFor(
    kernel,
    type.element,
    op.operands.map((o) => elementTypeOf(o.type)),
  );
  const access = elementAccess(type.element);
  const from = c.operandSlots(op);
  const r = c.slot(op.result(0));
  if (type instanceof VectorType) {
    const { lanes } = type;
    return (frame) => {
      const v = frame.values;
      const out = access.make(lanes);
      loop(
        out,
        from.map((s) => v[s] as ElementStorage),
        lanes,
      );
      v[r] = out;
    };
  }
  return (frame) => {
    const v = frame.values;
    const tensors = from.map((s) => v[s] as TensorValue);
    const shape = commonShape(tensors);
    let n = 1;
    for (const d of shape) n *= d;
    const out = access.make(n);
    loop(
      out,
      tensors.map((t) => t.data),
      n,
    );
    v[r] = new TensorValue(type, shape, out);
  };
}
