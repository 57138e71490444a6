// StableHLO, CHLO, check, interpreter and quant.
export * from './attributes/conv.js';
export * from './attributes/dims.js';
export * from './attributes/mesh.js';
export * from './attributes/other.js';
export {
  checkDialect,
  ExpectAlmostEqConstOp,
  ExpectAlmostEqOp,
  ExpectCloseOp,
  ExpectEqConstOp,
  ExpectEqOp,
  ExpectSerializedEqOp,
} from './check/dialect.js';
export * from './chlo/broadcast.js';
export { chloDialect } from './chlo/dialect.js';
export * from './chlo/elementwise.js';
export * from './chlo/enums.js';
export * from './chlo/other.js';
export { stablehloDialect } from './dialect.js';
export * from './enums.js';
export { interpreterDialect, PrintOp, ProbeOp, RunParallelOp } from './interpreter/dialect.js';
export * from './ops/binary.js';
export * from './ops/call.js';
export * from './ops/collective.js';
export { ConstantOp, DynamicIotaOp, IotaOp } from './ops/constant.js';
export { CaseOp, IfOp, OptimizationBarrierOp, ReturnOp, WhileOp } from './ops/control.js';
export * from './ops/convert.js';
export { ConvolutionOp, DynamicConvOp } from './ops/convolution.js';
export { DotGeneralOp, DotOp, EinsumOp, UnaryEinsumOp } from './ops/dot.js';
export { DynamicGatherOp, GatherOp, TorchIndexSelectOp } from './ops/gather.js';
export * from './ops/linear-algebra.js';
export { RngBitGeneratorOp, RngOp } from './ops/random.js';
export { appliedOp, MapOp, ReduceOp } from './ops/reduce.js';
export * from './ops/reshape.js';
export { ScatterOp, SortOp } from './ops/scatter.js';
export * from './ops/slice.js';
export { AfterAllOp, CreateTokenOp, InfeedOp, OutfeedOp, RecvOp, SendOp } from './ops/tokens.js';
export * from './ops/unary.js';
export { ReduceWindowOp, SelectAndScatterOp } from './ops/window.js';
export { quantDialect } from './quant/dialect.js';
export * from './quant/types.js';
export { registerStablehloDialects, STABLEHLO_DIALECTS } from './register.js';
export { ShardyMesh, ShardyMeshOp, sdyDialect } from './sdy.js';
export type { ShardyMeshParameters } from './sdy-mesh.js';
export * from './sdy-sharding.js';
export { FutureType, TokenType } from './token.js';
