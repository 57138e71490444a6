import { expect, it } from 'vitest';
import { AnyType } from '../constraints.js';
import { Context } from '../context.js';
import { defineDialect } from '../define-dialect.js';
import { defineOp, type OpSpec } from '../define-op.js';
import { parseModule } from '../parser/parse.js';
import { verify } from '../verifier.js';

/** How often `verify` of an op runs when a module with four of them, in two blocks, is verified twice. */
function timesVerified(verifyReads: OpSpec['verifyReads']): number {
  let times = 0;
  const op = defineOp({
    name: 't.op',
    summary: 'An op.',
    results: { r: AnyType },
    ...(verifyReads ? { verifyReads } : {}),
    verify(op) {
      times++;
      if (op.attr('wrong')) op.emitError('t.wrong', 'is wrong');
    },
  });
  const context = new Context();
  context.registerDialect(defineDialect({ name: 't', summary: 'Test.', ops: [op] }));
  context.allowUnregistered = true;
  const ops = '%a = "t.op"() : () -> i32\n%b = "t.op"() : () -> i32\n"x.end"() : () -> ()\n';
  const module = parseModule(`"x.a"() ({\n${ops}}) : () -> ()\n"x.b"() ({\n${ops}}) : () -> ()`, context)!;
  expect([verify(module), verify(module)]).toEqual([true, true]);
  const counted = times;
  module.region(0).entry.firstOp!.region(0).entry.firstOp!.setAttr('wrong', context.unitAttr);
  expect(context.diagnostics.collect(() => verify(module)).result).toBe(false);
  expect(context.diagnostics.collect(() => verify(module)).result).toBe(false);
  return counted;
}

it('an op is looked at every time unless it says what its checks read', () => {
  expect(timesVerified(undefined)).toBe(8);
});

it('one that reads its types and attributes only is looked at once, and again when it is another one', () => {
  expect(timesVerified('signature')).toBe(1);
});

it('one that reads symbols is looked at once in each block and verification', () => {
  expect(timesVerified('symbols')).toBe(4);
});
