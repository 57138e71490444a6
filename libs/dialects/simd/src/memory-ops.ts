// Vector access to buffers: contiguous, masked, strided, and by offsets.

import { type ElementStorage, elementAccess, Interpretable, type MemRefValue, outOfBounds } from '@budflow/interpreter';
import {
  AnyMemRef,
  AttrSizedOperandSegments,
  allTypesMatch,
  attr,
  DenseElementsAttr,
  defineOp,
  definePattern,
  denseElement,
  Index,
  type InterfaceImplementation,
  MemoryEffects,
  type MemRefType,
  type Operation,
  optional,
  optionalAttr,
  type RewritePattern,
  typesMatchWith,
  variadic,
} from '@budflow/ir';
import {
  constantAttrOf,
  isLastDimContiguous,
  isOn,
  locateLanes,
  locateVector,
  Mask,
  maskKind,
  maskTypeOf,
  moveLane,
  Offsets,
  Vector,
  vectorType,
  verifyAccess,
  verifyAlignment,
} from './support.js';

/** The op reads from (or writes to) its operand `index`. */
function touches(kind: 'read' | 'write', index: number): InterfaceImplementation {
  return MemoryEffects.implement({ effects: (op) => [{ kind, value: op.operand(index) }] });
}

export const LoadOp = defineOp({
  name: 'simd.load',
  summary: 'reads neighbours along the last dimension',
  description:
    'Lane l is the element at the indices with l added to the last one. All lanes are inside the bounds. `alignment` (bytes) is what the address is known to be a multiple of.',
  example: `func.func @f(%m: memref<4x?xf32>, %i: index, %j: index) -> vector<16xf32> {
  %0 = simd.load %m[%i, %j] {alignment = 64 : i64} : memref<4x?xf32>, vector<16xf32>
  return %0 : vector<16xf32>
}`,
  operands: { memref: AnyMemRef, indices: variadic(Index) },
  results: { result: Vector },
  attributes: { alignment: optionalAttr(attr.i64), nontemporal: attr.unit },
  interfaces: [
    touches('read', 0),
    Interpretable.implement({
      compile(op, c) {
        const [m, ...indices] = c.operandSlots(op) as [number, ...number[]];
        const r = c.slot(op.result(0));
        const { lanes } = vectorType(op.result(0));
        return ({ values }) => {
          const memref = values[m] as MemRefValue;
          const at = locateVector(values, memref, indices, lanes);
          values[r] = memref.storage.slice(at, at + lanes);
        };
      },
    }),
  ],
  assembly: '$memref `[` $indices `]` attr-dict `:` type($memref) `,` type($result)',
  verify(op) {
    if (verifyAccess(op, op.operand(0), op.operandCount - 1, vectorType(op.result(0)), 'contiguous'))
      verifyAlignment(op, LoadOp.alignment(op));
  },
});

export const StoreOp = defineOp({
  name: 'simd.store',
  summary: 'writes neighbours along the last dimension',
  description:
    'Lane l goes to the element at the indices with l added to the last one. All lanes are inside the bounds.',
  example: `func.func @f(%v: vector<16xf32>, %m: memref<4x?xf32>, %i: index, %j: index) {
  simd.store %v, %m[%i, %j] {nontemporal} : memref<4x?xf32>, vector<16xf32>
  return
}`,
  operands: { value: Vector, memref: AnyMemRef, indices: variadic(Index) },
  attributes: { alignment: optionalAttr(attr.i64), nontemporal: attr.unit },
  interfaces: [
    touches('write', 1),
    Interpretable.implement({
      compile(op, c) {
        const [v, m, ...indices] = c.operandSlots(op) as [number, number, ...number[]];
        const { lanes } = vectorType(op.operand(0));
        return ({ values }) => {
          const memref = values[m] as MemRefValue;
          const at = locateVector(values, memref, indices, lanes);
          (memref.storage as Float64Array).set(values[v] as Float64Array, at);
        };
      },
    }),
  ],
  assembly: '$value `,` $memref `[` $indices `]` attr-dict `:` type($memref) `,` type($value)',
  verify(op) {
    if (verifyAccess(op, op.operand(1), op.operandCount - 2, vectorType(op.operand(0)), 'contiguous'))
      verifyAlignment(op, StoreOp.alignment(op));
  },
});

