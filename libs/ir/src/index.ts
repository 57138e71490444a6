// Public face of the IR core.
export * from './affine.js';
export * from './asm.js';
export type { CustomDirective, DirectiveArgument, DirectiveValue } from './assembly/directive.js';
export { compileAssembly } from './assembly-format.js';
export * from './attribute.js';
export { floatBits, floatFromBits, printFloat, printString, printSymbolName } from './attribute-text.js';
export * from './block.js';
export * from './builder.js';
export * from './constraints.js';
export * from './context.js';
export * from './debug-counter.js';
export * from './define-dialect.js';
export * from './define-enum.js';
export * from './define-interface.js';
export * from './define-op.js';
export {
  type GivenValues,
  type Parameter,
  type ParameterValues,
  type ParametricDefinition,
  param,
} from './define-parameters.js';
export * from './dense.js';
export * from './diagnostic.js';
export { ancestorInRegion, DominanceInfo, DominatorTree, hasSsaDominance, reversePostorder } from './dominance.js';
export * from './errors.js';
export * from './int-range.js';
export * from './interfaces.js';
export * from './location.js';
export * from './op-info.js';
export * from './operation.js';
export type { ParseListener } from './parser/listener.js';
export { type ParseOptions, parseAttribute, parseModule, parseType } from './parser/parse.js';
export * from './pattern.js';
export { type PrintOptions, printModule, printModuleBytes, printModuleTo, printOperationToString } from './printer.js';
export * from './rewriter.js';
export { structuralDifference } from './structural-difference.js';
export * from './structured.js';
export * from './symbol-table.js';
export * from './traits.js';
export * from './type.js';
export * from './value.js';
export { type VerifyOptions, verify } from './verifier.js';
export * from './well-known.js';
