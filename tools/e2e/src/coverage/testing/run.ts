// Runs the cases of the coverage table: many functions in one module, by the interpreter and compiled.

import { Interpreter, makeTensor, type TensorValue } from '@budflow/interpreter';
import {
  CompileError,
  type FunctionType,
  parseModule,
  renderDiagnostic,
  type TensorType,
  type TypeAttr,
  verify,
} from '@budflow/ir';
import { NdArray } from '@budflow/runtime';
import { compile, createContext } from 'budflow';
import { type CoverageCase, mismatch, show, type Values, valuesOf } from '../entry.js';
import { type Data, type ElementType, toData } from '../numbers.js';

const TARGET = 'wasm32-simd128';

function moduleText(cases: readonly CoverageCase[]): string {
  return cases.map((c, i) => `func.func @f${i}${c.text}`).join('\n');
}

/** Messages of the diagnostics a text gives; empty when it is valid. */
export function problemsOf(text: string): string[] {
  const context = createContext();
  const { diagnostics } = context.diagnostics.collect(() => {
    const module = parseModule(`func.func @f${text}`, context);
    if (module) verify(module);
  });
  return diagnostics.filter((d) => d.severity === 'error').map((d) => renderDiagnostic(context, d));
}

type Run = (index: number, args: readonly Values[], results: readonly ElementType[]) => Values[];

function interpreted(text: string): Run {
  const context = createContext();
  const module = parseModule(text, context, { file: 'coverage.mlir' });
  if (!module) throw new Error(context.diagnostics.unhandled.map((d) => renderDiagnostic(context, d)).join('\n'));
  const interpreter = new Interpreter(module, { relaxedMadd: 'twice' });
  const functions = module.region(0).entry.ops;
  return (index, args, results) => {
    const { inputs } = (functions[index]!.attr('function_type') as TypeAttr).type as FunctionType;
    const values = args.map((a, i) => {
      const tensor = makeTensor(inputs[i] as TensorType, a.shape);
      (tensor.data as Uint8Array).set(toData(a.type, a.values) as Uint8Array);
      return tensor;
    });
    return interpreter.call(`f${index}`, values).map((r, i) => {
      const tensor = r as TensorValue;
      return valuesOf(results[i]!, tensor.shape, tensor.data as Data);
    });
  };
}

function compiled(
  text: string,
  numerics: 'strict' | 'default' | 'fast',
): { readonly run: Run; readonly dispose: () => void } {
  const module = compile(text, { numerics, target: TARGET, level: 3 });
  return {
    run: (index, args, results) =>
      module
        .call(
          `f${index}`,
          args.map((a) => NdArray.from(toData(a.type, a.values), a.shape, a.type)),
        )
        .map((r, i) => valuesOf(results[i]!, r.shape, r.data as Data)),
    dispose: () => module.dispose(),
  };
}

/** Exactly the reference's result, or within the case's tolerance; in `default` sums may differ, which the tolerance allows for. */
export function checkCases(cases: readonly CoverageCase[]): string[] {
  const failures: string[] = [];
  const text = moduleText(cases);
  let strict: ReturnType<typeof compiled>;
  let normal: ReturnType<typeof compiled>;
  let oracle: Run;
  try {
    oracle = interpreted(text);
    strict = compiled(text, 'strict');
    normal = compiled(text, 'default');
  } catch (error) {
    if (cases.length > 1) return cases.flatMap((c) => checkCases([c]));
    return [
      `${String(error instanceof CompileError ? error.message : error instanceof Error ? error.stack : error).slice(0, 400)}\n${text}`,
    ];
  }
  cases.forEach((c, index) => {
    const report = (what: string, problem: string | undefined): void => {
      if (problem) failures.push(`${what}: ${problem}\n${c.text}`);
    };
    for (const args of c.calls) {
      const expected = c.expected(args);
      const types = expected.map((e) => e.type);
      const shape = `[${args.map((a) => `[${a.shape}]`).join(' ')}]`;
      const run = (what: string, f: Run): Values[] | undefined => {
        try {
          return f(index, args, types);
        } catch (error) {
          report(`${what} ${shape}`, String(error instanceof Error ? error.stack : error));
          return undefined;
        }
      };
      const byInterpreter = run('interpreter', oracle);
      const byStrict = run('strict', strict.run);
      const byDefault = run('default', normal.run);
      expected.forEach((e, r) => {
        const describe = (problem: string | undefined) => {
          if (problem === undefined) return undefined;
          const at = Number(/^element (\d+)/.exec(problem)?.[1] ?? -1);
          return at < 0
            ? problem
            : `${problem} of (${args.map((a) => (a.values.length === e.values.length ? show(a.values[at]!) : '...')).join(', ')})`;
        };
        if (byInterpreter) report(`interpreter ${shape}`, describe(mismatch(e, byInterpreter[r]!, c.tolerance)));
        if (byInterpreter && byStrict)
          report(`strict against the interpreter ${shape}`, describe(mismatch(byInterpreter[r]!, byStrict[r]!)));
        if (byDefault) report(`default ${shape}`, describe(mismatch(e, byDefault[r]!, c.tolerance)));
      });
    }
  });
  strict.dispose();
  normal.dispose();
  return failures;
}
