// Computes on f16 and bf16 in f32 and rounds every result, in integer arithmetic: machines have neither.
//
//   %2 = arith.addf %0, %1 : vector<16xf16>   ->   %a = <bits of %0 as f32>   %b = <bits of %1 as f32>
//                                                  %c = arith.addf %a, %b : vector<16xf32>
//                                                  %2 = <%c rounded to f16, as bits>
//
// Afterwards values of the two types are only moved: loaded, stored, selected, carried. A result that goes into the next
// computation is rounded in f32, without the way through its bits; a round trip is never left out, because every op rounds.
// Sums and products of two 16-bit floats rounded to f32 first are rounded as if once (S. Figueroa: 24 >= 2 * 11 + 2 bits);
// where f32 is too narrow for that (conversions from f64 and wide integers, fused multiply-adds) the step before rounds to
// odd. Runs after vectorization, before expand-math and legalize-vectors;
// in a program that fix-numerics has seen, on kernels. Follows MLIR's arith-emulate-unsupported-floats.
import { BitcastOp, ConstantOp, ExtFOp, SelectOp, typeLike } from '@budflow/dialect-core';
import { KernelAttrs } from '@budflow/dialect-rt';
import {
  Builder,
  DenseElementsAttr,
  denseElement,
  elementTypeOf,
  FloatAttr,
  FloatType,
  Operation,
  type Type,
  type Value,
} from '@budflow/ir';
import { fusedMultiplyAddF32 } from '@budflow/numerics';
import { definePass } from '@budflow/pass';
import { NUMERICS_ATTR } from '../array/fix-numerics.js';
import { HalfConversions } from './half/conversions.js';
import { irAlgebra } from './ir-algebra.js';

export const expandHalfFloats = definePass({
  name: 'expand-half-floats',
  summary: 'compute on f16 and bf16 in f32, with conversions in integer arithmetic',
  dependentDialects: ['arith', 'math'],
  statistics: { expanded: 'ops on 16-bit floats' },
  run(root, pass) {
    const ops: Operation[] = [];
    const collect = (part: Operation): void => {
      part.walk((op) => {
        if (computesOnHalf(op)) ops.push(op);
      });
    };
    if (root.attr(NUMERICS_ATTR)) for (const kernel of kernelsOf(root)) collect(kernel);
    else collect(root);
    if (ops.length === 0) {
      pass.unchanged();
      return;
    }
    const expansion = new Expansion();
    for (const op of ops) expansion.expand(op);
    expansion.finish(ops);
    pass.statistic('expanded', ops.length);
  },
});

/** The kernels of a program; its other functions run on the host, which computes on numbers. */
function kernelsOf(module: Operation): Operation[] {
  return module.region(0).entry.ops.filter((op) => op.attr(KernelAttrs.kernel) !== undefined);
}

/** Ops of arith and math that only move values. */
const MOVES = new Set([ConstantOp.opName, SelectOp.opName, BitcastOp.opName] as string[]);

function isHalf(type: Type): boolean {
  const element = elementTypeOf(type);
  return element instanceof FloatType && element.width === 16 && (element.name === 'f16' || element.name === 'bf16');
}

function computesOnHalf(op: Operation): boolean {
  const { dialect } = op.info;
  if ((dialect !== 'arith' && dialect !== 'math') || MOVES.has(op.name)) return false;
  return op.operands.some((v) => isHalf(v.type)) || op.results.some((r) => isHalf(r.type));
}

class Expansion {
  /** f32 values of the halves seen so far. */
  private readonly wide = new Map<Value, Value>();

  expand(op: Operation): void {
    const builder = Builder.before(op);
    const to = new HalfConversions(builder, op.loc);
    const result = op.result();
    switch (op.name) {
      case 'arith.negf':
        this.replace(op, to.changeBits(op.operand(0), 'xor', 0x8000));
        return;
      case 'math.absf':
        this.replace(op, to.changeBits(op.operand(0), 'and', 0x7fff));
        return;
      case 'math.copysign':
        this.replace(op, to.copySign(op.operand(0), op.operand(1)));
        return;
      case 'arith.extf': {
        const single = this.widened(op.operand(0), op);
        const same = single.type === result.type;
        this.replace(op, same ? single : ExtFOp.build(builder, op.loc, { in: single, resultTypes: [result.type] }));
        return;
      }
      case 'arith.truncf':
        this.round(op, to, op.operand(0));
        return;
      case 'arith.sitofp':
      case 'arith.uitofp':
        this.round(op, to, to.fromInteger(op.operand(0), { signed: op.name === 'arith.sitofp' }));
        return;
      case 'math.fma':
        this.round(op, to, this.fused(op, builder));
        return;
    }
    const operands = op.operands.map((v) => (isHalf(v.type) ? this.widened(v, op) : v));
    const { context } = op;
    const types = op.resultTypes.map((t) => (isHalf(t) ? typeLike(context, t, context.f32) : t));
    const computed = builder.insert(Operation.create(op.info, op.loc, operands, types, op.attributes)).result(0);
    if (isHalf(result.type)) this.round(op, to, computed);
    else this.replace(op, computed);
  }

  /** Ops are erased at the end: until then users of a half still tell what it is needed for. */
  finish(ops: readonly Operation[]): void {
    for (const op of [...ops].reverse()) op.erase();
  }

  private replace(op: Operation, value: Value): void {
    op.result(0).replaceAllUsesWith(value);
  }

  /** Replaces an op by what was computed, rounded: in f32 for those that go on computing, in 16 bits for the others. */
  private round(op: Operation, to: HalfConversions, computed: Value): void {
    const result = op.result(0);
    const type = elementTypeOf(result.type) as FloatType;
    const users = result.users();
    const rounded = users.some(computesOnHalf) ? to.round(computed, type) : undefined;
    const half = to.narrow(computed, type);
    if (rounded) this.wide.set(half, rounded);
    this.replace(op, half);
  }

  /** The value in f32, for `user`. */
  private widened(half: Value, user: Operation): Value {
    const known = this.wide.get(half);
    if (known) return known;
    const { definingOp } = half;
    // Right behind its definition, for all users.
    const builder = new Builder(user.context);
    if (definingOp) builder.setInsertionPointAfter(definingOp);
    else builder.setInsertionPointToStart(half.parentBlock!);
    const to = new HalfConversions(builder, user.loc);
    const constant = definingOp && ConstantOp.is(definingOp) ? splatNumber(definingOp) : undefined;
    const wide = constant === undefined ? to.widen(half) : to.splat(half.type, constant);
    this.wide.set(half, wide);
    return wide;
  }

  /** a * b + c in f64, rounded to odd: the product of two 16-bit floats is exact there. */
  private fused(op: Operation, builder: Builder): Value {
    const { context, loc } = op;
    const type = typeLike(context, op.result(0).type, context.f64);
    const [a, b, c] = op.operands.map((v) =>
      ExtFOp.build(builder, loc, { in: this.widened(v, op), resultTypes: [type] }),
    ) as [Value, Value, Value];
    return fusedMultiplyAddF32(irAlgebra(builder, loc, type, 'f64', { fastmath: 0, contract: undefined }), a, b, c);
  }
}

/** The one number of a scalar or splat constant. */
function splatNumber(op: Operation): number | undefined {
  const value = op.attr('value');
  if (value instanceof FloatAttr) return value.value;
  return value instanceof DenseElementsAttr && value.splat ? Number(denseElement(value, 0)) : undefined;
}
