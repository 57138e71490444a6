// Changed IRDL texts: each is read, verified and loaded, or answered with diagnostics; and so is a text that uses what
// was loaded. Nothing throws.
import { Context, parseModule, printModule, verify } from '@budflow/ir';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { registerCoreDialects } from '../register.js';
import { irdlDialect } from './dialect.js';
import { loadIrdl } from './load.js';

const IRDL = `irdl.dialect @d {
  irdl.type @t {
    %0 = irdl.is f32
    %1 = irdl.base "!builtin.integer"
    %2 = irdl.any_of(%0, %1)
    irdl.parameters(a: %2)
  }
  irdl.attribute @a
  irdl.operation @o {
    %0 = irdl.any
    %1 = irdl.parametric @d::@t<%0>
    %2 = irdl.all_of(%0, %1)
    %3 = irdl.region(%1) with size 1
    %4 = irdl.base @a
    irdl.operands(x: %1, y: optional %2, z: variadic %1)
    irdl.results(%0)
    irdl.attributes {
      "k" = %4
    }
    irdl.regions(%3)
  }
}
`;
const USE = `%i = "x.a"() : () -> !d.t<i32>
%r = "d.o"(%i, %i) ({
^bb0(%b: !d.t<i32>):
  "x.end"() : () -> ()
}) {k = #d.a, operandSegmentSizes = array<i32: 1, 0, 1>} : (!d.t<i32>, !d.t<i32>) -> i32
`;
const PIECES = [
  '%0',
  '@t',
  '@d::',
  '<',
  '>',
  '(',
  ')',
  ',',
  ':',
  'optional ',
  'irdl.any',
  'irdl.is ',
  ' = ',
  '{',
  '}',
  '"',
  '!d.t',
  '#d.a',
  '0',
  '\n',
];

const change = fc.record({
  at: fc.nat(),
  length: fc.integer({ min: 0, max: 12 }),
  piece: fc.oneof(fc.constant(''), fc.constantFrom(...PIECES), fc.string({ maxLength: 3 })),
});
function changed(text: string, changes: readonly { at: number; length: number; piece: string }[]): string {
  let result = text;
  for (const { at, length, piece } of changes) {
    const start = at % (result.length + 1);
    result = result.slice(0, start) + piece + result.slice(start + length);
  }
  return result;
}

/** What became of it: how far it came, or the first diagnostic. */
function outcome(irdl: string, use: string): string {
  const context = new Context();
  registerCoreDialects(context);
  context.registerDialect(irdlDialect);
  const { result, diagnostics } = context.diagnostics.collect(() => {
    const module = parseModule(irdl, context);
    if (!module || !verify(module)) return 'bad';
    const printed = printModule(module);
    expect(printModule(parseModule(printed, context)!)).toBe(printed);
    if (!loadIrdl(module, context)) return 'not loaded';
    context.allowUnregistered = true;
    const user = parseModule(use, context);
    return user && verify(user) ? 'used' : 'misused';
  });
  const hook = diagnostics.find((d) => d.id === 'parse.hook-failed');
  if (hook) throw new Error(`a hook failed: ${hook.message}`);
  expect(result === 'used').toBe(diagnostics.every((d) => d.severity !== 'error'));
  return result;
}

it('accepts the texts as they are', () => {
  expect(outcome(IRDL, USE)).toBe('used');
});
it('answers changed definitions and changed uses', () => {
  const seen = new Map<string, number>();
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  const changes = fc.array(change, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(changes, (list) => {
      count(outcome(changed(IRDL, list), USE));
      count(outcome(IRDL, changed(USE, list)));
    }),
    { numRuns: 600, seed: 4 },
  );
  for (const what of ['bad', 'used', 'misused']) expect(seen.get(what), what).toBeGreaterThan(20);
});
