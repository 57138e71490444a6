// split-complex-memory: kernels see complex numbers as pairs of floats, in registers and in memory.
//
//   func.func private @k(%x: memref<?xcomplex<f32>>)       func.func private @k(%x: memref<?x2xf32>)
//     %t = memory.alloca() : memref<8xcomplex<f32>>          %a, %b = two memory.alloca() : memref<8xf32>
//     %0 = memory.load %x[%i]                          ->    %0 = memory.load %x[%i, 0], %1 = memory.load %x[%i, 1]
//     %1 = complex.mul %0, %0                                %2, %3 = products and sums of %0, %1
//     memory.store %1, %t[%i]                                memory.store %2, %a[%i]; memory.store %3, %b[%i]
//
// Requires kernel functions of loops over buffers (array-to-loop) that are not scheduled yet, so that vectorisation meets
// floats only: pairs of loads of stride 2 become contiguous loads and shuffles, scratch stays contiguous. Preserves nothing.
//
// A pass of its own beside split-complex, which is about values and changes whole modules: here the memory of a kernel is
// split first, by retyping buffers in place (an alias type conversion has no 1:N form for a buffer whose layout depends on
// who uses it), and then the values of that one function by the patterns of split-complex. The ABI stays: arguments are
// interleaved (CONTRACTS: complex is interleaved in memory and split at lowering), one address and the same dynamic sizes;
// `rt.call_kernel` passes a buffer of complex numbers for one of pairs. What only the kernel sees is two planes.
import { ComplexOps, FuncOp } from '@budflow/dialect-core';
import { buildFor, buildIndexConstant } from '@budflow/dialect-loop';
import { AllocaOp, buildDim, buildLoad, buildStore, FillOp, LoadOp, StoreOp } from '@budflow/dialect-memory';
import { interleavedParts, isKernel } from '@budflow/dialect-rt';
import {
  Builder,
  ComplexType,
  DYNAMIC,
  FloatType,
  type LocationRef,
  MemRefType,
  type Operation,
  type Type,
  type Value,
} from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { splitComplexValues } from '../general/split-complex.js';

export const splitComplexMemory = definePass({
  name: 'split-complex-memory',
  summary: 'turn complex numbers of kernels into pairs of floats, in memory and in registers',
  description: `Arguments of kernels stay interleaved: memref<..xcomplex<T>> becomes memref<..x2xT>. Scratch buffers become two, one for each
part. Carried and computed values become pairs, as by split-complex, also in the host program; its signature stays.`,
  anchor: 'func.func',
  dependentDialects: ['arith', 'complex', 'loop', 'math', 'memory'],
  statistics: {
    interleaved: 'buffers of complex numbers seen as pairs',
    planes: 'scratch buffers split into two',
    ops: 'complex ops expanded',
  },
  run(func, pass) {
    if (!isKernel(func)) {
      // The host has no complex numbers: it computes with their parts, and reads and writes both.
      const values = holdsComplexNumbers(func) ? splitComplexValues(func) : undefined;
      if (!values?.changed) pass.unchanged();
      else pass.statistic('ops', values.ops);
      if (values?.succeeded === false) pass.signalFailure();
      return;
    }
    if (!touchesComplex(func)) {
      pass.unchanged();
      return;
    }
    const memory = new ComplexMemory(func);
    if (!memory.run()) {
      pass.signalFailure();
      return;
    }
    pass.statistic('interleaved', memory.interleaved);
    pass.statistic('planes', memory.planes.size);
    const values = splitComplexValues(func, { complete: true });
    pass.statistic('ops', values.ops);
    if (!values.succeeded) pass.signalFailure();
  },
});

function isComplex(type: Type): type is ComplexType {
  return type instanceof ComplexType && type.element instanceof FloatType;
}
function isComplexBuffer(value: Value): boolean {
  return value.type instanceof MemRefType && isComplex(value.type.element);
}

