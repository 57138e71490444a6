// Loads and stores of all lanes at once. What a lane touches is base + lane * stride in one dimension where possible:
//
//   stride 1 along a contiguous last dimension     simd.load, simd.store
//   stride -1 there                                the same, with the lanes reversed
//   constant stride in one dimension               simd.strided_load, reversed if negative;  simd.scatter of constant offsets
//   anything in the last dimension                 simd.gather, simd.scatter
//   several dimensions                             element by element, in ascending order of lanes
//
// Under a mask an address is only known to lie in bounds for the lanes in it. With all lanes in, the access is as above;
// else loads read at index 0 for the lanes that are out (there is such an element: some lane is in), and each lane stores
// for itself.
import { buildIndexConstant } from '@budflow/dialect-loop';
import { LoadOp as ElementLoad, StoreOp as ElementStore } from '@budflow/dialect-memory';
import {
  ExtractOp,
  GatherOp,
  InsertOp,
  LoadOp,
  ScatterOp,
  ShuffleOp,
  SplatOp,
  StoreOp,
  StridedLoadOp,
} from '@budflow/dialect-simd';
import {
  type LocationRef,
  type MemRefType,
  type Operation,
  StridedLayoutAttr,
  type Value,
  type VectorType,
} from '@budflow/ir';
import { Refusal } from '../primitive.js';
import type { IndexForm, Lanes } from './lanes.js';
import { allLanes, blend, branch, type Mask, splatConstant } from './masks.js';

/** How the lanes of an access lie. */
type Shape =
  | { readonly kind: 'uniform' }
  | { readonly kind: 'contiguous' | 'reversed' }
  | { readonly kind: 'strided'; readonly dim: number; readonly stride: number }
  | { readonly kind: 'offsets' }
  | { readonly kind: 'scattered' };

function shapeOf(forms: readonly IndexForm[], type: MemRefType): Shape {
  const varying = forms.flatMap((f, d) => (f.stride !== 0 || f.data ? [d] : []));
  if (varying.length === 0) return { kind: 'uniform' };
  const [dim] = varying;
  const last = forms.length - 1;
  if (varying.length > 1 || dim === undefined) return { kind: 'scattered' };
  const { stride, data } = forms[dim]!;
  if (stride === null || data) return { kind: dim === last ? 'offsets' : 'scattered' };
  if (dim === last && isContiguousRow(type) && Math.abs(stride) === 1)
    return { kind: stride === 1 ? 'contiguous' : 'reversed' };
  return { kind: 'strided', dim, stride };
}

/** Whether neighbours along the last dimension are neighbours in memory, as simd.load wants it. */
function isContiguousRow(type: MemRefType): boolean {
  return type.layout === null || (type.layout instanceof StridedLayoutAttr && type.layout.strides[type.rank - 1] === 1);
}

/** Lanes under a mask that are accessed one by one at most. */
const MOST_SINGLE_LANES = 16;

const ACCESS_ATTRS = ['alignment', 'nontemporal'] as const;

/** What a scalar access says about its address holds for lane 0. */
function accessAttributes(op: Operation): Record<string, NonNullable<ReturnType<Operation['attr']>>> {
  const kept: Record<string, NonNullable<ReturnType<Operation['attr']>>> = {};
  for (const name of ACCESS_ATTRS) {
    const value = op.attr(name);
    if (value) kept[name] = value;
  }
  return kept;
}

export class LaneAccess {
  private readonly lanes: Lanes;

  constructor(lanes: Lanes) {
    this.lanes = lanes;
  }

  /** Loads the lanes of a memory.load; a scalar when they all read one element. */
  load(op: Operation, memref: Value, mask: Mask): { readonly scalar: Value } | { readonly vector: Value } {
    const forms = op.operands.slice(1).map((v) => this.lanes.index(v));
    const { kind } = shapeOf(forms, memref.type as MemRefType);
    if (mask === null || kind === 'uniform') return this.loadAll(op, memref);
    const some = (): Value[] => [this.loadMasked(op, memref, forms, mask)];
    // Lanes side by side are worth a look whether all of them are in.
    if (kind !== 'contiguous') return { vector: some()[0]! };
    const all = (): Value[] => {
      const made = this.loadAll(op, memref);
      return 'vector' in made ? [made.vector] : [this.lanes.splat(made.scalar, op.loc)];
    };
    const [vector] = branch(this.lanes, op.loc, allLanes(this.lanes, op.loc, mask), [all, some]);
    return { vector: vector! };
  }

