// The interpreter against WebAssembly: one program, one configuration, every bit (NaN equals NaN).
// In `strict` the oracle runs the program as written; otherwise after the passes up to fix-numerics, beyond which no pass
// may change a rounding.
import { probeRelaxedMaddRounding, probeRelaxedSimd } from '@budflow/backend-wasm';
import { DialectValue, Interpreter, makeTensor, type RuntimeValue, type TensorValue } from '@budflow/interpreter';
import {
  CompileError,
  type Context,
  type Dialect,
  type FunctionType,
  type Operation,
  parseModule,
  renderDiagnostic,
  type TensorType,
  TupleType,
  type TypeAttr,
} from '@budflow/ir';
import { buildPipelineConfig, type NumericsMode, PassManager, type PipelineItemJson } from '@budflow/pass';
import { NdArray, type TypedArray } from '@budflow/runtime';
import { enableRelaxedSimd } from '@budflow/target/node';
import { defaultPipeline, type OptimizationLevel } from '@budflow/transforms/pipelines';
import { convertStablehloToArray, usesStablehlo } from '@budflow/transforms/stablehlo';
import { type CompiledModule, type CompileOptions, compile, createContext, createPassRegistry } from 'budflow';

enableRelaxedSimd();

export const RELAXED = 'wasm32-relaxed-simd';
export const PLAIN = 'wasm32-simd128';

/** A tensor argument or result; a number is an argument of type index. */
export interface TestTensor {
  readonly shape: readonly number[];
  readonly data: TypedArray;
}
export type TestArgument = TestTensor | number;

export interface Configuration {
  readonly numerics: NumericsMode;
  readonly level: OptimizationLevel;
  readonly target: string;
}

export const LEVELS: readonly OptimizationLevel[] = [0, 1, 3];

/** Numerics times levels times targets. */
export const CONFIGURATIONS: readonly Configuration[] = (['strict', 'default'] as const).flatMap((numerics) =>
  LEVELS.flatMap((level) => [PLAIN, RELAXED].map((target) => ({ numerics, level, target }))),
);

export function describeConfiguration({ numerics, level, target }: Configuration): string {
  return `${numerics} -O${level} ${target}`;
}

function fail(context: Context): never {
  throw new Error(context.diagnostics.unhandled.map((d) => renderDiagnostic(context, d)).join('\n'));
}

/** Passes of a default pipeline up to fix-numerics. */
function prefix(configuration: Configuration): PipelineItemJson[] {
  const { pipeline } = defaultPipeline(configuration.level, configuration.target, configuration.numerics);
  const end = pipeline.findIndex((item) => typeof item === 'object' && 'pass' in item && item.pass === 'fix-numerics');
  return pipeline.slice(0, end + 1);
}

export interface OracleOptions {
  /** Dialects of the program beside those of the house. */
  readonly dialects?: readonly Dialect[];
  /** Called when the program is parsed, before passes. */
  readonly prepare?: (module: Operation) => void;
  /** The function to call (default `main`). */
  readonly entry?: string;
}

/** What the interpreter makes of `main`. */
export function interpretProgram(
  text: string,
  args: readonly TestArgument[],
  configuration: Configuration,
  options: OracleOptions = {},
): TestTensor[] {
  return callInterpreter(oracleModule(text, configuration, options), args, options.entry);
}

/** The module that the interpreter runs: as it is written in `strict`, else after the passes up to fix-numerics. */
export function oracleModule(text: string, configuration: Configuration, options: OracleOptions = {}): Operation {
  const context = createContext();
  for (const dialect of options.dialects ?? []) context.registerDialect(dialect);
  const module = parseModule(text, context, { file: 'program.mlir' }) ?? fail(context);
  options.prepare?.(module);
  const run = (items: PipelineItemJson[]) => {
    const { pipeline } = buildPipelineConfig({ pipeline: items }, createPassRegistry());
    if (!new PassManager(pipeline).run(module).succeeded) fail(context);
  };
  if (usesStablehlo(module)) run([convertStablehloToArray.name]);
  if (configuration.numerics !== 'strict') run(prefix(configuration));
  return module;
}