export const MaskedLoadOp = defineOp({
  name: 'simd.masked_load',
  summary: 'reads neighbours where a mask is on, another vector elsewhere',
  description:
    'Like simd.load for lanes whose mask bit is set. The other lanes are those of the last operand; their elements are not touched and may be out of bounds.',
  example: `func.func @f(%m: memref<?xf32>, %i: index, %n: index, %z: vector<16xf32>) -> vector<16xf32> {
  %mask = simd.mask.first_n %n : vector<16xi1>
  %0 = simd.masked_load %m[%i], %mask, %z : memref<?xf32>, vector<16xf32>
  return %0 : vector<16xf32>
}`,
  operands: { memref: AnyMemRef, indices: variadic(Index), mask: Mask, passThrough: Vector },
  results: { result: Vector },
  attributes: { alignment: optionalAttr(attr.i64), nontemporal: attr.unit },
  traits: [typesMatchWith('result', 'mask', maskTypeOf), allTypesMatch('result', 'passThrough')],
  interfaces: [
    touches('read', 0),
    Interpretable.implement({
      compile(op, c) {
        const slots = c.operandSlots(op);
        const [m, k, p] = [slots[0]!, slots[slots.length - 2]!, slots[slots.length - 1]!];
        const indices = slots.slice(1, -2);
        const last = indices.length - 1;
        const r = c.slot(op.result(0));
        const { lanes } = vectorType(op.result(0));
        return ({ values }) => {
          const memref = values[m] as MemRefValue;
          const at = locateLanes(values, memref, indices, last);
          const first = values[indices[last]!] as number;
          const size = memref.sizes[last]!;
          const result = (values[p] as ElementStorage).slice();
          for (let l = 0; l < lanes; l++) {
            if (!isOn(values[k]!, l)) continue;
            if (!(first + l >= 0 && first + l < size)) throw outOfBounds(first + l, last, size);
            moveLane(memref.storage, at + l, result, l);
          }
          values[r] = result;
        };
      },
    }),
  ],
  assembly: '$memref `[` $indices `]` `,` $mask `,` $passThrough attr-dict `:` type($memref) `,` type($result)',
  verify(op) {
    if (verifyAccess(op, op.operand(0), op.operandCount - 3, vectorType(op.result(0)), 'contiguous'))
      verifyAlignment(op, MaskedLoadOp.alignment(op));
  },
  patterns: [
    definePattern({
      name: 'masked-load-of-known-mask',
      equation: 'masked_load m, all, p == load m;  masked_load m, none, p == p',
      root: 'simd.masked_load',
      generates: ['simd.load'],
      rewrite(op, rewriter) {
        const kind = maskKind(MaskedLoadOp.mask(op));
        if (kind === undefined) return false;
        if (kind === 'none') {
          rewriter.replaceOp(op, [MaskedLoadOp.passThrough(op)]);
          return true;
        }
        rewriter.setInsertionPoint(op);
        const load = LoadOp.build(rewriter, op.loc, {
          memref: op.operand(0),
          indices: MaskedLoadOp.indices(op),
          alignment: MaskedLoadOp.alignment(op),
          nontemporal: MaskedLoadOp.nontemporal(op),
          resultTypes: op.resultTypes,
        });
        rewriter.replaceOp(op, [load]);
        return true;
      },
    }),
  ],
});

