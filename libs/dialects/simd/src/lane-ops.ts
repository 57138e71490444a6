// Ops between scalars and lanes: splat, extract, insert, and the mask of the first lanes.

import { type ElementStorage, elementAccess, Interpretable, RuntimeTrap, type Scalar } from '@budflow/interpreter';
import {
  AnyType,
  allTypesMatch,
  attr,
  type CustomAssembly,
  type DenseArrayAttr,
  DenseElementsAttr,
  defineOp,
  definePattern,
  denseElement,
  elementTypeOf,
  FloatAttr,
  Index,
  IndexType,
  IntegerAttr,
  type Operation,
  optional,
  optionalAttr,
  Pure,
  typesMatchWith,
  type Value,
} from '@budflow/ir';
import { constantAttrOf, constantInteger, lanesOf, Mask, Vector, vectorType } from './support.js';

export const SplatOp = defineOp({
  name: 'simd.splat',
  summary: 'a vector with one scalar in all lanes',
  description: "The scalar has the vector's element type.",
  example: `func.func @f(%s: f32) -> vector<16xf32> {
  %0 = simd.splat %s : vector<16xf32>
  return %0 : vector<16xf32>
}`,
  operands: { scalar: AnyType },
  results: { result: Vector },
  traits: [Pure, typesMatchWith('result', 'scalar', elementTypeOf)],
  interfaces: [
    Interpretable.implement({
      compile(op, c) {
        const type = vectorType(op.result(0));
        const access = elementAccess(type.element);
        const s = c.slot(op.operand(0));
        const r = c.slot(op.result(0));
        return ({ values }) => {
          const vector = access.make(type.lanes);
          for (let l = 0; l < type.lanes; l++) access.store(vector, l, values[s] as Scalar);
          values[r] = vector;
        };
      },
    }),
  ],
  assembly: '$scalar attr-dict `:` type($result)',
  fold(op, [scalar]) {
    if (scalar instanceof IntegerAttr || scalar instanceof FloatAttr)
      return op.context.splat(vectorType(op.result(0)), scalar.value);
    return null;
  },
});

/** The scalar of which a vector is a splat. */
export function splatScalar(vector: Value): Value | undefined {
  const op = vector.definingOp;
  return op !== null && op.name === 'simd.splat' ? op.operand(0) : undefined;
}

// Extract and insert

/** `%s, ` in front of the vector for insert; then `%v[3]` or `%v[%i]`, and the vector's type. */
function laneAssembly(form: 'extract' | 'insert'): CustomAssembly {
  return {
    parse(parser, state) {
      const { context } = parser;
      const scalar = form === 'insert' ? parser.operand() : undefined;
      if (scalar) parser.punctuation(',');
      const vector = parser.operand();
      parser.punctuation('[');
      const position = parser.optionalOperand();
      if (!position) state.attributes.set('lane', context.i64Attr(parser.integer()));
      parser.punctuation(']');
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const offset = parser.offset();
      const type = parser.type();
      if (!Vector.check(type)) parser.error(`expected a ${Vector.description}, got ${type}`, offset);
      if (scalar) state.operands.push(parser.resolve(scalar, elementTypeOf(type)));
      state.operands.push(parser.resolve(vector, type));
      if (position) state.operands.push(parser.resolve(position, context.index));
      state.resultTypes.push(form === 'extract' ? elementTypeOf(type) : type);
    },
    print(printer, op) {
      const at = form === 'insert' ? 1 : 0;
      printer.space();
      if (form === 'insert') {
        printer.value(op.operand(0));
        printer.text(', ');
      }
      printer.value(op.operand(at));
      printer.text('[');
      const lane = op.attr('lane');
      if (lane) printer.text(String((lane as IntegerAttr).value));
      else printer.value(op.operand(at + 1));
      printer.text(']');
      printer.attrDict(op, ['lane']);
      printer.text(' : ');
      printer.type(op.operand(at).type);
    },
    canPrint: (op) => {
      const at = form === 'insert' ? 1 : 0;
      return (op.attr('lane') === undefined) === (op.operandCount === at + 2);
    },
  };
}

function verifyLane(op: Operation, vector: Value, position: Value | undefined): void {
  const lane = laneAttr(op);
  if ((lane === undefined) === (position === undefined)) {
    op.emitError('simd.lane-form', "expects either the attribute 'lane' or a position operand");
    return;
  }
  if (lane !== undefined && (lane < 0 || lane >= lanesOf(vector)))
    op.emitError('simd.lane', `expects a lane from 0 to ${lanesOf(vector) - 1}, got ${lane}`);
}

function laneAttr(op: Operation): number | undefined {
  const lane = op.attr('lane');
  return lane instanceof IntegerAttr ? lane.number : undefined;
}

/** The lane when it is known: the attribute or a constant position inside the vector. */
function knownLane(op: Operation, position: Value | undefined, lanes: number): number | undefined {
  const lane = laneAttr(op) ?? (position && constantInteger(constantAttrOf(position)));
  return lane !== undefined && lane >= 0 && lane < lanes ? lane : undefined;
}

