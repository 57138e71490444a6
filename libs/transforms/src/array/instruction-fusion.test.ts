import { bodyOps, FusionOp } from '@budflow/dialect-array';
import { AnyTensor, defineDialect, defineOp, type Operation } from '@budflow/ir';
import { PassManager, passItem, pipeline } from '@budflow/pass';
import { describe, expect, test } from 'vitest';
import { functionNamed, kernelContext, parse } from '../testing/kernels.js';
import { layerNormProgram, separableBlurProgram, softmaxProgram } from '../testing/known-programs.js';
import { runMain, runPasses } from '../testing/programs.js';
import { fixNumerics } from './fix-numerics.js';
import {
  FUSION_REFUSALS,
  type FusionDecision,
  type FusionRefusal,
  fusionReport,
  fusionReportToJson,
} from './fusion/report.js';
import { instructionFusion } from './instruction-fusion.js';

const passes = [fixNumerics, instructionFusion];

interface Fused {
  readonly module: Operation;
  readonly fusions: Operation[];
  readonly decisions: readonly FusionDecision[];
}

function fuse(source: string | Operation, options = ''): Fused {
  const module = typeof source === 'string' ? parse(source) : source;
  runPasses(module, 'builtin.module(fix-numerics)', passes);
  const before = runMain(module);
  const { remarks } = runPasses(module, `builtin.module(func.func(instruction-fusion${options}))`, passes);
  expect(runMain(module)).toEqual(before);
  const ops = functionNamed(module, 'main').region(0).entry.ops;
  return { module, fusions: ops.filter((op) => FusionOp.is(op)), decisions: fusionReport(remarks).decisions };
}

/** Bodies of the fusions as lists of mnemonics, without constants. */
function bodies({ fusions }: Fused): string[] {
  return fusions.map((f) =>
    bodyOps(f)
      .filter((op) => op.name !== 'array.constant')
      .map((op) => op.name.slice('array.'.length))
      .join(' '),
  );
}
function kinds({ fusions }: Fused): (string | undefined)[] {
  return fusions.map((f) => FusionOp.kind(f));
}
function refusals({ decisions }: Fused): string[] {
  return decisions
    .filter((d) => d.verdict === 'refused')
    .map((d) => `${name(d.producer)} into ${name(d.consumer)}: ${d.reason}`);
}
function name(op: string): string {
  return op.slice(op.indexOf('.') + 1, op.indexOf('#'));
}

const main = (params: string, results: string, body: string) =>
  `func.func @main(${params}) -> (${results}) {\n${body}\n}`;

