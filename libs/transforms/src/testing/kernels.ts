// For the tests of passes on kernels: a context with every dialect, and running a kernel on random data by the interpreter.
import { arrayDialect } from '@budflow/dialect-array';
import { registerCoreDialects } from '@budflow/dialect-core';
import { registerLoopDialect } from '@budflow/dialect-loop';
import { registerMemoryDialect } from '@budflow/dialect-memory';
import { registerRtDialect } from '@budflow/dialect-rt';
import { registerSimdDialect } from '@budflow/dialect-simd';
import {
  elementsOf,
  Interpreter,
  MemRefValue,
  makeMemRef,
  makeTensor,
  type RuntimeValue,
  TensorValue,
} from '@budflow/interpreter';
import {
  Context,
  DYNAMIC,
  FloatType,
  type FunctionType,
  IntegerType,
  MemRefType,
  type Operation,
  parseModule,
  renderDiagnostic,
  TensorType,
  type TypeAttr,
  verify,
} from '@budflow/ir';
import { Random } from '@budflow/numerics';

export function kernelContext(): Context {
  const context = new Context();
  registerCoreDialects(context);
  context.registerDialect(arrayDialect);
  registerLoopDialect(context);
  registerMemoryDialect(context);
  registerSimdDialect(context);
  registerRtDialect(context);
  return context;
}

/** Parses and verifies; throws with the rendered diagnostics. */
export function parse(text: string, context: Context = kernelContext()): Operation {
  const { result, diagnostics } = context.diagnostics.collect(() => {
    const module = parseModule(text, context, { file: 'test.mlir' });
    return module && verify(module) ? module : undefined;
  });
  if (!result) throw new Error(diagnostics.map((d) => renderDiagnostic(context, d)).join('\n'));
  return result;
}

export function functionNamed(module: Operation, name: string): Operation {
  const found = module.region(0).entry.ops.find((op) => String(op.attr('sym_name')) === `"${name}"`);
  if (!found) throw new Error(`no function @${name}`);
  return found;
}

export interface RunOptions {
  /** Sizes of the dynamic dimensions, in order over all arguments. */
  readonly sizes?: readonly number[];
  readonly seed?: number;
  /** Largest magnitude of random floats. */
  readonly range?: number;
}

/**
 * Calls a function of memrefs or tensors on random arguments and returns every buffer afterwards and every result, as
 * plain arrays.
 */
export function runFunction(module: Operation, name: string, options: RunOptions = {}): (number | bigint)[][] {
  const func = functionNamed(module, name);
  const type = (func.attr('function_type') as TypeAttr).type as FunctionType;
  const random = new Random(options.seed ?? 1);
  const sizes = [...(options.sizes ?? [])];
  const args = type.inputs.map((t): RuntimeValue => {
    if (!(t instanceof MemRefType) && !(t instanceof TensorType)) return 0;
    const shape = t.shape.map((d) => (d === DYNAMIC ? (sizes.length > 1 ? sizes.shift()! : (sizes[0] ?? 5)) : d));
    const value = t instanceof MemRefType ? makeMemRef(t, shape) : makeTensor(t, shape);
    const data = value instanceof MemRefValue ? value.storage : value.data;
    for (let i = 0; i < data.length; i++) {
      const e = t.element;
      if (e instanceof FloatType)
        data[i] =
          e.width === 64 ? random.uniform() * 2 - 1 : Math.fround((random.uniform() * 2 - 1) * (options.range ?? 4));
      else if (e instanceof IntegerType && e.width === 1) data[i] = random.uint32() & 1;
      else if (data instanceof BigInt64Array || data instanceof BigUint64Array)
        data[i] = BigInt(random.uint32() % 1000);
      else data[i] = random.uint32() & 127;
    }
    return value;
  });
  const results = new Interpreter(module).call(name, args);
  const out: (number | bigint)[][] = [];
  for (const value of [...args, ...results]) {
    if (value instanceof MemRefValue || value instanceof TensorValue)
      out.push(elementsOf(value) as (number | bigint)[]);
    else if (typeof value === 'number' || typeof value === 'bigint') out.push([value]);
  }
  return out;
}
