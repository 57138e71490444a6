// Ops that move lanes: splat, extract, insert, shuffle, slice, concat, and the mask of the first lanes.
import {
  allTypesMatch,
  AnyType,
  attr,
  type CustomAssembly,
  DenseElementsAttr,
  type DenseArrayAttr,
  defineOp,
  definePattern,
  denseElement,
  elementTypeOf,
  FloatAttr,
  type FoldResult,
  Index,
  IntegerAttr,
  InternalError,
  type Operation,
  optional,
  optionalAttr,
  Pure,
  typesMatchWith,
  type Value,
  variadic,
  type VectorType,
} from '@budflow/ir';
import { type ElementStorage, elementAccess, Interpretable, RuntimeTrap, type Scalar, step2, stepN } from '@budflow/interpreter';
import { constantAttrOf, constantInteger, lanesOf, Mask, moveLane, Vector, vectorType, withLanes } from './support.js';

export const SplatOp = defineOp({
  name: 'simd.splat',
  summary: 'a vector with one scalar in all lanes',
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
    if (scalar instanceof IntegerAttr || scalar instanceof FloatAttr) return op.context.splat(vectorType(op.result(0)), scalar.value);
    return null;
  },
});

/** The scalar of which a vector is a splat. */
function splatScalar(vector: Value): Value | undefined {
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
  if (lane !== undefined && (lane < 0 || lane >= lanesOf(vector))) op.emitError('simd.lane', `expects a lane from 0 to ${lanesOf(vector) - 1}, got ${lane}`);
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
  if (!(lane >= 0 && lane < lanes)) throw new RuntimeTrap('OutOfBounds', `lane ${lane} is outside a vector of ${lanes} lanes`);
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
      return { vector: op.operand(0), lane: lane + SliceOp.offset(op) };
    case 'simd.concat': {
      let rest = lane;
      for (const part of op.operands) {
        if (rest < lanesOf(part)) return { vector: part, lane: rest };
        rest -= lanesOf(part);
      }
      return undefined;
    }
    case 'simd.shuffle': {
      const from = ShuffleOp.lanes(op)[lane]!;
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
          values[r] = access.load(values[v] as ElementStorage, checkLane(p < 0 ? lane : (values[p] as number), type.lanes));
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
    if (constant instanceof DenseElementsAttr) return op.context.constantAttr(constant.type.element, denseElement(constant, lane));
    const source = laneSource(op.operand(0), lane);
    return source !== undefined && 'scalar' in source ? source.scalar : null;
  },
  patterns: [
    definePattern({
      name: 'extract-through-lane-moves',
      equation: 'extract (slice v offset o)[k] == extract v[o + k];  the same for concat, shuffle and insert of another lane',
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
  ],
});

export const InsertOp = defineOp({
  name: 'simd.insert',
  summary: 'a vector with one lane replaced',
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
        const hidden = inner !== null && InsertOp.is(inner) && knownLane(inner, InsertOp.position(inner), lanesOf(op.operand(1))) === lane;
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

// Shuffle, slice, concat

/** The scalar all vectors are splats of. */
function commonScalar(vectors: readonly Value[]): Value | undefined {
  const scalar = vectors.length ? splatScalar(vectors[0]!) : undefined;
  return scalar !== undefined && vectors.every((v) => splatScalar(v) === scalar) ? scalar : undefined;
}

export const ShuffleOp = defineOp({
  name: 'simd.shuffle',
  summary: 'lanes picked from two vectors',
  description: 'Lane l of the result is lane `lanes[l]` of the two vectors put one behind the other.',
  example: `func.func @f(%a: vector<4xf32>, %b: vector<4xf32>) -> vector<4xf32> {
  %0 = simd.shuffle %a, %b [0, 4, 1, 5] : vector<4xf32>
  return %0 : vector<4xf32>
}`,
  operands: { lhs: Vector, rhs: Vector },
  results: { result: Vector },
  attributes: { lanes: attr.i64Array },
  traits: [Pure, allTypesMatch('lhs', 'rhs')],
  interfaces: [
    Interpretable.implement({
      compile(op, c) {
        const lanes = ShuffleOp.lanes(op);
        const own = lanesOf(op.operand(0));
        const access = elementAccess(vectorType(op.operand(0)).element);
        return step2(op, c, (a, b) => {
          const result = access.make(lanes.length);
          lanes.forEach((from, l) => {
            moveLane((from < own ? a : b) as ElementStorage, from < own ? from : from - own, result, l);
          });
          return result;
        });
      },
    }),
  ],
  inferTypes: (context, { operands, attributes }) => {
    const lanes = attributes.get('lanes') as DenseArrayAttr;
    return [withLanes(context, operands[0]!.type as VectorType, lanes.values.length)];
  },
  assembly: '$lhs `,` $rhs $lanes attr-dict `:` type($lhs)',
  verify(op) {
    const lanes = ShuffleOp.lanes(op);
    const limit = 2 * lanesOf(op.operand(0));
    const bad = lanes.find((l) => l < 0 || l >= limit);
    if (lanes.length === 0 || bad !== undefined) {
      op.emitError('simd.shuffle-lanes', lanes.length === 0 ? 'expects at least one lane' : `expects lanes from 0 to ${limit - 1}, got ${bad}`);
      return;
    }
    const wanted = withLanes(op.context, vectorType(op.operand(0)), lanes.length);
    if (op.result(0).type !== wanted) op.emitError('simd.result-type', `expects a result of type ${wanted}, got ${op.result(0).type}`);
  },
  fold(op): FoldResult | null {
    const lanes = ShuffleOp.lanes(op);
    const own = lanesOf(op.operand(0));
    if (lanes.length !== own) return null;
    if (lanes.every((from, l) => from === l)) return op.operand(0);
    return lanes.every((from, l) => from === own + l) ? op.operand(1) : null;
  },
  patterns: [
    definePattern({
      name: 'shuffle-of-splats',
      equation: 'shuffle (splat s), (splat s) == splat s',
      root: 'simd.shuffle',
      generates: ['simd.splat'],
      rewrite(op, rewriter) {
        const scalar = commonScalar(op.operands);
        if (scalar === undefined) return false;
        rewriter.setInsertionPoint(op);
        rewriter.replaceOp(op, [SplatOp.build(rewriter, op.loc, { scalar, resultTypes: op.resultTypes })]);
        return true;
      },
    }),
    definePattern({
      name: 'shuffle-is-slice-or-concat',
      equation: 'shuffle a, b [o, o + 1, ..] inside a == slice a offset o;  shuffle a, b [0, 1, .., 2 n - 1] == concat a, b',
      root: 'simd.shuffle',
      generates: ['simd.slice', 'simd.concat'],
      rewrite(op, rewriter) {
        const lanes = ShuffleOp.lanes(op);
        const own = lanesOf(op.operand(0));
        const first = lanes[0]!;
        if (lanes.some((from, l) => from !== first + l)) return false;
        const last = first + lanes.length - 1;
        const whole = first === 0 && last === 2 * own - 1;
        if (!whole && first < own && last >= own) return false;
        rewriter.setInsertionPoint(op);
        const made = whole
          ? ConcatOp.build(rewriter, op.loc, { vectors: op.operands })
          : SliceOp.build(rewriter, op.loc, { vector: op.operand(first < own ? 0 : 1), offset: first % own, size: lanes.length });
        rewriter.replaceOp(op, [made]);
        return true;
      },
    }),
  ],
});

export const SliceOp = defineOp({
  name: 'simd.slice',
  summary: 'neighbouring lanes of a vector',
  example: `func.func @f(%v: vector<16xf32>) -> vector<8xf32> {
  %0 = simd.slice %v offset 4 size 8 : vector<16xf32>
  return %0 : vector<8xf32>
}`,
  operands: { vector: Vector },
  results: { result: Vector },
  attributes: { offset: attr.i64, size: attr.i64 },
  traits: [Pure],
  interfaces: [
    Interpretable.implement({
      compile(op, c) {
        const v = c.slot(op.operand(0));
        const r = c.slot(op.result(0));
        const from = SliceOp.offset(op);
        const to = from + SliceOp.size(op);
        return ({ values }) => {
          values[r] = (values[v] as ElementStorage).slice(from, to);
        };
      },
    }),
  ],
  inferTypes: (context, { operands, attributes }) => [
    withLanes(context, operands[0]!.type as VectorType, (attributes.get('size') as IntegerAttr).number),
  ],
  assembly: '$vector `offset` $offset `size` $size attr-dict `:` type($vector)',
  verify(op) {
    const [offset, size, lanes] = [SliceOp.offset(op), SliceOp.size(op), lanesOf(op.operand(0))];
    if (offset < 0 || size < 1 || offset + size > lanes) {
      op.emitError('simd.slice-range', `expects lanes inside 0 to ${lanes - 1}, got ${size} lanes from ${offset}`);
      return;
    }
    const wanted = withLanes(op.context, vectorType(op.operand(0)), size);
    if (op.result(0).type !== wanted) op.emitError('simd.result-type', `expects a result of type ${wanted}, got ${op.result(0).type}`);
  },
  fold: (op) => (op.operand(0).type === op.result(0).type ? op.operand(0) : null),
  patterns: [
    definePattern({
      name: 'slice-of-splat',
      equation: 'slice (splat s) == splat s',
      root: 'simd.slice',
      generates: ['simd.splat'],
      rewrite(op, rewriter) {
        const scalar = splatScalar(op.operand(0));
        if (scalar === undefined) return false;
        rewriter.setInsertionPoint(op);
        rewriter.replaceOp(op, [SplatOp.build(rewriter, op.loc, { scalar, resultTypes: op.resultTypes })]);
        return true;
      },
    }),
    definePattern({
      name: 'slice-of-slice',
      equation: 'slice (slice v offset a) offset b == slice v offset (a + b)',
      root: 'simd.slice',
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        if (inner === null || !SliceOp.is(inner)) return false;
        rewriter.modify(op, () => {
          op.setAttr('offset', op.context.i64Attr(SliceOp.offset(inner) + SliceOp.offset(op)));
          op.setOperand(0, inner.operand(0));
        });
        return true;
      },
    }),
    definePattern({
      name: 'slice-of-concat',
      equation: 'slice (concat a, b, ..) == slice a, when it lies in a;  == concat of the parts it covers, when it covers whole ones',
      root: 'simd.slice',
      generates: ['simd.slice', 'simd.concat'],
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        if (inner === null || !ConcatOp.is(inner)) return false;
        const from = SliceOp.offset(op);
        const to = from + SliceOp.size(op);
        const covered: Value[] = [];
        let at = 0;
        for (const part of inner.operands) {
          const end = at + lanesOf(part);
          if (from >= at && to <= end) {
            rewriter.modify(op, () => {
              op.setAttr('offset', op.context.i64Attr(from - at));
              op.setOperand(0, part);
            });
            return true;
          }
          if (at >= from && end <= to) covered.push(part);
          else if (end > from && at < to) return rewriter.fail('the slice cuts a part');
          at = end;
        }
        rewriter.setInsertionPoint(op);
        rewriter.replaceOp(op, [ConcatOp.build(rewriter, op.loc, { vectors: covered })]);
        return true;
      },
    }),
  ],
});

export const ConcatOp = defineOp({
  name: 'simd.concat',
  summary: 'vectors one behind the other',
  example: `func.func @f(%a: vector<4xf32>, %b: vector<8xf32>) -> vector<12xf32> {
  %0 = simd.concat %a, %b : vector<4xf32>, vector<8xf32>
  return %0 : vector<12xf32>
}`,
  operands: { vectors: variadic(Vector) },
  results: { result: Vector },
  traits: [Pure],
  interfaces: [
    Interpretable.implement({
      compile(op, c) {
        const type = vectorType(op.result(0));
        const access = elementAccess(type.element);
        return stepN(op, c, (parts) => {
          const result = access.make(type.lanes);
          let at = 0;
          for (const part of parts as ElementStorage[]) {
            (result as Float64Array).set(part as Float64Array, at);
            at += part.length;
          }
          return [result];
        });
      },
    }),
  ],
  inferTypes: (context, { operands }) => {
    const first = operands[0];
    if (first === undefined) throw new InternalError('simd.concat needs at least one vector');
    return [withLanes(context, first.type as VectorType, operands.reduce((n, v) => n + lanesOf(v), 0))];
  },
  assembly: '$vectors attr-dict `:` type($vectors)',
  verify(op) {
    if (op.operandCount === 0) {
      op.emitError('simd.concat-empty', 'expects at least one vector');
      return;
    }
    const { element } = vectorType(op.operand(0));
    const other = op.operands.find((v) => vectorType(v).element !== element);
    if (other) {
      op.emitError('simd.concat-elements', `expects vectors of one element type, got ${element} and ${vectorType(other).element}`);
      return;
    }
    const lanes = op.operands.reduce((n, v) => n + lanesOf(v), 0);
    const wanted = withLanes(op.context, vectorType(op.operand(0)), lanes);
    if (op.result(0).type !== wanted) op.emitError('simd.result-type', `expects a result of type ${wanted}, got ${op.result(0).type}`);
  },
  fold(op): FoldResult | null {
    if (op.operandCount === 1) return op.operand(0);
    const run = consecutiveSlices(op.operands);
    return run !== undefined && run.vector.type === op.result(0).type ? run.vector : null;
  },
  patterns: [
    definePattern({
      name: 'concat-of-splats',
      equation: 'concat (splat s), (splat s) == splat s',
      root: 'simd.concat',
      generates: ['simd.splat'],
      rewrite(op, rewriter) {
        const scalar = commonScalar(op.operands);
        if (scalar === undefined) return false;
        rewriter.setInsertionPoint(op);
        rewriter.replaceOp(op, [SplatOp.build(rewriter, op.loc, { scalar, resultTypes: op.resultTypes })]);
        return true;
      },
    }),
    definePattern({
      name: 'concat-of-slices',
      equation: 'concat (slice v offset o size n), (slice v offset (o + n)) == slice v offset o',
      root: 'simd.concat',
      generates: ['simd.slice'],
      rewrite(op, rewriter) {
        const run = consecutiveSlices(op.operands);
        if (run === undefined) return false;
        rewriter.setInsertionPoint(op);
        const size = lanesOf(op.result(0));
        rewriter.replaceOp(op, [SliceOp.build(rewriter, op.loc, { vector: run.vector, offset: run.offset, size })]);
        return true;
      },
    }),
    definePattern({
      name: 'flatten-concat',
      equation: 'concat a, (concat b, c) == concat a, b, c',
      root: 'simd.concat',
      rewrite(op, rewriter) {
        const nested = (v: Value) => v.definingOp !== null && ConcatOp.is(v.definingOp);
        if (!op.operands.some(nested)) return false;
        const flat = op.operands.flatMap((v) => (nested(v) ? v.definingOp!.operands : [v]));
        rewriter.modify(op, () => op.setOperands(flat));
        return true;
      },
    }),
  ],
});

/** The vector of which the parts are neighbouring slices, and where the first begins. */
function consecutiveSlices(parts: readonly Value[]): { vector: Value; offset: number } | undefined {
  const first = parts[0]?.definingOp;
  if (!first || !SliceOp.is(first)) return undefined;
  const vector = first.operand(0);
  const offset = SliceOp.offset(first);
  let at = offset;
  for (const part of parts) {
    const slice = part.definingOp;
    if (slice === null || !SliceOp.is(slice) || slice.operand(0) !== vector || SliceOp.offset(slice) !== at) return undefined;
    at += lanesOf(part);
  }
  return { vector, offset };
}

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
    return n <= 0 || n >= type.lanes ? op.context.splat(type, n <= 0 ? 0 : 1) : op.context.denseElements(type, bytes, { splat: false });
  },
});