export const MaskedStoreOp = defineOp({
  name: 'simd.masked_store',
  summary: 'writes neighbours where a mask is on',
  description:
    'Like simd.store for lanes whose mask bit is set. Elements of the other lanes are not touched and may be out of bounds.',
  example: `func.func @f(%v: vector<16xf32>, %m: memref<?xf32>, %i: index, %n: index) {
  %mask = simd.mask.first_n %n : vector<16xi1>
  simd.masked_store %v, %m[%i], %mask : memref<?xf32>, vector<16xf32>
  return
}`,
  operands: { value: Vector, memref: AnyMemRef, indices: variadic(Index), mask: Mask },
  attributes: { alignment: optionalAttr(attr.i64), nontemporal: attr.unit },
  traits: [typesMatchWith('value', 'mask', maskTypeOf)],
  interfaces: [
    touches('write', 1),
    Interpretable.implement({
      compile(op, c) {
        const slots = c.operandSlots(op);
        const [v, m, k] = [slots[0]!, slots[1]!, slots[slots.length - 1]!];
        const indices = slots.slice(2, -1);
        const last = indices.length - 1;
        const { lanes } = vectorType(op.operand(0));
        return ({ values }) => {
          const memref = values[m] as MemRefValue;
          const at = locateLanes(values, memref, indices, last);
          const first = values[indices[last]!] as number;
          const size = memref.sizes[last]!;
          const vector = values[v] as ElementStorage;
          for (let l = 0; l < lanes; l++) {
            if (!isOn(values[k]!, l)) continue;
            if (!(first + l >= 0 && first + l < size)) throw outOfBounds(first + l, last, size);
            moveLane(vector, l, memref.storage, at + l);
          }
        };
      },
    }),
  ],
  assembly: '$value `,` $memref `[` $indices `]` `,` $mask attr-dict `:` type($memref) `,` type($value)',
  verify(op) {
    if (verifyAccess(op, op.operand(1), op.operandCount - 3, vectorType(op.operand(0)), 'contiguous'))
      verifyAlignment(op, MaskedStoreOp.alignment(op));
  },
  patterns: [
    definePattern({
      name: 'masked-store-of-known-mask',
      equation: 'masked_store v, m, all == store v, m;  masked_store v, m, none == nothing',
      root: 'simd.masked_store',
      generates: ['simd.store'],
      rewrite(op, rewriter) {
        const kind = maskKind(MaskedStoreOp.mask(op));
        if (kind === undefined) return false;
        if (kind === 'all') {
          rewriter.setInsertionPoint(op);
          StoreOp.create(rewriter, op.loc, {
            value: op.operand(0),
            memref: op.operand(1),
            indices: MaskedStoreOp.indices(op),
            alignment: MaskedStoreOp.alignment(op),
            nontemporal: MaskedStoreOp.nontemporal(op),
          });
        }
        rewriter.eraseOp(op);
        return true;
      },
    }),
  ],
});

