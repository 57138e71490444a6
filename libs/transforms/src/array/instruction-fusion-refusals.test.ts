// Why instruction-fusion leaves two ops apart: each reason has a program.
import { bodyOps } from '@budflow/dialect-array';
import { AnyTensor, defineDialect, defineOp } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { functionNamed, kernelContext, parse } from '../testing/kernels.js';
import { softmaxProgram } from '../testing/known-programs.js';
import { runPasses } from '../testing/programs.js';
import { FUSION_REFUSALS, type FusionRefusal, fusionReport } from './fusion/report.js';
import { bodies, type Fused, fuse, kinds, main, name, passes, refusals } from './fusion/testing/fuse.js';

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

  test('concatenation: a reduction does not run inside of a kernel that reads one', () => {
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
    expectRefusals(fused, ['reduce into neg: concatenation']);
    expect(bodies(fused)).toEqual(['reduce', 'exp concat neg']);
    expect(kinds(fused)).toEqual(['reduce', 'loop']);
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

  test('padding: a reduction, and what reads a padded tensor of unknown size, is another kernel', () => {
    const fused = fuse(
      main(
        `%x: ${t}, %y: tensor<?xf32>`,
        'tensor<f32>, tensor<?xf32>',
        `  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.pad %x low = [1] high = [1] value 0.0 : f32 : ${t} to tensor<10xf32>
  %1 = array.reduce add %0 init %z dims = [0] : tensor<10xf32>, tensor<f32> to tensor<f32>
  %2 = array.pad %y low = [1] high = [1] value 0.0 : f32 : tensor<?xf32> to tensor<?xf32>
  %3 = array.neg %2 : tensor<?xf32>
  return %1, %3 : tensor<f32>, tensor<?xf32>`,
      ),
    );
    expectRefusals(fused, ['pad into neg: padding', 'pad into reduce: padding']);
  });

  test('padding: a tensor in too many pieces is put together in memory', () => {
    const row = 'tensor<1x4xf32>';
    const rows = (n: number) =>
      fuse(
        main(
          `%x: ${row}`,
          `tensor<${n}x4xf32>`,
          `  %0 = array.concat ${Array(n).fill('%x').join(', ')} dim = 0 : ${Array(n).fill(row).join(', ')} to tensor<${n}x4xf32>
  %1 = array.neg %0 : tensor<${n}x4xf32>
  return %1 : tensor<${n}x4xf32>`,
        ),
      );
    expectRefusals(rows(27), []);
    expectRefusals(rows(28), ['concat into neg: concatenation']);
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
