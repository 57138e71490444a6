// Bisection names the pass that a bug is in, the passes it takes, and the application of the pattern.
import { type Context, definePattern } from '@budflow/ir';
import { definePass, nested, type PassDefinition, passItem, pipeline, printPipeline } from '@budflow/pass';
import { applyPatternsGreedily } from '@budflow/rewrite';
import { fixNumerics, instructionFusion } from '@budflow/transforms/array';
import { canonicalize, cse, dce } from '@budflow/transforms/general';
import { arrayToLoop } from '@budflow/transforms/loop';
import { bufferize } from '@budflow/transforms/memory';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadDialects } from '../compiler/dialects.js';
import { bisectPasses, bisectPatterns, describeCounters, describePasses } from './bisect.js';
import type { FailureTest } from './pipeline-failure.js';
import { SEEDED_BUGS } from './testing/seeded-bugs.js';

let newContext: () => Context;
beforeAll(async () => {
  ({ newContext } = await loadDialects({ all: true }));
});

const seeded = (name: string): PassDefinition => {
  const found = SEEDED_BUGS.find((bug) => bug.name === name);
  if (!found) throw new Error(`no bug '${name}'`);
  return found.pass;
};

// x - x shows only when cse has made one of the two products.
const HIDDEN = `func.func @main(%x: i32, %y: i32) -> i32 {
  %0 = arith.muli %x, %y : i32
  %1 = arith.muli %x, %y : i32
  %2 = arith.subi %0, %1 : i32
  return %2 : i32
}`;

describe('the pass', () => {
  it('is named, with the passes that the failure needs', () => {
    const wrong = passItem(seeded('fold-sub-wrongly'));
    const test: FailureTest = {
      newContext,
      pipeline: pipeline(
        'builtin.module',
        passItem(dce),
        nested('func.func', passItem(cse), passItem(dce)),
        wrong,
        passItem(dce),
      ),
      expect: { kind: 'miscompile' },
    };
    const verdict = bisectPasses(HIDDEN, test);
    expect(verdict).toMatchObject({ position: 4, pass: { pass: { name: 'fold-sub-wrongly' } } });
    expect(printPipeline(verdict.needed)).toBe('builtin.module(func.func(cse),fold-sub-wrongly)');
    expect(describePasses(verdict)).toBe(
      'introduced by pass 4: fold-sub-wrongly\nneeds: builtin.module(func.func(cse),fold-sub-wrongly)\n',
    );
  });

  it('is found where tensors have become buffers and kernels', () => {
    const wrong = definePass({
      name: 'sub-becomes-add',
      summary: 'has a bug, for tests',
      run: (op) =>
        op.walk((inner) => {
          if (inner.name === 'arith.subf') inner.info = inner.context.opInfo('arith.addf');
        }),
    });
    const lowering = [fixNumerics, instructionFusion, bufferize, arrayToLoop].map((pass) => passItem(pass));
    const test: FailureTest = {
      newContext,
      pipeline: pipeline('builtin.module', ...lowering, passItem(wrong), passItem(cse)),
      expect: { kind: 'miscompile' },
    };
    const text = `func.func @main(%x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32> {
  %0 = array.sub %x, %y : tensor<?xf32>
  %1 = array.mul %0, %y : tensor<?xf32>
  return %1 : tensor<?xf32>
}`;
    expect(bisectPasses(text, test)).toMatchObject({ position: 5, pass: { pass: { name: 'sub-becomes-add' } } });
    const right = { ...test, pipeline: pipeline('builtin.module', ...lowering, passItem(cse)) };
    expect(bisectPasses(text, right).pass).toBeUndefined();
  });

  it('is none when all are right', () => {
    const test: FailureTest = {
      newContext,
      pipeline: pipeline('builtin.module', passItem(cse), passItem(canonicalize)),
      expect: { kind: 'miscompile' },
    };
    expect(bisectPasses(HIDDEN, test).pass).toBeUndefined();
    expect(describePasses(bisectPasses(HIDDEN, test))).toContain('does not show');
  });
});

/** Wrong, but for 2 * 2 == 2 + 2. */
const productAsSum = definePattern({
  name: 'product-as-sum',
  root: 'arith.muli',
  equation: 'x * y == x + y',
  rewrite(op, rewriter) {
    const add = op.context.opInfo('arith.addi');
    const made = rewriter.insert(op.clone());
    made.info = add;
    rewriter.replaceOp(op, made.results);
    return true;
  },
});
const withPatterns = definePass({
  name: 'with-patterns',
  summary: 'has a wrong pattern, for tests',
  run: (op) => void applyPatternsGreedily(op, [productAsSum]),
});

describe('the application of a pattern', () => {
  const text = `func.func @main(%x: i32, %m: memref<1xi32>) -> i32 {
  %c0 = arith.constant 0 : index
  %a = arith.muli %x, %x : i32
  %b = arith.muli %a, %x : i32
  %f = arith.andi %b, %x : i32
  memory.store %f, %m[%c0] : memref<1xi32>
  %d = arith.muli %x, %b : i32
  return %d : i32
}`;
  it('is found by halving', () => {
    const test: FailureTest = {
      newContext,
      pipeline: pipeline('builtin.module', passItem(withPatterns)),
      expect: { kind: 'miscompile' },
    };
    const verdicts = bisectPatterns(text, test);
    const verdict = verdicts.find((v) => v.name === 'product-as-sum');
    expect(verdict).toMatchObject({ application: 0, applications: 3 });
    expect(describeCounters(verdicts)).toContain(
      'introduced by application 1 of 3 of product-as-sum: it shows with --debug-counter=product-as-sum:0:1\n',
    );
    expect(verdicts.map((v) => v.name)).toContain('with-patterns');
  });

  it('may be a late one', () => {
    // The first and the second do no harm.
    const harmless = `func.func @main(%x: i32) -> i32 {
  %c2 = arith.constant 2 : i32
  %a = arith.muli %c2, %c2 : i32
  %b = arith.muli %c2, %c2 : i32
  %s = arith.addi %a, %b : i32
  %d = arith.muli %x, %s : i32
  return %d : i32
}`;
    const once = definePass({
      name: 'once',
      summary: 'a wrong pattern without folding, for tests',
      run: (op) =>
        op.walk((inner) => {
          const { gate } = inner.context;
          if (inner.name === 'arith.muli' && (gate === null || gate.shouldExecute('mul-to-add', inner)))
            inner.info = inner.context.opInfo('arith.addi');
        }),
    });
    const test: FailureTest = {
      newContext,
      pipeline: pipeline('builtin.module', passItem(once)),
      expect: { kind: 'miscompile' },
    };
    expect(bisectPatterns(harmless, test)).toContainEqual({ name: 'mul-to-add', application: 2, applications: 3 });
    expect(describeCounters(bisectPatterns(harmless, test))).toContain(
      'it shows with --debug-counter=mul-to-add:0:3, not with --debug-counter=mul-to-add:0:2',
    );
  });

  it('is none when nothing fails', () => {
    const test: FailureTest = {
      newContext,
      pipeline: pipeline('builtin.module', passItem(canonicalize)),
      expect: { kind: 'miscompile' },
    };
    expect(bisectPatterns(text, test)).toEqual([]);
    expect(describeCounters([])).toContain('no pattern');
  });
});