function checkLane(lane: number, lanes: number): number {
  if (!(lane >= 0 && lane < lanes))
    throw new RuntimeTrap('OutOfBounds', `lane ${lane} is outside a vector of ${lanes} lanes`);
  return lane;
}

/** Where lane `lane` of a vector comes from: another vector's lane, or a scalar. One step back. */
function laneSource(vector: Value, lane: number): { vector: Value; lane: number } | { scalar: Value } | undefined {
  const op = vector.definingOp;
  if (op === null) return undefined;
  switch (op.name) {
    case 'simd.splat':
      return { scalar: op.operand(0) };
    case 'simd.insert': {
      const at = knownLane(op, op.operandCount > 2 ? op.operand(2) : undefined, lanesOf(vector));
      if (at === undefined) return undefined;
      return at === lane ? { scalar: op.operand(0) } : { vector: op.operand(1), lane };
    }
    case 'simd.slice':
      return { vector: op.operand(0), lane: lane + (op.attr('offset') as IntegerAttr).number };
    case 'simd.concat': {
      let rest = lane;
      for (const part of op.operands) {
        if (rest < lanesOf(part)) return { vector: part, lane: rest };
        rest -= lanesOf(part);
      }
      return undefined;
    }
    case 'simd.shuffle': {
      const from = Number((op.attr('lanes') as DenseArrayAttr).values[lane]);
      const own = lanesOf(op.operand(0));
      return from < own ? { vector: op.operand(0), lane: from } : { vector: op.operand(1), lane: from - own };
    }
    default:
      return undefined;
  }
}

export const ExtractOp = defineOp({
  name: 'simd.extract',
  summary: 'one lane of a vector',
  description: 'The lane is a number or an index value; the interpreter traps on a lane outside the vector.',
  example: `func.func @f(%v: vector<16xf32>, %i: index) -> f32 {
  %0 = simd.extract %v[3] : vector<16xf32>
  %1 = simd.extract %v[%i] : vector<16xf32>
  return %1 : f32
}`,
  operands: { vector: Vector, position: optional(Index) },
  results: { result: AnyType },
  attributes: { lane: optionalAttr(attr.i64) },
  traits: [Pure, typesMatchWith('vector', 'result', elementTypeOf)],
  interfaces: [
    Interpretable.implement({
      compile(op, c) {
        const v = c.slot(op.operand(0));
        const p = op.operandCount > 1 ? c.slot(op.operand(1)) : -1;
        const r = c.slot(op.result(0));
        const type = vectorType(op.operand(0));
        const access = elementAccess(type.element);
        const lane = laneAttr(op) ?? 0;
        return ({ values }) => {
          values[r] = access.load(
            values[v] as ElementStorage,
            checkLane(p < 0 ? lane : (values[p] as number), type.lanes),
          );
        };
      },
    }),
  ],
  inferTypes: (_, { operands }) => [elementTypeOf(operands[0]!.type)],
  assembly: laneAssembly('extract'),
  verify: (op) => verifyLane(op, op.operand(0), ExtractOp.position(op)),
  fold(op, operands) {
    const lane = knownLane(op, ExtractOp.position(op), lanesOf(op.operand(0)));
    const scalar = splatScalar(op.operand(0));
    if (scalar !== undefined) return scalar;
    if (lane === undefined) return null;
    const constant = operands[0];
    if (constant instanceof DenseElementsAttr)
      return op.context.constantAttr(constant.type.element, denseElement(constant, lane));
    const source = laneSource(op.operand(0), lane);
    return source !== undefined && 'scalar' in source ? source.scalar : null;
  },
  patterns: [
    definePattern({
      name: 'extract-through-lane-moves',
      equation:
        'extract (slice v offset o)[k] == extract v[o + k];  the same for concat, shuffle and insert of another lane',
      root: 'simd.extract',
      generates: ['simd.extract'],
      rewrite(op, rewriter) {
        const position = ExtractOp.position(op);
        const lane = knownLane(op, position, lanesOf(op.operand(0)));
        if (lane === undefined) return false;
        const source = laneSource(op.operand(0), lane);
        const moved = source !== undefined && 'vector' in source ? source : undefined;
        if (moved === undefined && position === undefined) return false;
        // A constant position becomes the attribute, too.
        rewriter.modify(op, () => {
          op.setOperands([moved?.vector ?? op.operand(0)]);
          op.setAttr('lane', op.context.i64Attr(moved?.lane ?? lane));
        });
        return true;
      },
    }),
    definePattern({
      name: 'extract-of-index-cast',
      equation: 'extract (index_cast v)[k] == index_cast (extract v[k])  where v is only cast for its lanes',
      root: 'simd.extract',
      generates: ['simd.extract', 'arith.index_cast', 'arith.index_castui'],
      rewrite(op, rewriter) {
        const cast = op.operand(0).definingOp;
        const position = ExtractOp.position(op);
        const lane = knownLane(op, position, lanesOf(op.operand(0)));
        const casts = cast?.name === 'arith.index_cast' || cast?.name === 'arith.index_castui';
        if (!cast || !casts || position !== undefined || lane === undefined) return false;
        if (!(vectorType(op.operand(0)).element instanceof IndexType)) return false;
        if (
          !cast
            .result(0)
            .users()
            .every((user) => ExtractOp.is(user))
        )
          return false;
        rewriter.setInsertionPoint(op);
        const element = ExtractOp.build(rewriter, op.loc, { vector: cast.operand(0), lane });
        const scalar = cast.clone(new Map([[cast.operand(0), element]]));
        scalar.result(0).type = op.result(0).type;
        rewriter.replaceOp(op, [rewriter.insert(scalar).result(0)]);
        return true;
      },
    }),
  ],
});

