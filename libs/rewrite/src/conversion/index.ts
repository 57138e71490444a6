// Dialect conversion.
export { CAST_NAME, castSources } from './casts.js';
export {
  analyzeConversion,
  applyFullConversion,
  applyPartialConversion,
  type ConversionAnalysis,
  type ConversionOptions,
  type ConversionResult,
} from './driver.js';
export type { FailedAttempt, IllegalOp } from './failure.js';
export {
  asConversionPattern,
  type ConversionPattern,
  ConvertedOperands,
  defineConversionPattern,
} from './pattern.js';
export { ConversionRewriter } from './rewriter.js';
export { type InputMapping, SignatureConversion } from './signature-conversion.js';
export { rebuildConverted, type StructuralOptions } from './structural.js';
export { ConversionTarget, type LegalityPredicate, type OpNameLike } from './target.js';
export {
  type Materialization,
  type MaterializationKind,
  type TypeConversion,
  TypeConverter,
} from './type-converter.js';
