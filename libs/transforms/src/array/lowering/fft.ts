// array.fft: the same description of the algorithm that the interpreter runs (@budflow/dialect-array), with IR values for
// numbers; batches are parallel, what is done to one item runs in its order, on private planes.
//
//   loop.for %b name "fft.d0" {
//     loop.for %k name "fft_p0.d0" { re[%k], im[%k] = x[%b, %k] }
//     loop.for %p { loop.for %q step 4 { butterflies of vectors, from one pair of planes to the other } } ..
//     loop.for %k name "fft_p7.d0" { out[%b, %k] = re[%k], im[%k] } }
import { type Complex, FftOp, type LineMachine, partOf, planOfFft, transformItem } from '@budflow/dialect-array';
import { ComplexOps } from '@budflow/dialect-core';
import { AllocaOp } from '@budflow/dialect-memory';
import { Builder, ComplexType, type Operation, type TensorType, type Value } from '@budflow/ir';
import type { LoopLoweringMethods } from './interface.js';
import { LaneCode } from './lane-code.js';
import type { LoweringSite } from './site.js';

class FftMachine extends LaneCode implements LineMachine<Value, Value, Value> {
  readonly tables: Value;
  private readonly anchor: Operation;
  private readonly buffers = new Map<string, Value>();

  /** Private buffers are allocated behind `anchor`. */
  constructor(site: LoweringSite, tables: Value, anchor: Operation) {
    super(site, partOf((site.op.operand(0).type as TensorType).element));
    this.tables = tables;
    this.anchor = anchor;
  }

  scratch(count: number, key: string): Value {
    let found = this.buffers.get(key);
    if (!found) {
      const resultTypes = [this.site.op.context.memref([count], this.element)];
      found = AllocaOp.build(Builder.after(this.anchor), this.loc, { dynamicSizes: [], resultTypes });
      this.buffers.set(key, found);
    }
    return found;
  }
  scalar(buffer: Value, at: Value): Value {
    return this.scalarAt(buffer, [at]);
  }
  load(buffer: Value, at: Value): Value {
    return this.loadAt(buffer, [at]);
  }
  store(value: Value, buffer: Value, at: Value): void {
    this.storeAt(value, buffer, [at]);
  }

  parts(value: Value): Complex<Value> | { readonly re: Value } {
    if (!(value.type instanceof ComplexType)) return { re: value };
    const [re, im] = [ComplexOps.ReOp, ComplexOps.ImOp].map((part) =>
      part.build(this.builder, this.loc, { complex: value }),
    );
    return { re: re!, im: im! };
  }
  join(value: Complex<Value>, type: TensorType): Value {
    if (!(type.element instanceof ComplexType)) return value.re;
    return ComplexOps.CreateOp.build(this.builder, this.loc, {
      real: value.re,
      imaginary: value.im,
      resultTypes: [type.element],
    });
  }
}

export const lowerFft: LoopLoweringMethods = {
  build(op, site) {
    const plan = planOfFft(op);
    const [x, result] = [op.operand(0), op.result(0)];
    const tables = FftOp.tables(op)[0];
    if (plan.tables.length > 0 && !tables) {
      op.emitError('lowering.fft-tables', "has no tables to read: run 'fft-tables' before 'instruction-fusion'");
      return;
    }
    const type = result.type as TensorType;
    const rank = plan.lengths.length;
    const batch = site.sizes(result).slice(0, -rank);
    // One item alone is a batch of one.
    site.parallel(batch.length > 0 ? batch : [1], site.name, (point) => {
      const item = batch.length > 0 ? point : [];
      const zero = site.index(0);
      const machine = new FftMachine(site, tables ? site.buffer(tables) : zero, zero.definingOp!);
      transformItem(machine, plan, {
        input: (at) => machine.parts(site.load(x, [...item, ...at])),
        output: (value, at) => site.store(machine.join(value, type), result, [...item, ...at]),
      });
    });
  },
};
