// The array dialect: whole-tensor operations with value semantics.
import { materializeArithConstant } from '@budflow/dialect-core';
import {
  type Attribute,
  type Builder,
  type Dialect,
  defineDialect,
  type LocationRef,
  type Operation,
  TensorType,
  type Type,
  typeOfAttribute,
} from '@budflow/ir';
import {
  AddOp,
  AndOp,
  Atan2Op,
  DivOp,
  MaxOp,
  MinOp,
  MulOp,
  OrOp,
  PowOp,
  RemOp,
  ShlOp,
  ShrSOp,
  ShrUOp,
  SubOp,
  XorOp,
} from './ops/binary.js';
import { BitcastOp } from './ops/bitcast.js';
import { BroadcastOp } from './ops/broadcast.js';
import { CastOp } from './ops/cast.js';
import { ClampOp, CmpOp, FmaOp, SelectOp } from './ops/compare.js';
import { AbsOp, ComplexOp, ConjOp, ImagOp, RealOp } from './ops/complex.js';
import { ConcatOp } from './ops/concat.js';
import { ConvOp } from './ops/conv.js';
import { ConstantOp, FullOp, IotaOp } from './ops/creation.js';
import { CustomCallOp } from './ops/custom-call.js';
import { DimOp } from './ops/dim.js';
import { DotGeneralOp } from './ops/dot-general.js';
import { DynamicSliceOp, DynamicUpdateSliceOp } from './ops/dynamic-slice.js';
import { EmptyOp } from './ops/empty.js';
import { ExpectOp } from './ops/expect.js';
import { ExtractOp, FromScalarOp } from './ops/extract.js';
import { FftOp } from './ops/fft.js';
import {
  AcoshOp,
  AcosOp,
  AsinhOp,
  AsinOp,
  AtanhOp,
  AtanOp,
  CbrtOp,
  ClzOp,
  CoshOp,
  CosOp,
  PopcountOp,
  RoundOp,
  SignOp,
  SinhOp,
  SinOp,
  TanOp,
  TruncOp,
} from './ops/functions.js';
import { FusionOp, YieldOp } from './ops/fusion.js';
import { GatherOp } from './ops/gather.js';
import { IsFiniteOp } from './ops/is-finite.js';
import { CholeskyOp, TriangularSolveOp } from './ops/linear-algebra.js';
import { MapOp } from './ops/map.js';
import { NotOp } from './ops/not.js';
import { PackOp, UnpackOp } from './ops/pack.js';
import { PadOp } from './ops/pad.js';
import { ReduceOp } from './ops/reduce.js';
import { ReduceWindowOp, SelectAndScatterOp } from './ops/reduce-window.js';
import { ReshapeOp } from './ops/reshape.js';
import { ReverseOp } from './ops/reverse.js';
import { ArgMaxOp, ArgMinOp, ScanOp } from './ops/scan.js';
import { ScatterOp } from './ops/scatter.js';
import { SliceOp } from './ops/slice.js';
import { SortOp } from './ops/sort.js';
import { TransposeOp } from './ops/transpose.js';
import { GetTupleElementOp, TupleOp } from './ops/tuple.js';
import {
  CeilOp,
  ErfOp,
  Exp2Op,
  Expm1Op,
  ExpOp,
  FloorOp,
  Log1pOp,
  Log2Op,
  Log10Op,
  LogOp,
  NegOp,
  RoundEvenOp,
  RsqrtOp,
  SigmoidOp,
  SqrtOp,
  TanhOp,
} from './ops/unary.js';
import { OrderAttr } from './reduction-order.js';

/** Tensors become array.constant; a scalar (the size of a static dimension) arith.constant. */
function materializeConstant(builder: Builder, loc: LocationRef, value: Attribute, type: Type): Operation | null {
  if (typeOfAttribute(value) !== type) return null;
  if (type instanceof TensorType) return ConstantOp.create(builder, loc, { value });
  return materializeArithConstant(builder, loc, value, type);
}

export const arrayDialect: Dialect = defineDialect({
  name: 'array',
  summary: 'Whole-tensor operations with value semantics',
  description: `Ranked tensors of any shape, dynamic dimensions included. Elementwise ops take operands of one type; nothing broadcasts implicitly.
Semantics are StableHLO's: no operation has an undefined case. Every op says how it fuses (OpPattern), what it costs and, nearly always,
which affine accesses and which scalar body it has (StructuredOp).`,
  ops: [
    ConstantOp,
    FullOp,
    EmptyOp,
    IotaOp,
    NegOp,
    AbsOp,
    RealOp,
    ImagOp,
    ConjOp,
    ComplexOp,
    SqrtOp,
    RsqrtOp,
    ExpOp,
    Exp2Op,
    Expm1Op,
    LogOp,
    Log2Op,
    Log10Op,
    Log1pOp,
    SinOp,
    CosOp,
    TanOp,
    AsinOp,
    AcosOp,
    AtanOp,
    AsinhOp,
    AcoshOp,
    AtanhOp,
    SinhOp,
    CoshOp,
    TanhOp,
    SigmoidOp,
    ErfOp,
    CbrtOp,
    SignOp,
    FloorOp,
    CeilOp,
    RoundOp,
    RoundEvenOp,
    TruncOp,
    IsFiniteOp,
    PopcountOp,
    ClzOp,
    NotOp,
    AddOp,
    SubOp,
    MulOp,
    DivOp,
    RemOp,
    MinOp,
    MaxOp,
    PowOp,
    Atan2Op,
    AndOp,
    OrOp,
    XorOp,
    ShlOp,
    ShrSOp,
    ShrUOp,
    CmpOp,
    SelectOp,
    ClampOp,
    FmaOp,
    CastOp,
    BitcastOp,
    MapOp,
    BroadcastOp,
    ReshapeOp,
    TransposeOp,
    ReverseOp,
    SliceOp,
    PadOp,
    PackOp,
    UnpackOp,
    TupleOp,
    GetTupleElementOp,
    CustomCallOp,
    ConcatOp,
    DynamicSliceOp,
    DynamicUpdateSliceOp,
    GatherOp,
    ScatterOp,
    ReduceWindowOp,
    SelectAndScatterOp,
    ScanOp,
    ArgMinOp,
    ArgMaxOp,
    SortOp,
    ReduceOp,
    DotGeneralOp,
    ConvOp,
    FftOp,
    CholeskyOp,
    TriangularSolveOp,
    DimOp,
    ExpectOp,
    ExtractOp,
    FromScalarOp,
    FusionOp,
    YieldOp,
  ],
  attributes: [OrderAttr],
  materializeConstant,
});
