// Bytes of valid files are changed at random: the parser answers with a module or with one diagnostic, soon, and what
// it accepts prints to text that it accepts again and prints the same.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Context, parseModule, printModule, renderDiagnostic } from '../index.js';
import { generateModule, random } from '../testing/generate-module.js';
import { difference } from '../testing/same-structure.js';
import { TestDialect } from '../testing/test-dialect.js';

const folder = join(import.meta.dirname, '../../test-data');
const encoder = new TextEncoder();

const CUSTOM = `
module attributes {x = 1} {
  test.func "f" {
  ^bb0(%a: i32, %m: memref<4xf32>, %i: index):
    %c = test.constant 5 : i32
    %s = test.add %a, %c flags("wrap") {note} : i32
    %p = test.cmp lt, %s, %c : i32
    %v = test.load %m[%i] nontemporal : memref<4xf32>
    %w = test.select %p, %a, %c : i32
    test.cond_br %p, ^bb1(%w : i32), ^bb2
  ^bb1(%b: i32):
    %r:2 = test.if %p -> i32, i32 {
      test.yield %b, %b : i32, i32
    } else {
      test.yield %r_1, %b : i32, i32
    }
    %r_1 = test.constant 7 : i32
    test.options 3, true ratio 2.0 call @f "name" sizes = [1, 2] map affine_map<(d0) -> (d0)> fast inplace as i32
    return %r#1 : i32
  ^bb2:
    %q = test.call @f(%a) : (i32) -> i32
    test.br ^bb1(%q : i32)
  }
  test.graph {
    %0 = "other.x"(%1) : (i32) -> i32
    %1 = "other.x"(%0) : (i32) -> i32
  }
}
`;

function freshContext(): Context {
  const context = new Context();
  context.allowUnregistered = true;
  context.registerDialect(TestDialect);
  return context;
}

const seeds: Uint8Array[] = [
  ...readdirSync(folder).map((f) => readFileSync(join(folder, f))),
  encoder.encode(CUSTOM),
  encoder.encode(generateModule(60).replaceAll('"test.', '"other.')),
];
const PIECES = [
  '%',
  '^bb0',
  '#',
  '!',
  '@',
  '"',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '<',
  '>',
  '->',
  '::',
  'x',
  '-',
  '0x',
  '.',
  'loc(',
  '//',
  '\n',
  '\0',
  '\xff',
  'dense<',
  ' : ',
  'tensor<',
  '99999999999',
  '= ',
  '({',
  '{-#',
  '#-}',
  'affine_map<',
  'i32',
  '#0',
  ':2',
].map((p) => Uint8Array.from(p, (c) => c.charCodeAt(0)));

function mutate(source: Uint8Array, next: (below: number) => number): Uint8Array {
  let bytes = Uint8Array.from(source);
  for (let n = 1 + (next(3) >> 1); n > 0; n--) {
    const at = next(bytes.length + 1);
    const piece = PIECES[next(PIECES.length)]!;
    switch (next(8)) {
      case 0: // another byte
        if (at < bytes.length) bytes[at] = next(256);
        break;
      case 1: // without some bytes
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1 + next(12))]);
        break;
      case 2: // with a piece of syntax
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...piece, ...bytes.subarray(at)]);
        break;
      case 3: {
        // with a copy of another part
        const from = next(bytes.length);
        bytes = Uint8Array.from([
          ...bytes.subarray(0, at),
          ...bytes.subarray(from, from + 1 + next(40)),
          ...bytes.subarray(at),
        ]);
        break;
      }
      case 4: // cut short
        if (next(4) === 0) bytes = bytes.subarray(0, at);
        break;
      default: {
        // another digit or letter for one
        const swap = bytes.findIndex((c, i) => i >= at && ((c >= 0x30 && c < 0x39) || (c >= 0x61 && c < 0x7a)));
        if (swap >= 0) bytes[swap]! += 1;
      }
    }
  }
  return bytes;
}

/** What became of a text: 'module' or the id of the diagnostic. */
function check(bytes: Uint8Array, context: Context = freshContext()): string {
  // Processor time, in microseconds: the machine may be busy.
  const start = process.cpuUsage();
  const { result, diagnostics } = context.diagnostics.collect(() => parseModule(bytes, context));
  expect(process.cpuUsage(start).user).toBeLessThan(2e6);
  if (!result) {
    expect(diagnostics).toHaveLength(1);
    expect(renderDiagnostic(context, diagnostics[0]!)).toContain('error: ');
    return diagnostics[0]!.id;
  }
  expect(diagnostics).toEqual([]);
  const printed = printModule(result, { generic: true });
  const again = context.diagnostics.collect(() => parseModule(printed, context));
  expect(again.diagnostics.map((d) => renderDiagnostic(context, d))).toEqual([]);
  expect(difference(result, again.result!)).toBeUndefined();
  expect(printModule(again.result!, { generic: true })).toBe(printed);
  return 'module';
}

describe('random changes', () => {
  it('starts from texts that are accepted', () => {
    expect(seeds.map((s) => check(s))).toEqual(seeds.map(() => 'module'));
  });
  it('answers 2,000 changed texts with a module or one diagnostic', () => {
    const outcomes = new Map<string, number>();
    for (let seed = 0; seed < 2000; seed++) {
      const next = random(seed * 7919 + 1);
      const bytes = mutate(seeds[seed % seeds.length]!, next);
      let outcome: string;
      try {
        outcome = check(bytes);
      } catch (error) {
        throw new Error(`seed ${seed}: ${(error as Error).message}\n${new TextDecoder().decode(bytes)}`, {
          cause: error,
        });
      }
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    // The changes must reach far: many accepted, many kinds of errors, and nothing that only an exception explains.
    expect(outcomes.get('module')).toBeGreaterThan(200);
    expect(outcomes.size).toBeGreaterThan(20);
    expect(outcomes.get('parse.hook-failed')).toBeUndefined();
  });
  it('answers every prefix of a file', () => {
    for (const seed of seeds) for (let n = 0; n < seed.length; n += 17) check(seed.subarray(0, n));
  });
});