/** Whether a function computes with complex numbers, and neither takes nor passes any: signatures stay. */
function holdsComplexNumbers(func: Operation): boolean {
  const type = FuncOp.function_type(func);
  if (func.region(0).isEmpty || [...type.inputs, ...type.results].some(isComplex)) return false;
  let computes = false;
  let passes = false;
  func.walk((op) => {
    computes ||= op.info.dialect === 'complex';
    passes ||= op.name === 'func.call' && [...op.operands, ...op.results].some((v) => isComplex(v.type));
  });
  return computes && !passes;
}

function touchesComplex(func: Operation): boolean {
  if (func.region(0).entry.arguments.some((v) => isComplexBuffer(v) || isComplex(v.type))) return true;
  let found = false;
  func.walk((op) => {
    found ||= op.results.some((v) => isComplexBuffer(v) || isComplex(v.type));
  });
  return found;
}

/** Users of a scratch buffer that can be told to use the one or the other half. */
const SPLITTABLE: ReadonlySet<string> = new Set(['memory.load', 'memory.store', 'memory.fill', 'memory.dim']);

/** Ops that have a form on pairs; kernels that a kernel calls take pairs, too. */
const ACCESSES: ReadonlySet<string> = new Set([...SPLITTABLE, 'memory.copy', 'rt.call_kernel']);

/** Whole buffers seen otherwise: that elements are pairs adds a last dimension of 2 on both sides. */
const VIEWS: ReadonlySet<string> = new Set(['memory.view', 'memory.reshape', 'memory.cast']);

class ComplexMemory {
  private readonly func: Operation;
  /** The planes of scratch buffers, real parts first. */
  readonly planes = new Map<Value, readonly [Value, Value]>();
  /** How many buffers are seen as pairs. */
  interleaved = 0;

  constructor(func: Operation) {
    this.func = func;
  }

  run(): boolean {
    const { func } = this;
    const accesses: Operation[] = [];
    const scratch: Operation[] = [];
    const views: Operation[] = [];
    func.walk((op) => {
      if (op === func) return;
      if (AllocaOp.is(op) && isComplexBuffer(op.result(0))) scratch.push(op);
      else if (op.results.some(isComplexBuffer)) views.push(op);
      else if (op.operands.some(isComplexBuffer)) accesses.push(op);
    });

    // 1. Scratch: planes, where nothing looks at the memory as a whole.
    for (const op of scratch) {
      const users = op.result(0).users();
      if (users.every((user) => SPLITTABLE.has(user.name))) this.splitScratch(op);
      else this.interleave(op.result(0));
    }
    // 2. The signature; other buffers are views.
    for (const argument of func.region(0).entry.arguments) if (isComplexBuffer(argument)) this.interleave(argument);
    const type = FuncOp.function_type(func);
    const inputs = func.region(0).entry.arguments.map((v) => v.type);
    func.setAttr('function_type', func.context.typeAttr(func.context.functionType(inputs, type.results)));
    for (const op of views) {
      if (VIEWS.has(op.name) && op.results.every((v) => interleavedParts(op.context, v.type) !== undefined)) {
        this.interleave(op.result(0));
        continue;
      }
      op.emitError(
        'split-complex-memory.view',
        'makes a view of a buffer of complex numbers, which has no form as pairs of floats: access the buffer itself',
      );
      return false;
    }
    // 3. What reads and writes.
    const refused = accesses.find((op) => !ACCESSES.has(op.name));
    if (refused) {
      refused.emitError(
        'split-complex-memory.access',
        'takes a buffer of complex numbers, which has no form for pairs of floats: load and store the elements',
      );
      return false;
    }
    for (const op of accesses) this.access(op);
    for (const op of scratch) if (this.planes.has(op.result(0))) op.erase();
    return true;
  }

  private interleave(buffer: Value): void {
    buffer.type = interleavedParts(this.func.context, buffer.type)!;
    this.interleaved++;
  }

