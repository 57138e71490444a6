// For the tests of passes on programs: running passes on a module of functions, and comparing what its `main` computes
// before and after, bit by bit.
import {
  ComplexValue,
  elementsOf,
  Interpreter,
  MemRefValue,
  makeMemRef,
  makeTensor,
  type RuntimeValue,
  TensorValue,
} from '@budflow/interpreter';
import {
  ComplexType,
  DYNAMIC,
  FloatType,
  type FunctionType,
  IntegerType,
  MemRefType,
  type Operation,
  renderDiagnostic,
  TensorType,
  type TypeAttr,
  verify,
} from '@budflow/ir';
import { Random } from '@budflow/numerics';
import { type PassDefinition, PassManager, PassRegistry, parsePipeline, type Remark } from '@budflow/pass';
import { functionNamed } from './kernels.js';

export interface PassOutcome {
  readonly remarks: readonly Remark[];
  readonly statistics: Readonly<Record<string, number>>;
}

/** Runs a pipeline on a module in place, verifying it afterwards. Throws with the rendered diagnostics on errors. */
export function runPasses(module: Operation, pipeline: string, passes: readonly PassDefinition[]): PassOutcome {
  const { context } = module;
  const registry = new PassRegistry(passes);
  const { result, diagnostics } = context.diagnostics.collect(() => {
    const parsed = parsePipeline(pipeline, { registry, diagnostics: context.diagnostics });
    if (!parsed) return undefined;
    const ran = new PassManager(parsed).run(module);
    return verify(module) ? ran : undefined;
  });
  if (!result?.succeeded || diagnostics.some((d) => d.severity === 'error')) {
    const cause = result?.cause instanceof Error ? `\n${result.cause.stack}` : '';
    throw new Error(`${diagnostics.map((d) => renderDiagnostic(context, d)).join('\n')}${cause}\n${module.toString()}`);
  }
  const statistics: Record<string, number> = {};
  for (const counts of result.statistics.values())
    for (const [name, n] of counts) statistics[name] = (statistics[name] ?? 0) + n;
  return { remarks: result.remarks, statistics };
}

export interface ProgramData {
  readonly sizes?: readonly number[];
  readonly seed?: number;
}

/** Results of `main` on random arguments as bits, so that NaNs and zeros compare; arguments are checked to be unchanged. */
export function runMain(module: Operation, { sizes = [], seed = 1 }: ProgramData = {}): string[] {
  const func = functionNamed(module, 'main');
  const type = (func.attr('function_type') as TypeAttr).type as FunctionType;
  const random = new Random(seed);
  const left = [...sizes];
  const args = type.inputs.map((t): RuntimeValue => {
    if (!(t instanceof MemRefType) && !(t instanceof TensorType)) return left.length > 0 ? left.shift()! : 3;
    const shape = t.shape.map((d) => (d === DYNAMIC ? (left.length > 0 ? left.shift()! : 5) : d));
    const value = t instanceof MemRefType ? makeMemRef(t, shape) : makeTensor(t, shape);
    const data = value instanceof MemRefValue ? value.storage : value.data;
    for (let i = 0; i < data.length; i++) {
      const part = t.element instanceof ComplexType ? t.element.element : t.element;
      if (part instanceof FloatType)
        data[i] = part.width === 64 ? random.uniform() * 4 - 2 : Math.fround(random.uniform() * 4 - 2);
      else if (data instanceof BigInt64Array || data instanceof BigUint64Array)
        data[i] = BigInt(random.uint32() % 1000);
      else if (t.element instanceof IntegerType && t.element.width === 1) data[i] = random.uint32() & 1;
      else data[i] = random.uint32() & 255;
    }
    return value;
  });
  const text = (v: RuntimeValue) =>
    v instanceof MemRefValue || v instanceof TensorValue ? elementsOf(v).map(bits).join(' ') : String(v);
  const before = args.map(text);
  const results = new Interpreter(module).call('main', args);
  const signature = func.attr('rt.signature');
  const original = ((signature ?? func.attr('function_type')) as TypeAttr).type as FunctionType;
  args.forEach((arg, i) => {
    if (text(arg) !== before[i]) throw new Error(`argument ${i} was overwritten`);
  });
  return results.map((v, i) => {
    const t = original.results[i]!;
    const element = t instanceof TensorType ? t.element : t;
    // Buffers of unsigned integers are signless.
    if (!(element instanceof IntegerType) || element.signedness !== 'unsigned' || !(v instanceof MemRefValue))
      return text(v);
    return elementsOf(v)
      .map((x) => String(BigInt.asUintN(element.width, BigInt(x as number | bigint))))
      .join(' ');
  });
}

function bits(x: unknown): string {
  if (x instanceof ComplexValue) return `${bits(x.re)},${bits(x.im)}`;
  return Object.is(x, -0) ? '-0' : String(x);
}