export const StridedLoadOp = defineOp({
  name: 'simd.strided_load',
  summary: 'reads elements at a constant distance along a dimension',
  description:
    'Lane l is the element at the indices with l * stride added to that of dimension `dim` (the last one unless given). All lanes are inside the bounds.',
  example: `func.func @f(%m: memref<64x8xf32>, %i: index, %j: index) -> vector<4xf32> {
  %0 = simd.strided_load %m[%i, %j] stride 2 : memref<64x8xf32>, vector<4xf32>
  %1 = simd.strided_load %m[%i, %j] stride 1 dim 0 : memref<64x8xf32>, vector<4xf32>
  return %1 : vector<4xf32>
}`,
  operands: { memref: AnyMemRef, indices: variadic(Index) },
  results: { result: Vector },
  attributes: { stride: attr.i64, dim: optionalAttr(attr.i64) },
  interfaces: [
    touches('read', 0),
    Interpretable.implement({
      compile(op, c) {
        const [m, ...indices] = c.operandSlots(op) as [number, ...number[]];
        const r = c.slot(op.result(0));
        const type = vectorType(op.result(0));
        const access = elementAccess(type.element);
        const stride = StridedLoadOp.stride(op);
        const dim = StridedLoadOp.dim(op) ?? indices.length - 1;
        return ({ values }) => {
          const memref = values[m] as MemRefValue;
          const at = locateLanes(values, memref, indices, dim);
          const first = values[indices[dim]!] as number;
          const size = memref.sizes[dim]!;
          const result = access.make(type.lanes);
          for (let l = 0; l < type.lanes; l++) {
            const i = first + l * stride;
            if (!(i >= 0 && i < size)) throw outOfBounds(i, dim, size);
            moveLane(memref.storage, at + l * stride * memref.strides[dim]!, result, l);
          }
          values[r] = result;
        };
      },
    }),
  ],
  assembly: '$memref `[` $indices `]` `stride` $stride (`dim` $dim^)? attr-dict `:` type($memref) `,` type($result)',
  verify(op) {
    const type = op.operand(0).type as MemRefType;
    if (!verifyAccess(op, op.operand(0), op.operandCount - 1, vectorType(op.result(0)), 'any')) return;
    const dim = StridedLoadOp.dim(op);
    if (dim !== undefined && (dim < 0 || dim >= type.rank))
      op.emitError('simd.stride-dim', `expects a dimension from 0 to ${type.rank - 1} of ${type}, got ${dim}`);
  },
  patterns: [
    definePattern({
      name: 'strided-load-of-neighbours',
      equation: 'strided_load m stride 1 == load m',
      root: 'simd.strided_load',
      generates: ['simd.load'],
      rewrite(op, rewriter) {
        const type = op.operand(0).type as MemRefType;
        const dim = StridedLoadOp.dim(op) ?? type.rank - 1;
        if (StridedLoadOp.stride(op) !== 1 || dim !== type.rank - 1 || !isLastDimContiguous(type)) return false;
        rewriter.setInsertionPoint(op);
        rewriter.replaceOp(op, [
          LoadOp.build(rewriter, op.loc, {
            memref: op.operand(0),
            indices: StridedLoadOp.indices(op),
            resultTypes: op.resultTypes,
          }),
        ]);
        return true;
      },
    }),
  ],
});

/** The offsets when they are constants, else undefined. */
function constantOffsets(op: Operation): number[] | undefined {
  const offsets = GatherOp.offsets(op);
  const constant = constantAttrOf(offsets);
  if (!(constant instanceof DenseElementsAttr)) return undefined;
  return Array.from({ length: vectorType(offsets).lanes }, (_, l) => Number(denseElement(constant, l)));
}

function dropFullMask(root: 'simd.gather' | 'simd.scatter'): RewritePattern {
  return definePattern({
    name: `${root.slice('simd.'.length)}-of-known-mask`,
    equation:
      root === 'simd.gather'
        ? 'gather mask all, p == gather;  gather mask none, p == p'
        : 'scatter mask all == scatter;  scatter mask none == nothing',
    root,
    generates: [root],
    rewrite(op, rewriter) {
      const gather = root === 'simd.gather';
      const mask = gather ? GatherOp.mask(op) : ScatterOp.mask(op);
      const kind = mask && maskKind(mask);
      if (kind === undefined) return false;
      if (kind === 'none') {
        if (gather) rewriter.replaceOp(op, [GatherOp.passThrough(op)!]);
        else rewriter.eraseOp(op);
        return true;
      }
      rewriter.setInsertionPoint(op);
      if (gather) {
        const [memref, indices, offsets] = [op.operand(0), GatherOp.indices(op), GatherOp.offsets(op)];
        rewriter.replaceOp(op, [
          GatherOp.build(rewriter, op.loc, { memref, indices, offsets, resultTypes: op.resultTypes }),
        ]);
      } else {
        const [value, memref, indices, offsets] = [
          op.operand(0),
          op.operand(1),
          ScatterOp.indices(op),
          ScatterOp.offsets(op),
        ];
        ScatterOp.create(rewriter, op.loc, { value, memref, indices, offsets });
        rewriter.eraseOp(op);
      }
      return true;
    },
  });
}

