import { bodyOps } from '@budflow/dialect-array';
import { PassManager, passItem, pipeline } from '@budflow/pass';
import { describe, expect, test } from 'vitest';
import { functionNamed, parse } from '../testing/kernels.js';
import { layerNormProgram, separableBlurProgram, softmaxProgram } from '../testing/known-programs.js';
import { runPasses } from '../testing/programs.js';
import { fusionReportToJson } from './fusion/report.js';
import { bodies, fuse, kinds, main, name, passes, refusals } from './fusion/testing/fuse.js';
import { instructionFusion } from './instruction-fusion.js';

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

test('an unknown target is an error that names the nearest, unless the limit is given', () => {
  const text = main('%x: tensor<4xf32>', 'tensor<4xf32>', '  return %x : tensor<4xf32>');
  const errors = (options: { target: string; 'max-operands'?: number }) => {
    const module = parse(text);
    const manager = new PassManager(pipeline('builtin.module', passItem(instructionFusion, options)));
    return module.context.diagnostics.collect(() => manager.run(module)).diagnostics.map((d) => [d.id, d.message]);
  };
  expect(errors({ target: 'wasm32-simd182' })).toEqual([
    [
      'pass.target',
      `'func.func' op cannot be given to pass 'instruction-fusion': unknown target "wasm32-simd182"; did you mean "wasm32-simd128"?`,
    ],
  ]);
  expect(errors({ target: 'wasm32-simd182', 'max-operands': 8 })).toEqual([]);
  expect(errors({ target: 'wasm32-simd128' })).toEqual([]);
});