/** Calls a function of a module by the interpreter. */
export function callInterpreter(module: Operation, args: readonly TestArgument[], entry = 'main'): TestTensor[] {
  const func = module.region(0).entry.ops.find((op) => String(op.attr('sym_name')) === `"${entry}"`)!;
  const { inputs } = (func.attr('function_type') as TypeAttr).type as FunctionType;
  let next = 0;
  // Elements of tuples come one by one.
  const values = inputs.map(function given(type): RuntimeValue {
    if (type instanceof TupleType) return new DialectValue(type, type.elements.map(given));
    const a = args[next++]!;
    if (typeof a === 'number') return a;
    const tensor = makeTensor(type as TensorType, a.shape);
    (tensor.data as Uint8Array).set(a.data as Uint8Array);
    return tensor;
  });
  const relaxedMadd = probeRelaxedSimd() ? probeRelaxedMaddRounding() : 'twice';
  return new Interpreter(module, { relaxedMadd })
    .call(entry, values)
    .map((r) =>
      typeof r === 'number' || typeof r === 'bigint'
        ? { shape: [], data: typeof r === 'bigint' ? BigInt64Array.of(r) : Float64Array.of(r) }
        : tensorResult(r as TensorValue),
    );
}

function tensorResult({ type, shape, data }: TensorValue): TestTensor {
  return { shape, data: withOneNaN(String((type as TensorType).element), data as TypedArray) };
}

/** Half floats are compared as bits: all their NaNs become one. */
function withOneNaN(element: string, data: TypedArray): TypedArray {
  const infinity = element === 'f16' ? 0x7c00 : element === 'bf16' ? 0x7f80 : undefined;
  return infinity === undefined
    ? data
    : Uint16Array.from(data as Uint16Array, (b) => ((b & 0x7fff) > infinity ? 0xffff : b));
}

/** Compiles and calls `main`. */
export function runCompiled(text: string, args: readonly TestArgument[], options: CompileOptions): TestTensor[] {
  const module = compile(text, options);
  try {
    return callCompiled(module, args);
  } finally {
    module.dispose();
  }
}

/** Calls a function of a compiled module. */
export function callCompiled(module: CompiledModule, args: readonly TestArgument[], entry = 'main'): TestTensor[] {
  const specs = module.functions[entry]!.compiled.arguments;
  const given = args.map((a, i) => {
    if (typeof a === 'number') return a;
    const spec = specs[i]!;
    return NdArray.from(a.data, a.shape, 'dtype' in spec ? (spec.dtype as NdArray['dtype']) : undefined);
  });
  return module.call(entry, given).map((r) => ({ shape: r.shape, data: withOneNaN(r.dtype, r.data) }));
}

/** The first difference between results, in words; undefined when every bit agrees (NaN equals NaN). */
export function difference(expected: readonly TestTensor[], actual: readonly TestTensor[]): string | undefined {
  if (expected.length !== actual.length) return `${actual.length} results instead of ${expected.length}`;
  for (let r = 0; r < expected.length; r++) {
    const e = expected[r]!;
    const a = actual[r]!;
    if (e.shape.join() !== a.shape.join()) return `result ${r}: shape [${a.shape}] instead of [${e.shape}]`;
    for (let i = 0; i < e.data.length; i++) {
      if (!Object.is(e.data[i], a.data[i]))
        return `result ${r}, element ${i}: ${show(a.data[i])} instead of ${show(e.data[i])}`;
    }
  }
  return undefined;
}

function show(value: number | bigint | undefined): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

export interface Failure {
  readonly kind: 'mismatch' | 'compile-error' | 'crash' | 'oracle';
  readonly message: string;
}

/** Compares one program in one configuration; undefined when all is well. `oracle` says what the interpreter makes of it. */
export function compareProgram(
  text: string,
  args: readonly TestArgument[],
  configuration: Configuration,
  oracle: typeof interpretProgram = interpretProgram,
): Failure | undefined {
  let expected: TestTensor[];
  try {
    expected = oracle(text, args, configuration);
  } catch (error) {
    return { kind: 'oracle', message: String(error instanceof Error ? error.stack : error) };
  }
  try {
    const found = difference(expected, runCompiled(text, args, configuration));
    return found === undefined ? undefined : { kind: 'mismatch', message: found };
  } catch (error) {
    const kind = error instanceof CompileError ? 'compile-error' : 'crash';
    return { kind, message: String(error instanceof Error ? error.stack : error) };
  }
}