describe('fusion of known programs', () => {
  test('a chain of ten elementwise ops becomes one fusion without intermediates', () => {
    const t = 'tensor<4x8xf32>';
    const lines = Array.from(
      { length: 10 },
      (_, i) => `  %v${i + 1} = array.${i % 2 ? 'abs' : 'neg'} %v${i} : ${t}`,
    ).join('\n');
    const fused = fuse(main(`%v0: ${t}`, t, `${lines}\n  return %v10 : ${t}`));
    expect(bodies(fused)).toEqual([Array.from({ length: 10 }, (_, i) => (i % 2 ? 'abs' : 'neg')).join(' ')]);
    expect(kinds(fused)).toEqual(['loop']);
    expect(fused.decisions.every((d) => d.verdict === 'fused')).toBe(true);
  });

  test('softmax becomes one fusion whose rows are shared', () => {
    const fused = fuse(softmaxProgram(6, 40));
    expect(bodies(fused)).toEqual(['reduce broadcast sub exp reduce broadcast div']);
    expect(kinds(fused)).toEqual(['row-wise']);
    expect(
      functionNamed(fused.module, 'main').toString().replaceAll(' {contract = "relaxed"}', ''),
    ).toBe(`func.func @main(%arg0: tensor<6x40xf32>) -> tensor<6x40xf32> {
  %0 = array.fusion(%arg1 = %arg0 : tensor<6x40xf32>) kind = "row-wise" -> tensor<6x40xf32> {
    %cst = array.constant dense<0xFF800000> : tensor<f32>
    %1 = array.reduce max %arg1 init %cst dims = [1] {order = #array.order<canonical>} : tensor<6x40xf32>, tensor<f32> to tensor<6xf32>
    %2 = array.broadcast %1 dims = [0] : tensor<6xf32> to tensor<6x40xf32>
    %3 = array.sub %arg1, %2 : tensor<6x40xf32>
    %4 = array.exp %3 : tensor<6x40xf32>
    %cst_0 = array.constant dense<0.000000e+00> : tensor<f32>
    %5 = array.reduce add %4 init %cst_0 dims = [1] {order = #array.order<canonical>} : tensor<6x40xf32>, tensor<f32> to tensor<6xf32>
    %6 = array.broadcast %5 dims = [0] : tensor<6xf32> to tensor<6x40xf32>
    %7 = array.div %4, %6 : tensor<6x40xf32>
    array.yield %7 : tensor<6x40xf32>
  }
  return %0 : tensor<6x40xf32>
}`);
  });

  test('softmax of a dynamic number of rows is one fusion too', () => {
    expect(bodies(fuse(softmaxProgram('?', 9)))).toHaveLength(1);
  });

  test('rows of unknown length are a result of the kernel, for which the caller has memory', () => {
    const fused = fuse(softmaxProgram(4, '?'));
    expect(fused.fusions.map((f) => f.results.map((r) => [String(r.type), r.hasUses]))).toEqual([
      [
        ['tensor<4x?xf32>', true],
        ['tensor<4x?xf32>', false],
      ],
    ]);
  });

  test('layer normalisation becomes one fusion', () => {
    const fused = fuse(layerNormProgram(6, 40));
    expect(bodies(fused)).toEqual([
      'reduce div broadcast sub mul reduce div add rsqrt broadcast mul broadcast broadcast fma',
    ]);
    expect(kinds(fused)).toEqual(['row-wise']);
    expect(fused.decisions.find((d) => d.reason === 'contracted-product')?.producer).toMatch(/^array\.mul#/);
  });

  test('the passes of a separable blur are one fusion each, with the intermediate in memory', () => {
    const fused = fuse(separableBlurProgram(20, 5));
    expect(bodies(fused)).toEqual([
      'slice slice mul fma slice fma slice fma slice fma',
      'slice slice mul fma slice fma slice fma slice fma',
    ]);
    expect(refusals(fused)).toEqual(['fma into fma: duplication-limit']);
  });

  test('a diamond of cheap ops is computed in both consumers', () => {
    const t = 'tensor<8xf32>';
    const fused = fuse(
      main(
        `%x: ${t}, %y: ${t}`,
        `${t}, ${t}`,
        `  %p = array.add %x, %y : ${t}\n  %a = array.neg %p : ${t}\n  %b = array.abs %p : ${t}\n  return %a, %b : ${t}, ${t}`,
      ),
    );
    expect(
      functionNamed(fused.module, 'main').toString(),
    ).toBe(`func.func @main(%arg0: tensor<8xf32>, %arg1: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  %0 = array.fusion(%arg2 = %arg0 : tensor<8xf32>, %arg3 = %arg1 : tensor<8xf32>) kind = "loop" -> tensor<8xf32> {
    %2 = array.add %arg2, %arg3 : tensor<8xf32>
    %3 = array.neg %2 : tensor<8xf32>
    array.yield %3 : tensor<8xf32>
  }
  %1 = array.fusion(%arg2 = %arg0 : tensor<8xf32>, %arg3 = %arg1 : tensor<8xf32>) kind = "loop" -> tensor<8xf32> {
    %2 = array.add %arg2, %arg3 : tensor<8xf32>
    %3 = array.abs %2 : tensor<8xf32>
    array.yield %3 : tensor<8xf32>
  }
  return %0, %1 : tensor<8xf32>, tensor<8xf32>
}`);
    expect(fused.decisions.map((d) => d.verdict)).toEqual(['duplicated', 'duplicated']);
  });

  test('a deep diamond inside one kernel stays linear', () => {
    const t = 'tensor<8xf32>';
    const lines = Array.from(
      { length: 20 },
      (_, i) =>
        `  %a${i} = array.neg %v${i} : ${t}\n  %b${i} = array.abs %v${i} : ${t}\n  %v${i + 1} = array.max %a${i}, %b${i} : ${t}`,
    ).join('\n');
    const fused = fuse(main(`%v0: ${t}`, t, `${lines}\n  return %v20 : ${t}`));
    expect(fused.fusions.map((f) => bodyOps(f).length)).toEqual([60]);
  });

  test('a deep diamond over several kernels is not repeated without end', () => {
    const t = 'tensor<8xf32>';
    const lines = Array.from({ length: 12 }, (_, i) => `  %v${i + 1} = array.add %v${i}, %x : ${t}`).join('\n');
    const fused = fuse(
      main(
        `%v0: ${t}, %x: ${t}`,
        `${t}, ${t}`,
        `${lines}\n  %p = array.neg %v12 : ${t}\n  %q = array.abs %v12 : ${t}\n  return %p, %q : ${t}, ${t}`,
      ),
    );
    const sizes = fused.fusions.map((f) => bodyOps(f).length);
    expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(12 + 2 + 8);
    expect(refusals(fused)).toEqual(['add into neg: duplication-limit', 'add into abs: duplication-limit']);
  });

  test('a sum in the shape of a matrix product takes its product and broadcasts along', () => {
    const fused = fuse(
      main(
        '%a: tensor<4x5xf32>, %b: tensor<5x6xf32>',
        'tensor<4x6xf32>',
        `  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.broadcast %a dims = [0, 1] : tensor<4x5xf32> to tensor<4x5x6xf32>
  %1 = array.broadcast %b dims = [1, 2] : tensor<5x6xf32> to tensor<4x5x6xf32>
  %2 = array.mul %0, %1 : tensor<4x5x6xf32>
  %3 = array.reduce add %2 init %z dims = [1] : tensor<4x5x6xf32>, tensor<f32> to tensor<4x6xf32>
  return %3 : tensor<4x6xf32>`,
      ),
    );
    expect(bodies(fused)).toEqual(['broadcast broadcast mul reduce']);
    expect(kinds(fused)).toEqual(['contraction']);
  });

  test('the mean of all elements takes what feeds it and the division of the sum along', () => {
    const fused = fuse(
      main(
        '%x: tensor<4x8xf32>, %y: tensor<4x8xf32>',
        'tensor<f32>',
        `  %z = array.constant dense<0.0> : tensor<f32>
  %n = array.constant dense<32.0> : tensor<f32>
  %d = array.sub %x, %y : tensor<4x8xf32>
  %q = array.mul %d, %d : tensor<4x8xf32>
  %s = array.reduce add %q init %z dims = [0, 1] : tensor<4x8xf32>, tensor<f32> to tensor<f32>
  %m = array.div %s, %n : tensor<f32>
  return %m : tensor<f32>`,
      ),
    );
    expect(bodies(fused)).toEqual(['sub mul reduce div']);
  });

  test('padding takes its producers along', () => {
    const fused = fuse(
      main(
        '%x: tensor<4xf32>',
        'tensor<6xf32>',
        '  %0 = array.mul %x, %x : tensor<4xf32>\n  %1 = array.pad %0 low = [1] high = [1] value 0.0 : f32 : tensor<4xf32> to tensor<6xf32>\n  return %1 : tensor<6xf32>',
      ),
    );
    expect(bodies(fused)).toEqual(['mul pad']);
    expect(kinds(fused)).toEqual(['pad']);
  });

  test('row results that are needed outside leave the kernel that computes them', () => {
    const text = softmaxProgram(6, 40)
      .replace(
        'return %r : tensor<6x40xf32>',
        'return %r, %sum, %e : tensor<6x40xf32>, tensor<6xf32>, tensor<6x40xf32>',
      )
      .replace('-> tensor<6x40xf32> {', '-> (tensor<6x40xf32>, tensor<6xf32>, tensor<6x40xf32>) {');
    const fused = fuse(text);
    expect(bodies(fused)).toEqual(['reduce broadcast sub exp reduce broadcast div']);
    expect(fused.fusions[0]!.resultCount).toBe(3);
    expect(fused.decisions.filter((d) => d.verdict === 'yielded').map((d) => name(d.producer))).toEqual([
      'reduce',
      'exp',
    ]);
  });

  test('sizes are asked of arguments, constants over several elements are operands', () => {
    const fused = fuse(
      main(
        '%x: tensor<?xf32>',
        'tensor<?x3xf32>',
        `  %c = array.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %0 = array.neg %x : tensor<?xf32>
  %n = array.dim %0, 0 : tensor<?xf32>
  %1 = array.broadcast %0 dims = [0] : tensor<?xf32> to tensor<?x3xf32>
  %2 = array.broadcast %c dims = [1] sizes(%n) : tensor<3xf32> to tensor<?x3xf32>
  %3 = array.add %1, %2 : tensor<?x3xf32>
  return %3 : tensor<?x3xf32>`,
      ),
    );
    expect(fused.fusions[0]!.operands.map((v) => String(v.type)).sort()).toEqual(['tensor<3xf32>', 'tensor<?xf32>']);
    expect(bodies(fused)).toEqual(['neg broadcast dim broadcast add']);
  });

  test('a product that two reductions add unrounded is computed in both, and stored for others', () => {
    const module = parse(
      main(
        '%x: tensor<4x8xf32>, %y: tensor<4x8xf32>',
        'tensor<f32>, tensor<4x8xf32>',
        `  %z = array.constant dense<0.0> : tensor<f32>
  %p = array.mul %x, %y : tensor<4x8xf32>
  %s = array.reduce add %p init %z dims = [0, 1] {contract = "exact", order = #array.order<canonical>} : tensor<4x8xf32>, tensor<f32> to tensor<f32>
  return %s, %p : tensor<f32>, tensor<4x8xf32>`,
      ),
    );
    const fused = fuse(module);
    expect(bodies(fused).sort()).toEqual(['mul', 'mul reduce']);
  });

  test('the report is plain data with the places of the producers', () => {
    const fused = fuse(separableBlurProgram(20, 5));
    const json = fusionReportToJson(fused.module.context, { decisions: fused.decisions }) as {
      decisions: Record<string, string>[];
    };
    const refused = json.decisions.find((d) => d.verdict === 'refused')!;
    expect(refused.reason).toBe('duplication-limit');
    expect(refused.location).toMatch(/^test\.mlir:\d+:\d+$/);
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
  });

  test('an unknown target is reported', () => {
    const module = parse(softmaxProgram(2, 3));
    expect(() => runPasses(module, 'builtin.module(func.func(instruction-fusion{target=wasm64}))', passes)).toThrow(
      /unknown target "wasm64"/,
    );
  });
});

describe('each refusal has its reason', () => {
  const t = 'tensor<8xf32>';
  const full = 'tensor<4x8xf32>';
  const seen = new Set<string>();
  const expectRefusals = (fused: Fused, expected: readonly string[]) => {
    expect(refusals(fused)).toEqual(expected);
    for (const d of fused.decisions) if (d.verdict === 'refused') seen.add(d.reason);
  };

  test('contraction: a matrix product is a kernel of its own', () => {
    const fused = fuse(
      main(
        '%a: tensor<4x5xf32>, %b: tensor<5x6xf32>',
        'tensor<4x6xf32>',
        `  %0 = array.neg %a : tensor<4x5xf32>
  %1 = array.dot_general %0, %b contract = [1] x [0] : tensor<4x5xf32>, tensor<5x6xf32> -> tensor<4x6xf32>
  %2 = array.abs %1 : tensor<4x6xf32>
  return %2 : tensor<4x6xf32>`,
      ),
    );
    expectRefusals(fused, ['dot_general into abs: contraction', 'neg into dot_general: contraction']);
  });

  test('concatenation: what reads it is another kernel, and a reduction does not run inside of it', () => {
    const fused = fuse(
      main(
        `%x: ${full}, %y: tensor<4xf32>`,
        'tensor<8xf32>',
        `  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.reduce add %x init %z dims = [1] : ${full}, tensor<f32> to tensor<4xf32>
  %1 = array.exp %y : tensor<4xf32>
  %2 = array.concat %0, %1 dim = 0 : tensor<4xf32>, tensor<4xf32> to tensor<8xf32>
  %3 = array.neg %2 : tensor<8xf32>
  return %3 : tensor<8xf32>`,
      ),
    );
    expectRefusals(fused, ['concat into neg: concatenation', 'reduce into concat: concatenation']);
    expect(bodies(fused)).toEqual(['reduce', 'exp concat', 'neg']);
    expect(kinds(fused)).toEqual(['reduce', 'concat', 'loop']);
  });

  test('opaque: an op that builds its own loops is a kernel of its own', () => {
    const fused = fuse(
      main(
        '%x: tensor<?xf32>',
        'tensor<?xf32>',
        `  %0 = array.exp %x : tensor<?xf32>
  %1 = array.reverse %0 dims = [0] : tensor<?xf32>
  %2 = array.neg %1 : tensor<?xf32>
  return %2 : tensor<?xf32>`,
      ),
    );
    expectRefusals(fused, ['reverse into neg: opaque']);
    expect(kinds(fused)).toEqual(['loop', 'opaque', 'loop']);
  });

  test('padding: what reads a padded tensor is another kernel', () => {
    const fused = fuse(
      main(
        `%x: ${t}`,
        'tensor<10xf32>',
        `  %0 = array.pad %x low = [1] high = [1] value 0.0 : f32 : ${t} to tensor<10xf32>
  %1 = array.neg %0 : tensor<10xf32>
  return %1 : tensor<10xf32>`,
      ),
    );
    expectRefusals(fused, ['pad into neg: padding']);
  });

  test('padding: a reduction does not run inside of a padding kernel', () => {
    const fused = fuse(
      main(
        `%x: ${full}`,
        'tensor<6xf32>',
        `  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.reduce add %x init %z dims = [1] : ${full}, tensor<f32> to tensor<4xf32>
  %1 = array.pad %0 low = [1] high = [1] value 0.0 : f32 : tensor<4xf32> to tensor<6xf32>
  return %1 : tensor<6xf32>`,
      ),
    );
    expectRefusals(fused, ['reduce into pad: padding']);
  });

  test('reshape-view: a reshape that regroups elements stays a view', () => {
    const fused = fuse(
      main(
        `%x: ${full}`,
        'tensor<8x4xf32>',
        `  %0 = array.neg %x : ${full}
  %1 = array.reshape %0 : ${full} to tensor<8x4xf32>
  %2 = array.abs %1 : tensor<8x4xf32>
  return %2 : tensor<8x4xf32>`,
      ),
    );
    expectRefusals(fused, ['reshape into abs: reshape-view']);
    expect(bodies(fused)).toEqual(['neg', 'abs']);
  });

  test('used-outside: a result that is returned is stored once', () => {
    const fused = fuse(
      main(
        `%x: ${t}`,
        `${t}, ${t}`,
        `  %0 = array.neg %x : ${t}\n  %1 = array.abs %0 : ${t}\n  return %0, %1 : ${t}, ${t}`,
      ),
    );
    expectRefusals(fused, ['neg into abs: used-outside']);
  });

  test('expensive-producer-reused: exp is not computed in two kernels', () => {
    const fused = fuse(
      main(
        `%x: ${t}`,
        `${t}, ${t}`,
        `  %0 = array.exp %x : ${t}\n  %1 = array.abs %0 : ${t}\n  %2 = array.neg %0 : ${t}\n  return %1, %2 : ${t}, ${t}`,
      ),
    );
    expectRefusals(fused, ['exp into abs: expensive-producer-reused', 'exp into neg: expensive-producer-reused']);
  });

  test('expensive-producer-reused: exp is not computed anew for every row', () => {
    const fused = fuse(
      main(
        `%x: ${full}, %g: ${t}`,
        full,
        `  %0 = array.exp %g : ${t}
  %1 = array.broadcast %0 dims = [1] : ${t} to ${full}
  %2 = array.mul %x, %1 : ${full}
  return %2 : ${full}`,
      ),
    );
    expectRefusals(fused, ['exp into mul: expensive-producer-reused']);
  });

  test('duplication-limit: a product read at five shifted places is stored', () => {
    const slices = [0, 1, 2, 3, 4]
      .map((i) => `  %s${i} = array.slice %p [${i}:${i + 4}:1] : ${t} to tensor<4xf32>`)
      .join('\n');
    const sums = [1, 2, 3, 4]
      .map((i) => `  %a${i} = array.max ${i === 1 ? '%s0' : `%a${i - 1}`}, %s${i} : tensor<4xf32>`)
      .join('\n');
    const text = main(
      `%x: ${t}`,
      'tensor<4xf32>',
      `  %p = array.mul %x, %x : ${t}\n${slices}\n${sums}\n  return %a4 : tensor<4xf32>`,
    );
    expectRefusals(fuse(text), ['mul into max: duplication-limit']);
    expect(refusals(fuse(text, '{duplication-limit=5}'))).toEqual([]);
  });

  test('operand-limit: a sum of many arrays is cut', () => {
    const n = 9;
    const params = Array.from({ length: n }, (_, i) => `%x${i}: ${t}`).join(', ');
    const sums = Array.from(
      { length: n - 1 },
      (_, i) => `  %a${i + 1} = array.max ${i === 0 ? '%x0' : `%a${i}`}, %x${i + 1} : ${t}`,
    ).join('\n');
    const fused = fuse(main(params, t, `${sums}\n  return %a${n - 1} : ${t}`), '{max-operands=4}');
    for (const f of fused.fusions) expect(f.operandCount + f.resultCount).toBeLessThanOrEqual(4);
    expectRefusals(fused, [
      'max into max: operand-limit',
      'max into max: operand-limit',
      'max into max: operand-limit',
    ]);
  });

  test('code-size: a kernel has a limited number of operations', () => {
    const lines = Array.from({ length: 6 }, (_, i) => `  %v${i + 1} = array.neg %v${i} : ${t}`).join('\n');
    const fused = fuse(main(`%v0: ${t}`, t, `${lines}\n  return %v6 : ${t}`), '{max-ops=2}');
    expectRefusals(fused, ['neg into neg: code-size']);
    expect(fused.fusions.map((f) => bodyOps(f).length)).toEqual([3, 3]);
  });

  test('reduce-into-reduce: a sum of row maxima is two kernels', () => {
    const fused = fuse(
      main(
        `%x: ${full}`,
        'tensor<f32>',
        `  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.reduce max %x init %z dims = [1] : ${full}, tensor<f32> to tensor<4xf32>
  %1 = array.reduce add %0 init %z dims = [0] : tensor<4xf32>, tensor<f32> to tensor<f32>
  return %1 : tensor<f32>`,
      ),
    );
    expectRefusals(fused, ['reduce into reduce: reduce-into-reduce']);
  });

  test('full-reduction: the maximum of all is known before the first difference', () => {
    const fused = fuse(
      main(
        `%x: ${t}`,
        t,
        `  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.reduce max %x init %z dims = [0] : ${t}, tensor<f32> to tensor<f32>
  %1 = array.broadcast %0 dims = [] : tensor<f32> to ${t}
  %2 = array.sub %x, %1 : ${t}
  return %2 : ${t}`,
      ),
    );
    expectRefusals(fused, ['reduce into sub: full-reduction']);
  });

  test('not-row-wise: column sums and the rows that use them are two kernels', () => {
    const fused = fuse(
      main(
        `%x: ${full}`,
        full,
        `  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.reduce add %x init %z dims = [0] : ${full}, tensor<f32> to ${t}
  %1 = array.broadcast %0 dims = [1] : ${t} to ${full}
  %2 = array.sub %x, %1 : ${full}
  return %2 : ${full}`,
      ),
    );
    expectRefusals(fused, ['reduce into sub: not-row-wise']);
  });

  test('would-create-cycle: a kernel does not wait for what waits for it', () => {
    // The row sums go to another kernel (through a reshape), whose result the normalisation needs.
    const fused = fuse(
      main(
        `%x: ${full}`,
        full,
        `  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.reduce add %x init %z dims = [1] : ${full}, tensor<f32> to tensor<4xf32>
  %1 = array.reshape %0 : tensor<4xf32> to tensor<2x2xf32>
  %2 = array.dot_general %1, %1 contract = [1] x [0] : tensor<2x2xf32>, tensor<2x2xf32> -> tensor<2x2xf32>
  %3 = array.reshape %2 : tensor<2x2xf32> to tensor<4xf32>
  %4 = array.broadcast %0 dims = [0] : tensor<4xf32> to ${full}
  %5 = array.broadcast %3 dims = [0] : tensor<4xf32> to ${full}
  %6 = array.sub %x, %4 : ${full}
  %7 = array.max %6, %5 : ${full}
  return %7 : ${full}`,
      ),
    );
    expect(refusals(fused)).toContain('reduce into max: would-create-cycle');
    seen.add('would-create-cycle');
  });

  test('would-create-cycle: also when what waits is computed in both kernels', () => {
    const row = 'tensor<4xf32>';
    const fused = fuse(
      main(
        `%x: ${full}`,
        row,
        `  %low = array.constant dense<0xFF800000> : tensor<f32>
  %0 = array.div %x, %x : ${full}
  %1 = array.neg %0 : ${full}
  %2 = array.reduce max %1 init %low dims = [1] : ${full}, tensor<f32> to ${row}
  %3 = array.reduce max %1 init %low dims = [0, 1] : ${full}, tensor<f32> to tensor<f32>
  %4 = array.broadcast %3 dims = [] : tensor<f32> to ${row}
  %5 = array.add %4, %2 : ${row}
  return %5 : ${row}`,
      ),
    );
    expect(refusals(fused)).toContain('div into add: would-create-cycle');
  });

  test('opaque: the result of an op without a loop form is loaded', () => {
    const OpaqueOp = defineOp({
      name: 'test.sort',
      summary: 'no loop form',
      operands: { x: AnyTensor },
      results: { y: AnyTensor },
    });
    const context = kernelContext();
    context.registerDialect(defineDialect({ name: 'test', summary: 'ops without a loop form', ops: [OpaqueOp] }));
    const module = parse(
      main(
        `%x: ${t}`,
        t,
        `  %0 = array.neg %x : ${t}\n  %1 = "test.sort"(%0) : (${t}) -> ${t}\n  %2 = array.abs %1 : ${t}\n  return %2 : ${t}`,
      ),
      context,
    );
    const { remarks } = runPasses(module, 'builtin.module(func.func(instruction-fusion))', passes);
    const { decisions } = fusionReport(remarks);
    expect(decisions.map((d) => `${name(d.producer)} ${d.verdict} ${d.reason}`)).toEqual(['sort refused opaque']);
    expect(
      functionNamed(module, 'main')
        .region(0)
        .entry.ops.map((op) => op.name),
    ).toEqual(['array.fusion', 'test.sort', 'array.fusion', 'func.return']);
    seen.add('opaque');
  });

  test('fuel: decisions beyond the limit are not taken, those before are the same', () => {
    const text = softmaxProgram(6, 40);
    const all = fuse(text).decisions;
    for (const n of [0, 1, 3, 5]) {
      const some = fuse(text, `{max-decisions=${n}}`);
      expect(some.decisions.slice(0, n)).toEqual(all.slice(0, n));
      expect(some.decisions.filter((d) => d.verdict !== 'refused')).toHaveLength(n);
      expect(some.decisions.slice(n).every((d) => d.reason === 'fuel')).toBe(true);
    }
    seen.add('fuel');
  });

  test('no reason is left without a test', () => {
    expect([...seen].sort()).toEqual((Object.keys(FUSION_REFUSALS) as FusionRefusal[]).sort());
  });
});

test('an unknown target is an error that names the nearest, unless the limit is given', () => {
  const text = main('%x: tensor<4xf32>', 'tensor<4xf32>', '  return %x : tensor<4xf32>');
  const errors = (options: { target: string; 'max-operands'?: number }) => {
    const module = parse(text);
    const manager = new PassManager(pipeline('builtin.module', passItem(instructionFusion, options)));
    return module.context.diagnostics.collect(() => manager.run(module)).diagnostics.map((d) => [d.id, d.message]);
  };
  expect(errors({ target: 'wasm32-simd182' })).toEqual([
    ['instruction-fusion.target', `'func.func' op unknown target "wasm32-simd182"; did you mean "wasm32-simd128"?`],
  ]);
  expect(errors({ target: 'wasm32-simd182', 'max-operands': 8 })).toEqual([]);
  expect(errors({ target: 'wasm32-simd128' })).toEqual([]);
});