  /** Code for each lane is only worth it for a few. */
  private expectFewLanes(): void {
    if (this.lanes.width > MOST_SINGLE_LANES)
      throw new Refusal(`${this.lanes.width} lanes under a mask would be accessed one by one`, {
        loop: this.lanes.loopName,
      });
  }

  /** Element by element, at index 0 of the dimensions that vary in the lanes that are out. */
  private loadMasked(op: Operation, memref: Value, forms: readonly IndexForm[], mask: Value): Value {
    const { lanes } = this;
    this.expectFewLanes();
    const { builder, context } = lanes;
    const { loc } = op;
    const type = context.vector([lanes.width], context.index);
    const indices = op.operands.slice(1).map((index, d) => {
      const { stride, data, expr } = forms[d]!;
      if (stride === 0 && !data) return { shared: lanes.at(expr, 0, loc) };
      const zero = splatConstant(builder, loc, type, 0);
      return { each: blend(builder, loc, mask, lanes.vector(index, loc), zero) };
    });
    let vector: Value | undefined;
    for (let l = 0; l < lanes.width; l++) {
      const element = ElementLoad.build(builder, loc, {
        memref,
        indices: indices.map((i) => i.shared ?? ExtractOp.build(builder, loc, { vector: i.each!, lane: l })),
      });
      vector =
        vector === undefined
          ? SplatOp.build(builder, loc, { scalar: element, resultTypes: [lanes.typeOf(element.type)] })
          : InsertOp.build(builder, loc, { scalar: element, vector, lane: l });
    }
    return vector!;
  }

  private loadAll(op: Operation, memref: Value): { readonly scalar: Value } | { readonly vector: Value } {
    const { lanes } = this;
    const { builder } = lanes;
    const { loc } = op;
    const forms = op.operands.slice(1).map((v) => lanes.index(v));
    const type = memref.type as MemRefType;
    const shape = shapeOf(forms, type);
    const extraAttributes = accessAttributes(op);
    if (shape.kind === 'uniform')
      return {
        scalar: ElementLoad.build(builder, loc, { memref, indices: this.place(forms, 0, loc), extraAttributes }),
      };
    const resultTypes = [lanes.typeOf(type.element)];
    switch (shape.kind) {
      case 'contiguous':
        return {
          vector: LoadOp.build(builder, loc, {
            memref,
            indices: this.place(forms, 0, loc),
            resultTypes,
            extraAttributes,
          }),
        };
      case 'reversed': {
        const indices = this.place(forms, lanes.width - 1, loc);
        return { vector: this.reverse(LoadOp.build(builder, loc, { memref, indices, resultTypes }), loc) };
      }
      case 'strided': {
        const dim = shape.dim === type.rank - 1 ? undefined : shape.dim;
        // Neighbours of loads that go forward are loads of whole registers.
        const backward = shape.stride < 0;
        const vector = StridedLoadOp.build(builder, loc, {
          memref,
          indices: this.place(forms, backward ? lanes.width - 1 : 0, loc),
          stride: Math.abs(shape.stride),
          dim,
          resultTypes,
        });
        return { vector: backward ? this.reverse(vector, loc) : vector };
      }
      case 'offsets': {
        const [indices, offsets] = this.lastAsOffsets(op.operands.slice(1), forms, loc);
        return { vector: GatherOp.build(builder, loc, { memref, indices, offsets, resultTypes }) };
      }
      case 'scattered': {
        let vector: Value | undefined;
        for (let l = 0; l < lanes.width; l++) {
          const element = ElementLoad.build(builder, loc, {
            memref,
            indices: this.laneIndices(op.operands.slice(1), forms, l, loc),
          });
          vector =
            vector === undefined
              ? lanes.splat(element, loc)
              : InsertOp.build(builder, loc, { scalar: element, vector, lane: l });
        }
        return { vector: vector! };
      }
      default:
        return shape satisfies never;
    }
  }

  /** Stores the lanes of a memory.store; returns false when all lanes write one element. */
  store(op: Operation, memref: Value, mask: Mask): boolean {
    if (mask === null) return this.storeAll(op, memref);
    const { lanes } = this;
    const { builder } = lanes;
    const { loc } = op;
    const forms = op.operands.slice(2).map((v) => lanes.index(v));
    const { kind } = shapeOf(forms, memref.type as MemRefType);
    if (kind === 'uniform') return false;
    this.expectFewLanes();
    const each = (): Value[] => {
      const value = lanes.vector(op.operand(0), loc);
      for (let l = 0; l < lanes.width; l++)
        branch(lanes, loc, ExtractOp.build(builder, loc, { vector: mask, lane: l }), [
          () => {
            this.storeLane(op, memref, value, forms, l);
            return [];
          },
        ]);
      return [];
    };
    const all = (): Value[] => {
      this.storeAll(op, memref);
      return [];
    };
    if (kind === 'contiguous') branch(lanes, loc, allLanes(lanes, loc, mask), [all, each]);
    else each();
    return true;
  }