export const InsertOp = defineOp({
  name: 'simd.insert',
  summary: 'a vector with one lane replaced',
  description: 'Lanes count from 0. The other lanes are those of the operand.',
  example: `func.func @f(%s: f32, %v: vector<16xf32>, %i: index) -> vector<16xf32> {
  %0 = simd.insert %s, %v[3] : vector<16xf32>
  %1 = simd.insert %s, %0[%i] : vector<16xf32>
  return %1 : vector<16xf32>
}`,
  operands: { scalar: AnyType, vector: Vector, position: optional(Index) },
  results: { result: Vector },
  attributes: { lane: optionalAttr(attr.i64) },
  traits: [Pure, typesMatchWith('vector', 'scalar', elementTypeOf), allTypesMatch('vector', 'result')],
  interfaces: [
    Interpretable.implement({
      compile(op, c) {
        const [s, v] = [c.slot(op.operand(0)), c.slot(op.operand(1))];
        const p = op.operandCount > 2 ? c.slot(op.operand(2)) : -1;
        const r = c.slot(op.result(0));
        const type = vectorType(op.operand(1));
        const access = elementAccess(type.element);
        const lane = laneAttr(op) ?? 0;
        return ({ values }) => {
          const vector = (values[v] as ElementStorage).slice();
          access.store(vector, checkLane(p < 0 ? lane : (values[p] as number), type.lanes), values[s] as Scalar);
          values[r] = vector;
        };
      },
    }),
  ],
  inferTypes: (_, { operands }) => [operands[1]!.type],
  assembly: laneAssembly('insert'),
  verify: (op) => verifyLane(op, op.operand(1), InsertOp.position(op)),
  fold(op) {
    // insert (extract v[k]), v[k] == v
    const vector = op.operand(1);
    const lane = knownLane(op, InsertOp.position(op), lanesOf(vector));
    const inner = op.operand(0).definingOp;
    if (lane === undefined || inner === null || !ExtractOp.is(inner) || inner.operand(0) !== vector) return null;
    return knownLane(inner, ExtractOp.position(inner), lanesOf(vector)) === lane ? vector : null;
  },
  patterns: [
    definePattern({
      name: 'insert-over-insert',
      equation: 'insert a, (insert b, v[k])[k] == insert a, v[k]',
      root: 'simd.insert',
      rewrite(op, rewriter) {
        const position = InsertOp.position(op);
        const lane = knownLane(op, position, lanesOf(op.operand(1)));
        if (lane === undefined) return false;
        const inner = op.operand(1).definingOp;
        const hidden =
          inner !== null &&
          InsertOp.is(inner) &&
          knownLane(inner, InsertOp.position(inner), lanesOf(op.operand(1))) === lane;
        if (!hidden && position === undefined) return false;
        rewriter.modify(op, () => {
          op.setOperands([op.operand(0), hidden ? inner.operand(1) : op.operand(1)]);
          op.setAttr('lane', op.context.i64Attr(lane));
        });
        return true;
      },
    }),
  ],
});

export const MaskFirstNOp = defineOp({
  name: 'simd.mask.first_n',
  summary: 'the mask of the first n lanes',
  description: 'Lane l is on when l < n: no lane for n <= 0, all for n at least the number of lanes.',
  example: `func.func @f(%n: index) -> vector<16xi1> {
  %0 = simd.mask.first_n %n : vector<16xi1>
  return %0 : vector<16xi1>
}`,
  operands: { count: Index },
  results: { mask: Mask },
  traits: [Pure],
  interfaces: [
    Interpretable.implement({
      compile(op, c) {
        const n = c.slot(op.operand(0));
        const r = c.slot(op.result(0));
        const { lanes } = vectorType(op.result(0));
        return ({ values }) => {
          values[r] = new Uint8Array(lanes).fill(1, 0, Math.max(0, Math.min(lanes, values[n] as number)));
        };
      },
    }),
  ],
  assembly: '$count attr-dict `:` type($mask)',
  fold(op, [count]) {
    const n = constantInteger(count);
    const type = vectorType(op.result(0));
    if (n === undefined) return null;
    const bytes = new Uint8Array(type.lanes).fill(1, 0, Math.max(0, Math.min(type.lanes, n)));
    return n <= 0 || n >= type.lanes
      ? op.context.splat(type, n <= 0 ? 0 : 1)
      : op.context.denseElements(type, bytes, { splat: false });
  },
});