export const GatherOp = defineOp({
  name: 'simd.gather',
  summary: 'reads elements at a vector of offsets',
  description: `Lane l is the element at the indices with offset l added to the last one. With a mask, lanes whose bit is off are those of the
vector after it, and their offsets do not matter. Lanes that are read are inside the bounds.`,
  example: `func.func @f(%m: memref<4x?xf32>, %i: index, %o: vector<8xi32>, %k: vector<8xi1>, %z: vector<8xf32>) -> vector<8xf32> {
  %0 = simd.gather %m[%i, %i] [%o] : memref<4x?xf32>, vector<8xi32>, vector<8xf32>
  %1 = simd.gather %m[%i, %i] [%o] mask %k, %z : memref<4x?xf32>, vector<8xi32>, vector<8xf32>
  return %1 : vector<8xf32>
}`,
  operands: {
    memref: AnyMemRef,
    indices: variadic(Index),
    offsets: Offsets,
    mask: optional(Mask),
    passThrough: optional(Vector),
  },
  results: { result: Vector },
  traits: [
    AttrSizedOperandSegments,
    typesMatchWith('result', 'mask', maskTypeOf),
    typesMatchWith('result', 'passThrough', (t) => t),
  ],
  interfaces: [
    touches('read', 0),
    Interpretable.implement({
      compile(op, c) {
        const m = c.slot(op.operand(0));
        const indices = GatherOp.indices(op).map((v) => c.slot(v));
        const last = indices.length - 1;
        const o = c.slot(GatherOp.offsets(op));
        const mask = GatherOp.mask(op);
        const passThrough = GatherOp.passThrough(op);
        const k = mask === undefined ? -1 : c.slot(mask);
        const p = passThrough === undefined ? -1 : c.slot(passThrough);
        const r = c.slot(op.result(0));
        const type = vectorType(op.result(0));
        const access = elementAccess(type.element);
        return ({ values }) => {
          const memref = values[m] as MemRefValue;
          const at = locateLanes(values, memref, indices, last);
          const first = values[indices[last]!] as number;
          const offsets = values[o] as ElementStorage;
          const size = memref.sizes[last]!;
          const result = p < 0 ? access.make(type.lanes) : (values[p] as ElementStorage).slice();
          for (let l = 0; l < type.lanes; l++) {
            if (k >= 0 && !isOn(values[k]!, l)) continue;
            const offset = Number(offsets[l]);
            if (!(first + offset >= 0 && first + offset < size)) throw outOfBounds(first + offset, last, size);
            moveLane(memref.storage, at + offset * memref.strides[last]!, result, l);
          }
          values[r] = result;
        };
      },
    }),
  ],
  assembly:
    '$memref `[` $indices `]` `[` $offsets `]` (`mask` $mask^ `,` $passThrough)? attr-dict `:` type($memref) `,` type($offsets) `,` type($result)',
  verify(op) {
    const type = vectorType(op.result(0));
    if (!verifyAccess(op, op.operand(0), GatherOp.indices(op).length, type, 'any')) return;
    verifyOffsets(op, vectorType(GatherOp.offsets(op)).lanes, type.lanes);
    if ((GatherOp.mask(op) === undefined) !== (GatherOp.passThrough(op) === undefined))
      op.emitError('simd.gather-mask', 'expects a mask together with the vector for the lanes that are off');
  },
  patterns: [
    dropFullMask('simd.gather'),
    definePattern({
      name: 'gather-of-constant-stride',
      equation: 'gather m[i] [0, 1, 2, ..] == load m[i];  gather m[i] [0, s, 2 s, ..] == strided_load m[i] stride s',
      root: 'simd.gather',
      generates: ['simd.load', 'simd.strided_load'],
      rewrite(op, rewriter) {
        if (GatherOp.mask(op) !== undefined) return false;
        const offsets = constantOffsets(op);
        if (offsets === undefined || offsets[0] !== 0 || offsets.length < 2) return false;
        const stride = offsets[1]!;
        if (stride < 1 || offsets.some((x, l) => x !== l * stride)) return false;
        const contiguous = stride === 1 && isLastDimContiguous(op.operand(0).type as MemRefType);
        const args = { memref: op.operand(0), indices: GatherOp.indices(op), resultTypes: op.resultTypes };
        rewriter.setInsertionPoint(op);
        rewriter.replaceOp(op, [
          contiguous
            ? LoadOp.build(rewriter, op.loc, args)
            : StridedLoadOp.build(rewriter, op.loc, { ...args, stride }),
        ]);
        return true;
      },
    }),
  ],
});

