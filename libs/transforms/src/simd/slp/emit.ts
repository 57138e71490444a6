// What packs cost, and the vector code for them.

import { ConstantOp } from '@budflow/dialect-core';
import { applyAffine } from '@budflow/dialect-loop';
import { InsertOp, LoadOp, ShuffleOp, SplatOp } from '@budflow/dialect-simd';
import {
  AffineExpr,
  type Builder,
  byteWidth,
  elementBytes,
  FloatAttr,
  FloatType,
  IntegerAttr,
  InternalError,
  type LocationRef,
  Operation,
  type Type,
  type Value,
  type VectorType,
} from '@budflow/ir';
import type { Lane, Pack } from './packs.js';

/** Bytes of a vector register. */
const REGISTER_BYTES = 16;

/** Rough cost of an op on scalars, or on one register: additions are 1. */
export function opCost(op: Operation, { vector }: { readonly vector: boolean }): number {
  switch (op.name) {
    case 'arith.constant':
      return 0;
    case 'arith.divf':
    case 'math.sqrt':
      return 4;
    case 'math.fma':
      // Scalars have none: a product and a sum.
      return vector ? 1 : 2;
    default:
      return op.info.dialect === 'math' ? 12 : 1;
  }
}

function typeOfLane(lane: Lane): Type {
  return 'value' in lane ? lane.value.type : lane.of.result(0).type;
}

/** Registers that the lanes fill. */
function registers(pack: Pack): number {
  const bytes = byteWidth(typeOfLane(pack.lanes[0]!)) ?? 1;
  return Math.max(1, (bytes * pack.lanes.length) / REGISTER_BYTES);
}

/** Cost of the vector code of packs; loads of the same elements become one. */
export function costOf(packs: readonly Pack[]): number {
  const loads = new Map<string, number>();
  for (const pack of packs)
    if (pack.kind === 'load') loads.set(`${pack.at.row} ${pack.first} ${pack.lanes.length}`, registers(pack));
  return [...packs.map(packCost), ...loads.values()].reduce((a, b) => a + b, 0);
}

/** Cost of one pack, without the packs it is computed from and without loads. */
function packCost(pack: Pack): number {
  switch (pack.kind) {
    case 'constant':
      return 0;
    case 'splat':
      return 1;
    case 'gather':
      return pack.lanes.length;
    case 'load':
      return pack.order.every((from, l) => from === l) ? 0 : 1;
    case 'op':
      return registers(pack) * opCost(pack.op, { vector: true });
    case 'product':
      return registers(pack);
    case 'sum':
      return registers(pack) * (pack.negated.every((n) => n === pack.negated[0]) ? 1 : 2);
    default:
      return pack satisfies never;
  }
}

export class PackEmitter {
  private readonly builder: Builder;
  private readonly made = new Map<Pack, Value>();

  constructor(builder: Builder) {
    this.builder = builder;
  }

  emit(pack: Pack): Value {
    let value = this.made.get(pack);
    if (!value) {
      value = this.make(pack);
      this.made.set(pack, value);
    }
    return value;
  }

