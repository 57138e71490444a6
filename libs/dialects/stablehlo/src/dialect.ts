// The stablehlo dialect.
import {
  type Attribute,
  type Builder,
  type Dialect,
  defineDialect,
  type LocationRef,
  type Operation,
  TensorType,
  type Type,
} from '@budflow/ir';
import { ConvDimensionNumbers } from './attributes/conv.js';
import { DotDimensionNumbers, GatherDimensionNumbers, ScatterDimensionNumbers } from './attributes/dims.js';
import { AxisRef, Mesh, MeshAxis, ReplicaGroupMeshAxes } from './attributes/mesh.js';
import {
  ChannelHandle,
  DotAlgorithm,
  OldTypeExtensions,
  OutputOperandAlias,
  ResultAccuracy,
  TypeExtensions,
} from './attributes/other.js';
import { DIRECTIVES } from './directives.js';
import * as enums from './enums.js';
import * as binary from './ops/binary.js';
import { CompositeOp, CustomCallOp, GetTupleElementOp, TupleOp } from './ops/call.js';
import * as collective from './ops/collective.js';
import { ConstantOp, DynamicIotaOp, IotaOp } from './ops/constant.js';
import { CaseOp, IfOp, OptimizationBarrierOp, ReturnOp, WhileOp } from './ops/control.js';
import * as convert from './ops/convert.js';
import { ConvolutionOp, DynamicConvOp } from './ops/convolution.js';
import { DotGeneralOp, DotOp, EinsumOp, UnaryEinsumOp } from './ops/dot.js';
import { DynamicGatherOp, GatherOp, TorchIndexSelectOp } from './ops/gather.js';
import * as linear from './ops/linear-algebra.js';
import { RngBitGeneratorOp, RngOp } from './ops/random.js';
import { MapOp, ReduceOp } from './ops/reduce.js';
import * as reshape from './ops/reshape.js';
import { ScatterOp, SortOp } from './ops/scatter.js';
import * as slice from './ops/slice.js';
import { AfterAllOp, CreateTokenOp, InfeedOp, OutfeedOp, RecvOp, SendOp } from './ops/tokens.js';
import * as unary from './ops/unary.js';
import { ReduceWindowOp, SelectAndScatterOp } from './ops/window.js';
import { FutureType, TokenType } from './token.js';

function materializeConstant(builder: Builder, loc: LocationRef, value: Attribute, type: Type): Operation | null {
  return type instanceof TensorType && ConstantOp.spec.attributes.value.check(value)
    ? ConstantOp.create(builder, loc, { value, resultTypes: [type] })
    : null;
}

export const stablehloDialect: Dialect = defineDialect({
  name: 'stablehlo',
  summary: 'Array programs as machine learning frameworks export them',
  description: `The operation set of StableHLO's specification, with its names, text and constraints: what JAX, PyTorch/XLA and TensorFlow export reads,
verifies and prints here, in the generic form and in the forms of StableHLO's own printer. Values are tensors; nothing broadcasts implicitly.`,
  ops: [
    ...Object.values(unary),
    ...Object.values(binary),
    ...Object.values(convert),
    ConstantOp,
    IotaOp,
    DynamicIotaOp,
    ...[reshape.BroadcastOp, reshape.BroadcastInDimOp, reshape.DynamicBroadcastInDimOp, reshape.ReshapeOp],
    ...[reshape.DynamicReshapeOp, reshape.TransposeOp, reshape.ReverseOp, reshape.ConcatenateOp],
    ...[reshape.PadOp, reshape.DynamicPadOp],
    ...Object.values(slice),
    DotGeneralOp,
    DotOp,
    EinsumOp,
    UnaryEinsumOp,
    ConvolutionOp,
    DynamicConvOp,
    GatherOp,
    DynamicGatherOp,
    TorchIndexSelectOp,
    ScatterOp,
    SortOp,
    ReduceOp,
    MapOp,
    ReduceWindowOp,
    SelectAndScatterOp,
    ReturnOp,
    IfOp,
    CaseOp,
    WhileOp,
    OptimizationBarrierOp,
    CustomCallOp,
    CompositeOp,
    TupleOp,
    GetTupleElementOp,
    ...Object.values(linear),
    ...Object.values(collective),
    RngOp,
    RngBitGeneratorOp,
    CreateTokenOp,
    AfterAllOp,
    InfeedOp,
    OutfeedOp,
    SendOp,
    RecvOp,
  ],
  types: [TokenType, FutureType],
  attributes: [
    DotDimensionNumbers,
    GatherDimensionNumbers,
    ScatterDimensionNumbers,
    ConvDimensionNumbers,
    ChannelHandle,
    AxisRef,
    MeshAxis,
    Mesh,
    ReplicaGroupMeshAxes,
    OutputOperandAlias,
    TypeExtensions,
    OldTypeExtensions,
    DotAlgorithm,
    ResultAccuracy,
    enums.ComparisonDirection,
    enums.ComparisonType,
    enums.Precision,
    enums.FftKind,
    enums.Transpose,
    enums.RngDistribution,
    enums.RngAlgorithm,
    enums.ResultAccuracyMode,
  ],
  directives: DIRECTIVES,
  materializeConstant,
});
