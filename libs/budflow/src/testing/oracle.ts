// For tests: the interpreter's word on a program, as written in strict mode, after its numerics were made
// explicit in the others. No later pass may change a bit.

import { probeRelaxedMaddRounding, probeRelaxedSimd } from '@budflow/backend-wasm';
import { Interpreter, makeTensor, type TensorValue } from '@budflow/interpreter';
import {
  DYNAMIC,
  type FunctionType,
  type Operation,
  parseModule,
  renderDiagnostic,
  type TensorType,
  type TypeAttr,
} from '@budflow/ir';
import { Random } from '@budflow/numerics';
import { buildPipelineConfig, type NumericsMode, PassManager } from '@budflow/pass';
import type { DType, TypedArray } from '@budflow/runtime';
import { enableRelaxedSimd } from '@budflow/target/node';
import { createContext } from '../context.js';
import { pipelineFor } from '../options.js';
import { createPassRegistry } from '../passes.js';

export interface TestArray {
  /** Given by `randomArguments`. */
  readonly dtype?: DType;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

export interface OracleOptions {
  readonly level?: 0 | 1 | 2 | 3;
  readonly target: string;
  readonly numerics?: NumericsMode;
  readonly entry?: string;
}

/**
 * The module after the passes that may change bits: nothing in strict mode, otherwise all up to fix-numerics (what is
 * simplified before it may contract differently).
 */
function prepared(text: string, options: OracleOptions): Operation {
  const context = createContext();
  const module = parseModule(text, context, { file: 'oracle.mlir' });
  if (!module) throw new Error(context.diagnostics.unhandled.map((d) => renderDiagnostic(context, d)).join('\n'));
  if (options.numerics === 'strict') return module;
  const json = pipelineFor(options, options.target);
  const last = json.pipeline.findIndex(
    (item) => typeof item === 'object' && 'pass' in item && item.pass === 'fix-numerics',
  );
  const { pipeline } = buildPipelineConfig(
    { ...json, pipeline: json.pipeline.slice(0, last + 1) },
    createPassRegistry(),
  );
  if (last < 0 || !new PassManager(pipeline).run(module).succeeded)
    throw new Error(context.diagnostics.unhandled.map((d) => renderDiagnostic(context, d)).join('\n'));
  return module;
}

function typesOf(module: Operation, options: OracleOptions): readonly TensorType[] {
  const func = module.region(0).entry.ops.find((op) => String(op.attr('sym_name')) === `"${options.entry ?? 'main'}"`)!;
  return ((func.attr('function_type') as TypeAttr).type as FunctionType).inputs as TensorType[];
}

/** Runs a function by the interpreter. */
export function interpret(text: string, args: readonly TestArray[], options: OracleOptions): TestArray[] {
  enableRelaxedSimd();
  const module = prepared(text, options);
  const types = typesOf(module, options);
  const relaxedMadd = probeRelaxedSimd() ? probeRelaxedMaddRounding() : 'twice';
  const values = args.map((a, i) => {
    const tensor = makeTensor(types[i]!, a.shape);
    (tensor.data as Float32Array).set(a.data as Float32Array);
    return tensor;
  });
  const results = new Interpreter(module, { relaxedMadd }).call(options.entry ?? 'main', values);
  return results.map((r) => ({ shape: (r as TensorValue).shape, data: (r as TensorValue).data as TypedArray }));
}

/** Random arguments for a function; `sizes` are those of its dynamic dimensions, in order. */
export function randomArguments(
  text: string,
  options: OracleOptions & { sizes?: readonly number[]; seed?: number },
): TestArray[] {
  const random = new Random(options.seed ?? 1);
  const sizes = [...(options.sizes ?? [])];
  return typesOf(prepared(text, options), options).map((type) => {
    const shape = type.shape.map((d) => (d === DYNAMIC ? sizes.shift()! : d));
    const count = shape.reduce((a, b) => a * b, 1);
    const element = type.element.toString();
    const data = makeTensor(type, shape).data as TypedArray;
    for (let i = 0; i < count; i++) {
      if (data instanceof Float32Array || data instanceof Float64Array) data[i] = Math.fround(random.uniform() * 8 - 4);
      else if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[i] = BigInt(random.uint32());
      else data[i] = element === 'i1' ? random.uint32() & 1 : random.uint32();
    }
    return { dtype: element as DType, shape, data };
  });
}

/** The bits of elements, for comparisons in which NaN equals NaN. */
export function bits(data: TypedArray): (number | bigint | string)[] {
  return Array.from(data as Float32Array, (v) => (Object.is(v, -0) ? '-0' : v));
}