  private make(pack: Pack): Value {
    const { builder } = this;
    const [first] = pack.lanes as readonly [Lane];
    const type = builder.context.vector([pack.lanes.length], typeOfLane(first));
    switch (pack.kind) {
      case 'constant':
        return this.constants(pack.lanes, type);
      case 'splat':
        return SplatOp.build(builder, locOf(first), { scalar: scalarOf(first), resultTypes: [type] });
      case 'gather': {
        const [head, ...tail] = pack.lanes.map(scalarOf);
        let vector = SplatOp.build(builder, locOf(first), { scalar: head!, resultTypes: [type] });
        tail.forEach((scalar, i) => {
          if (scalar !== head) vector = InsertOp.build(builder, locOf(first), { scalar, vector, lane: i + 1 });
        });
        return vector;
      }
      case 'load':
        return this.load(pack, type, locOf(first));
      case 'op': {
        const operands = pack.operands.map((p) => this.emit(p));
        return this.insert(pack.op, pack.op.info, operands, type, pack.fastmath);
      }
      case 'product': {
        const [lhs, rhs] = pack.operands.map((p) => this.emit(p)) as [Value, Value];
        return this.binary('arith.mulf', lhs, rhs, pack.of.loc);
      }
      case 'sum': {
        const [x, y] = pack.operands.map((p) => this.emit(p)) as [Value, Value];
        const isFloat = type.element instanceof FloatType;
        const loc = pack.of.loc;
        if (pack.negated.every((n) => n)) return this.binary(isFloat ? 'arith.subf' : 'arith.subi', x, y, loc);
        // y * -1 == -y, exactly; of NaN the sign is open.
        const signs = this.numbers(
          pack.negated.map((n) => (n ? -1 : 1)),
          type,
          loc,
        );
        const signed = pack.negated.some((n) => n)
          ? this.binary(isFloat ? 'arith.mulf' : 'arith.muli', y, signs, loc)
          : y;
        return this.binary(isFloat ? 'arith.addf' : 'arith.addi', x, signed, loc);
      }
      default:
        return pack satisfies never;
    }
  }

  private load(pack: Extract<Pack, { kind: 'load' }>, type: VectorType, loc: LocationRef): Value {
    const { builder } = this;
    const { at, first, order } = pack;
    const last = at.indices[at.indices.length - 1]!;
    const distance = first - at.constant;
    const map = builder.context.affineMap(1, 0, [AffineExpr.dim(0).add(distance)]);
    const start = distance === 0 ? last : applyAffine(builder, loc, map, [last]);
    const vector = LoadOp.build(builder, loc, {
      memref: at.memref,
      indices: [...at.indices.slice(0, -1), start],
      resultTypes: [type],
    });
    if (order.every((from, l) => from === l)) return vector;
    return ShuffleOp.build(builder, loc, { lhs: vector, rhs: vector, lanes: [...order], resultTypes: [type] });
  }

  private constants(lanes: readonly Lane[], type: VectorType): Value {
    const values = lanes.map((lane) => {
      const attr = scalarOf(lane).definingOp?.attr('value');
      if (attr instanceof FloatAttr) return attr.value;
      if (attr instanceof IntegerAttr) return attr.bigint;
      throw new InternalError('slp-vectorize: a constant that is no number', scalarOf(lane).definingOp ?? undefined);
    });
    return this.numbers(values, type, locOf(lanes[0]!));
  }

  private numbers(values: readonly (number | bigint)[], type: VectorType, loc: LocationRef): Value {
    const parts = values.map((v) => elementBytes(type.element, type.element instanceof FloatType ? v : BigInt(v)));
    const bytes = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
    parts.forEach((p, i) => {
      bytes.set(p, i * p.length);
    });
    const value = this.builder.context.denseElements(type, bytes, { splat: false });
    return ConstantOp.build(this.builder, loc, { value, resultTypes: [type] });
  }

  private binary(name: string, lhs: Value, rhs: Value, loc: LocationRef): Value {
    const { context } = this.builder;
    const op = Operation.create(context.opInfo(name), loc, [lhs, rhs], [lhs.type], context.dictionary([]));
    return this.builder.insert(op).result(0);
  }

  private insert(op: Operation, info: Operation['info'], operands: Value[], type: Type, fastmath: boolean): Value {
    const made = this.builder.insert(Operation.create(info, op.loc, operands, [type], op.attributes));
    if (!fastmath && made.attr('fastmath')) made.setAttr('fastmath', null);
    return made.result(0);
  }
}

function scalarOf(lane: Lane): Value {
  if ('value' in lane) return lane.value;
  throw new InternalError('slp-vectorize: a product inside of an op is no scalar', lane.of);
}

function locOf(lane: Lane): LocationRef {
  return 'value' in lane ? (lane.value.definingOp?.loc ?? 0) : lane.of.loc;
}
