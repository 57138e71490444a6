import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileAssembly } from './assembly-format.js';
import { parseModule } from './parser/parse.js';
import { printModule } from './printer.js';
import { testContext, testOps } from './testing/test-dialect.js';
import { verify } from './verifier.js';

// Broken modules must be printed and verified without exceptions, and sound ones must survive printing: shown on
// mutations of a text that uses everything.
const TEXT = `module {
  test.func "f" attributes {x.y = [1, "s", {a, b = 2.0 : f32}]} {
  ^bb0(%arg0: i1, %arg1: i32, %m: memref<?x4xf32>, %i: index):
    %c5_i32 = constant 5 : i32
    %0 = add %arg1, %c5_i32 flags(wrap) : i32
    %1 = cmp lt, %0, %arg1 : i32
    %2 = load %m[%i, %i] nontemporal : memref<?x4xf32>
    %3 = select %1, %2, %2 : f32
    %4:3 = "d.multi"(%3) ({
    ^bb0(%q: i32):
      "d.inner"(%q)[^bb1] {k = dense<[1, 2, 3]> : tensor<3xi8>} : (i32) -> ()
    ^bb1:
      "d.end"() : () -> ()
    }, {
    }) {m = affine_map<(d0)[s0] -> (d0 * 2 - s0)>, u} : (f32) -> (i32, f32, i1)
    %5 = if %1 -> i32 {
      test.yield %4#0 : i32
    } else {
      test.yield %0 : i32
    }
    options 4, true ratio 1.500000e+00 call @f "x" sizes = [1, -2] map affine_map<(d0, d1) -> (d1)> fast inplace as tensor<4xf32>
    %6 = call @f(%5, %1) : (i32, i1) -> f64
    region(%6) : (f64) -> () {
      "test.br"()[^bb1] : () -> ()
    ^bb1:
      test.yield
    }
    cond_br %arg0, ^bb1(%0 : i32), ^bb2
  ^bb1(%7: i32):
    br ^bb2
  ^bb2:
    return %arg1, %3 : i32, f32
  }
  test.graph {
    %a = "d.x"(%b) : (i32) -> i32
    %b = "d.x"(%a) : (i32) -> i32
    %first:2, %rest:2 = "test.multi"() : () -> (i32, f32, f32, i1)
  }
}
`;
const TOKEN = /[%^@]?[\w.]+|->|\S/g;
const TOKENS = [...new Set(TEXT.match(TOKEN))];

interface Edit {
  readonly kind: 'token' | 'delete-line' | 'move-line' | 'cut';
  readonly at: number;
  readonly to: number;
}

function mutate(edits: readonly Edit[]): string {
  let text = TEXT;
  for (const { kind, at, to } of edits) {
    const lines = text.split('\n');
    if (kind === 'token') {
      const tokens = [...text.matchAll(TOKEN)];
      const token = tokens[at % tokens.length]!;
      text = text.slice(0, token.index) + TOKENS[to % TOKENS.length] + text.slice(token.index + token[0].length);
    } else if (kind === 'cut') text = text.slice(0, at % text.length) + text.slice((at % text.length) + (to % 5));
    else {
      const [line] = lines.splice(at % lines.length, 1);
      if (kind === 'move-line') lines.splice(to % lines.length, 0, line!);
      text = lines.join('\n');
    }
  }
  return text;
}

function read(text: string) {
  const context = testContext();
  const { result, diagnostics } = context.diagnostics.collect(() => parseModule(text, context));
  return { module: result, messages: diagnostics.map((d) => d.message) };
}

describe('text', () => {
  it('of the test module is a fixpoint, in custom and in generic form', () => {
    const { module, messages } = read(TEXT);
    expect(messages).toEqual([]);
    expect(
      module!.context.diagnostics.collect(() => verify(module!, { useLists: true })).diagnostics.map((d) => d.message),
    ).toEqual([]);
    const custom = printModule(module!);
    expect(printModule(read(custom).module!)).toBe(custom);
    for (const properties of [false, true]) {
      const generic = printModule(module!, { generic: true, properties });
      const again = read(generic).module!;
      expect(printModule(again, { generic: true, properties })).toBe(generic);
      expect(printModule(again)).toBe(custom);
    }
  });

  it('keeps locations', () => {
    const located = printModule(read(TEXT).module!, { locations: true });
    expect(printModule(read(located).module!, { locations: true })).toBe(located);
  });

  it('that is broken is verified and printed without exceptions, and what is sound reads back', () => {
    for (const op of testOps) if (op.spec.assembly) compileAssembly(op);
    const edit = fc.record<Edit>({
      kind: fc.constantFrom('token', 'delete-line', 'move-line', 'cut'),
      at: fc.nat(10_000),
      to: fc.nat(10_000),
    });
    let sound = 0;
    let broken = 0;
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        const { module } = read(mutate(edits));
        if (!module) return;
        const { result } = module.context.diagnostics.collect(() => verify(module, { useLists: true }));
        const custom = printModule(module);
        const generic = printModule(module, { generic: true });
        if (!result) {
          broken++;
          return;
        }
        sound++;
        for (const text of [custom, generic]) {
          const again = read(text);
          expect(again.messages).toEqual([]);
          expect(printModule(again.module!, { generic: true })).toBe(generic);
        }
      }),
      { numRuns: 3000 },
    );
    expect(sound).toBeGreaterThan(20);
    expect(broken).toBeGreaterThan(20);
  });
});