  private storeAll(op: Operation, memref: Value): boolean {
    const { lanes } = this;
    const { builder } = lanes;
    const { loc } = op;
    const forms = op.operands.slice(2).map((v) => lanes.index(v));
    const type = memref.type as MemRefType;
    const shape = shapeOf(forms, type);
    if (shape.kind === 'uniform') return false;
    const value = lanes.vector(op.operand(0), loc);
    switch (shape.kind) {
      case 'contiguous':
        StoreOp.create(builder, loc, {
          value,
          memref,
          indices: this.place(forms, 0, loc),
          extraAttributes: accessAttributes(op),
        });
        return true;
      case 'reversed':
        StoreOp.create(builder, loc, {
          value: this.reverse(value, loc),
          memref,
          indices: this.place(forms, lanes.width - 1, loc),
        });
        return true;
      case 'strided': {
        if (shape.dim !== type.rank - 1) break;
        const steps = Array.from({ length: lanes.width }, (_, l) => l * shape.stride);
        const offsets = lanes.constant(lanes.context.vector([lanes.width], lanes.context.index), loc, steps);
        ScatterOp.create(builder, loc, { value, memref, indices: this.place(forms, 0, loc), offsets });
        return true;
      }
      case 'offsets': {
        const [indices, offsets] = this.lastAsOffsets(op.operands.slice(2), forms, loc);
        ScatterOp.create(builder, loc, { value, memref, indices, offsets });
        return true;
      }
      case 'scattered':
        break;
      default:
        return shape satisfies never;
    }
    for (let l = 0; l < lanes.width; l++) this.storeLane(op, memref, value, forms, l);
    return true;
  }

  private storeLane(op: Operation, memref: Value, vector: Value, forms: readonly IndexForm[], lane: number): void {
    const { builder } = this.lanes;
    ElementStore.create(builder, op.loc, {
      value: ExtractOp.build(builder, op.loc, { vector, lane }),
      memref,
      indices: this.laneIndices(op.operands.slice(2), forms, lane, op.loc),
    });
  }

  /** The private buffer with a last dimension for the lanes: all of them are neighbours. */
  loadExpanded(op: Operation, memref: Value, indices: readonly Value[]): Value {
    const { builder } = this.lanes;
    const resultTypes = [this.lanes.typeOf((memref.type as MemRefType).element)];
    return LoadOp.build(builder, op.loc, {
      memref,
      indices: [...indices, buildIndexConstant(builder, op.loc, 0)],
      resultTypes,
    });
  }
  storeExpanded(op: Operation, memref: Value, indices: readonly Value[], mask: Mask): void {
    const { builder } = this.lanes;
    let value = this.lanes.vector(op.operand(0), op.loc);
    if (mask) value = blend(builder, op.loc, mask, value, this.loadExpanded(op, memref, indices));
    StoreOp.create(builder, op.loc, { value, memref, indices: [...indices, buildIndexConstant(builder, op.loc, 0)] });
  }

  private place(forms: readonly IndexForm[], lane: number, loc: LocationRef): Value[] {
    return forms.map((f) => this.lanes.at(f.expr, lane, loc));
  }

  /** Index 0 in the last dimension, and what the lanes add to it. */
  private lastAsOffsets(indices: readonly Value[], forms: readonly IndexForm[], loc: LocationRef): [Value[], Value] {
    const first = this.place(forms.slice(0, -1), 0, loc);
    const offsets = this.lanes.vector(indices[indices.length - 1]!, loc);
    return [[...first, buildIndexConstant(this.lanes.builder, loc, 0)], offsets];
  }

  private laneIndices(indices: readonly Value[], forms: readonly IndexForm[], lane: number, loc: LocationRef): Value[] {
    return forms.map((f, d) => {
      if (!f.data) return this.lanes.at(f.expr, lane, loc);
      return ExtractOp.build(this.lanes.builder, loc, { vector: this.lanes.vector(indices[d]!, loc), lane });
    });
  }

  private reverse(vector: Value, loc: LocationRef): Value {
    const { width } = this.lanes;
    return ShuffleOp.build(this.lanes.builder, loc, {
      lhs: vector,
      rhs: vector,
      lanes: Array.from({ length: width }, (_, l) => width - 1 - l),
      resultTypes: [vector.type as VectorType],
    });
  }
}