  private splitScratch(op: Operation): void {
    const builder = Builder.before(op);
    const type = op.result(0).type as MemRefType;
    const part = op.context.memref(type.shape, (type.element as ComplexType).element, null, type.memorySpace);
    const make = (): Value =>
      AllocaOp.build(builder, op.loc, {
        dynamicSizes: op.operands,
        alignment: AllocaOp.alignment(op),
        resultTypes: [part],
      });
    this.planes.set(op.result(0), [make(), make()]);
  }

  private access(op: Operation): void {
    const builder = Builder.before(op);
    switch (op.name) {
      case 'memory.load': {
        const complex = this.load(builder, op);
        op.result(0).replaceAllUsesWith(complex);
        op.erase();
        return;
      }
      case 'memory.store': {
        const [re, im] = partsOf(builder, op.loc, op.operand(0));
        const options = { nontemporal: StoreOp.nontemporal(op) };
        const [first, second] = this.places(builder, op.loc, op.operand(1), op.operands.slice(2));
        buildStore(builder, op.loc, re, first.memref, first.indices, options);
        buildStore(builder, op.loc, im, second.memref, second.indices, options);
        op.erase();
        return;
      }
      case 'memory.fill':
        this.fill(builder, op);
        return;
      case 'memory.dim': {
        const planes = this.planes.get(op.operand(0));
        if (planes) op.setOperand(0, planes[0]);
        return;
      }
      // Of copies both sides are interleaved, and an element is a pair.
    }
  }

  private load(builder: Builder, op: Operation): Value {
    const options = { nontemporal: LoadOp.nontemporal(op) };
    const type = op.result(0).type;
    const [first, second] = this.places(builder, op.loc, op.operand(0), op.operands.slice(1));
    const real = buildLoad(builder, op.loc, first.memref, first.indices, options);
    const imaginary = buildLoad(builder, op.loc, second.memref, second.indices, options);
    return ComplexOps.CreateOp.build(builder, op.loc, { real, imaginary, resultTypes: [type] });
  }

  /** Where the parts of an element lie. */
  private places(
    builder: Builder,
    loc: LocationRef,
    buffer: Value,
    indices: readonly Value[],
  ): readonly [Place, Place] {
    const planes = this.planes.get(buffer);
    if (planes)
      return [
        { memref: planes[0], indices },
        { memref: planes[1], indices },
      ];
    const at = (part: number): Place => ({
      memref: buffer,
      indices: [...indices, buildIndexConstant(builder, loc, part)],
    });
    return [at(0), at(1)];
  }

  private fill(builder: Builder, op: Operation): void {
    const buffer = FillOp.memref(op);
    const { loc } = op;
    const [re, im] = partsOf(builder, loc, FillOp.value(op));
    const planes = this.planes.get(buffer);
    if (planes) {
      FillOp.create(builder, loc, { memref: planes[0], value: re });
      FillOp.create(builder, loc, { memref: planes[1], value: im });
      op.erase();
      return;
    }
    const shape = (buffer.type as MemRefType).shape.slice(0, -1);
    const point: Value[] = [];
    const nest = (): void => {
      const dim = point.length;
      if (dim === shape.length) {
        const [first, second] = this.places(builder, loc, buffer, point);
        buildStore(builder, loc, re, first.memref, first.indices);
        buildStore(builder, loc, im, second.memref, second.indices);
        return;
      }
      const upper = shape[dim] === DYNAMIC ? buildDim(builder, loc, buffer, dim) : shape[dim]!;
      buildFor(builder, loc, { lower: 0, upper, step: 1 }, (_, iv) => {
        point.push(iv);
        nest();
        point.pop();
        return [];
      });
    };
    nest();
    op.erase();
  }
}

interface Place {
  readonly memref: Value;
  readonly indices: readonly Value[];
}

function partsOf(builder: Builder, loc: LocationRef, complex: Value): readonly [Value, Value] {
  return [ComplexOps.ReOp.build(builder, loc, { complex }), ComplexOps.ImOp.build(builder, loc, { complex })];
}
