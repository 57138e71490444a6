// memory.subview.

import { checkAlive, Interpretable, MemRefValue, outOfBounds } from '@budflow/interpreter';
import {
  AnyMemRef,
  AttrNames,
  AttrSizedOperandSegments,
  attr,
  type DenseArrayAttr,
  DYNAMIC,
  defineOp,
  Index,
  Pure,
  type Value,
  variadic,
} from '@budflow/ir';
import { castProblem, stridesAndOffset } from './layout.js';
import { inferSubview, knownSize, mixed, PARTS, STATIC_NAMES, subviewType } from './sizes.js';
import { checkNotNegative, memrefType } from './support.js';

export const SubviewOp = defineOp({
  name: 'memory.subview',
  summary: 'a rectangular part of a buffer',
  description: `The elements at \`offset + i * stride\` for i below the size, in every dimension. Entries are numbers or index values. The result
has a strided layout over the same memory and lies inside the source.`,
  example: `func.func @f(%m: memref<8x16xf32>, %i: index, %n: index) -> memref<4x?xf32, strided<[16, 2], offset: ?>> {
  %0 = memory.subview %m[%i, 2] [4, %n] [1, 2] : memref<8x16xf32> to memref<4x?xf32, strided<[16, 2], offset: ?>>
  return %0 : memref<4x?xf32, strided<[16, 2], offset: ?>>
}`,
  operands: { source: AnyMemRef, offsets: variadic(Index), sizes: variadic(Index), strides: variadic(Index) },
  results: { result: AnyMemRef },
  attributes: { staticOffsets: attr.i64Array, staticSizes: attr.i64Array, staticStrides: attr.i64Array },
  traits: [Pure, AttrSizedOperandSegments],
  interfaces: [
    Interpretable.implement({
      compile(op, c) {
        const s = c.slot(op.operand(0));
        const r = c.slot(op.result(0));
        const type = memrefType(op.result(0));
        const readers = PARTS.map((part) =>
          mixed(op, part).map((x) =>
            typeof x === 'number' ? { number: x, slot: undefined } : { number: 0, slot: c.slot(x) },
          ),
        );
        return ({ values }) => {
          const source = values[s] as MemRefValue;
          checkAlive(source);
          const [offsets, sizes, strides] = readers.map((list) =>
            list.map((x) => (x.slot !== undefined ? (values[x.slot] as number) : x.number)),
          ) as [number[], number[], number[]];
          checkNotNegative(sizes);
          let at = source.offset;
          offsets.forEach((offset, d) => {
            const last = offset + (sizes[d]! - 1) * strides[d]!;
            if (sizes[d]! > 0) {
              if (!(offset >= 0 && offset < source.sizes[d]!)) throw outOfBounds(offset, d, source.sizes[d]!);
              if (!(last >= 0 && last < source.sizes[d]!)) throw outOfBounds(last, d, source.sizes[d]!);
            }
            at += offset * source.strides[d]!;
          });
          const own = strides.map((stride, d) => stride * source.strides[d]!);
          values[r] = new MemRefValue(type, source.storage, at, sizes, own, source.allocation);
        };
      },
    }),
  ],
  inferTypes: inferSubview,
  assembly: {
    parse(parser, state) {
      const { context } = parser;
      const source = parser.operand();
      const counts: number[] = [];
      const dynamic: Value[] = [];
      for (const part of PARTS) {
        const statics: number[] = [];
        const before = dynamic.length;
        parser.commaSeparated('square', () => {
          const operand = parser.optionalOperand();
          if (operand) {
            dynamic.push(parser.resolve(operand, context.index));
            statics.push(DYNAMIC);
            return;
          }
          const offset = parser.offset();
          const value = parser.integer();
          if (value < 0)
            parser.error(
              `expected a number that is not negative among ${part}, got ${value}: pass a value instead`,
              offset,
            );
          statics.push(value);
        });
        counts.push(dynamic.length - before);
        state.attributes.set(STATIC_NAMES[part], context.denseArray(context.i64, statics));
      }
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const type = parser.type();
      parser.keyword('to');
      state.operands.push(parser.resolve(source, type), ...dynamic);
      state.resultTypes.push(parser.type());
      state.attributes.set(AttrNames.operandSegmentSizes, context.denseArray(context.i32, [1, ...counts]));
    },
    print(printer, op) {
      printer.space();
      printer.value(op.operand(0));
      for (const part of PARTS) {
        printer.text(part === 'offsets' ? '[' : ' [');
        mixed(op, part).forEach((x, i) => {
          if (i > 0) printer.text(', ');
          if (typeof x === 'number') printer.text(String(x));
          else printer.value(x);
        });
        printer.text(']');
      }
      printer.attrDict(op, [...Object.values(STATIC_NAMES), AttrNames.operandSegmentSizes]);
      printer.text(' : ');
      printer.type(op.operand(0).type);
      printer.text(' to ');
      printer.type(op.result(0).type);
    },
  },
  verify(op) {
    const source = memrefType(op.operand(0));
    for (const part of PARTS) {
      const values = (op.attr(STATIC_NAMES[part]) as DenseArrayAttr).values;
      if (values.length !== source.rank) {
        op.emitError('memory.subview-rank', `expects ${source.rank} ${part} for ${source}, got ${values.length}`);
        return;
      }
      const dynamic = values.filter((v) => Number(v) === DYNAMIC).length;
      const given = SubviewOp[part](op).length;
      if (dynamic !== given) {
        op.emitError('memory.subview-operands', `expects ${dynamic} dynamic ${part}, got ${given}`);
        return;
      }
    }
    const form = stridesAndOffset(source);
    if (form === null) {
      op.emitError('memory.subview-layout', `expects a source with a strided layout, got ${source}`);
      return;
    }
    const [offsets, sizes, strides] = PARTS.map((part) => mixed(op, part)) as [
      (number | Value)[],
      (number | Value)[],
      (number | Value)[],
    ];
    for (let d = 0; d < source.rank; d++) {
      const [offset, size, stride, available] = [offsets[d], sizes[d], strides[d], source.shape[d]!];
      if (typeof offset === 'number' && offset < 0) {
        op.emitError('memory.subview-range', `expects offset ${d} not to be negative, got ${offset}`);
        return;
      }
      if (
        typeof offset !== 'number' ||
        typeof size !== 'number' ||
        typeof stride !== 'number' ||
        available === DYNAMIC ||
        size <= 0
      )
        continue;
      const last = offset + (size - 1) * stride;
      if (last < 0 || last >= available) {
        op.emitError('memory.subview-range', `reads element ${last} of dimension ${d}, which has ${available}`);
        return;
      }
    }
    const expected = subviewType(op.context, source, offsets, sizes, strides);
    const problem = castProblem(expected, memrefType(op.result(0)));
    if (problem)
      op.emitError('memory.subview-type', `expects a result of type ${expected}, got ${op.result(0).type}: ${problem}`);
  },
  fold(op) {
    if (op.operand(0).type !== op.result(0).type) return null;
    const source = op.operand(0);
    const whole =
      mixed(op, 'offsets').every((x) => x === 0) &&
      mixed(op, 'strides').every((x) => x === 1) &&
      mixed(op, 'sizes').every((x, d) => x === knownSize(source, d));
    return whole ? source : null;
  },
});