function verifyOffsets(op: Operation, offsets: number, lanes: number): void {
  if (offsets !== lanes)
    op.emitError('simd.offset-count', `expects ${lanes} offsets, one for each lane, got ${offsets}`);
}

export const ScatterOp = defineOp({
  name: 'simd.scatter',
  summary: 'writes elements at a vector of offsets',
  description:
    'Lane l goes to the element at the indices with offset l added to the last one, in ascending order of lanes: of equal offsets the last lane stays. With a mask, only lanes whose bit is on.',
  example: `func.func @f(%v: vector<8xf32>, %m: memref<?xf32>, %i: index, %o: vector<8xindex>, %k: vector<8xi1>) {
  simd.scatter %v, %m[%i] [%o] : memref<?xf32>, vector<8xindex>, vector<8xf32>
  simd.scatter %v, %m[%i] [%o] mask %k : memref<?xf32>, vector<8xindex>, vector<8xf32>
  return
}`,
  operands: { value: Vector, memref: AnyMemRef, indices: variadic(Index), offsets: Offsets, mask: optional(Mask) },
  traits: [AttrSizedOperandSegments, typesMatchWith('value', 'mask', maskTypeOf)],
  interfaces: [
    touches('write', 1),
    Interpretable.implement({
      compile(op, c) {
        const v = c.slot(op.operand(0));
        const m = c.slot(op.operand(1));
        const indices = ScatterOp.indices(op).map((x) => c.slot(x));
        const last = indices.length - 1;
        const o = c.slot(ScatterOp.offsets(op));
        const mask = ScatterOp.mask(op);
        const k = mask === undefined ? -1 : c.slot(mask);
        const { lanes } = vectorType(op.operand(0));
        return ({ values }) => {
          const memref = values[m] as MemRefValue;
          const at = locateLanes(values, memref, indices, last);
          const first = values[indices[last]!] as number;
          const offsets = values[o] as ElementStorage;
          const size = memref.sizes[last]!;
          for (let l = 0; l < lanes; l++) {
            if (k >= 0 && !isOn(values[k]!, l)) continue;
            const offset = Number(offsets[l]);
            if (!(first + offset >= 0 && first + offset < size)) throw outOfBounds(first + offset, last, size);
            moveLane(values[v] as ElementStorage, l, memref.storage, at + offset * memref.strides[last]!);
          }
        };
      },
    }),
  ],
  assembly:
    '$value `,` $memref `[` $indices `]` `[` $offsets `]` (`mask` $mask^)? attr-dict `:` type($memref) `,` type($offsets) `,` type($value)',
  verify(op) {
    const type = vectorType(op.operand(0));
    if (verifyAccess(op, op.operand(1), ScatterOp.indices(op).length, type, 'any'))
      verifyOffsets(op, vectorType(ScatterOp.offsets(op)).lanes, type.lanes);
  },
  patterns: [dropFullMask('simd.scatter')],
});
