import { describe, expect, it } from 'vitest';
import { Context, parseModule, printModule, renderDiagnostic } from '../index.js';

describe('smoke', () => {
  it('parses generic', () => {
    const ctx = new Context();
    ctx.allowUnregistered = true;
    const text = `
    #map = affine_map<(d0, d1)[s0] -> (d0 + s0, d1 mod 4)>
    !t = tensor<4x?xf32>
    %0:2 = "a.b"() {value = 5 : i32, x = [1, 2.5, "s"], m = #map, d = dense<[[1,2],[3,4]]> : tensor<2x2xi32>} : () -> (i32, !t)
    "a.c"(%0#1, %0, %f) ({
      ^bb0(%x: i32 loc("a":1:2)):
        %y = "a.d"(%x, %0) : (i32, i32) -> i32
        "cf.br"(%y)[^bb1] : (i32) -> ()
      ^bb1:
        "a.e"() : () -> () loc(#loc)
    }) <{p = unit}> {q = loc(fused["x", unknown])} : (!t, i32, vector<4x[8]xi8>) -> ()
    `.replace(/\(\{[\s\S]*?\}\) <\{p = unit\}>/, (m) => m.replace(/ <\{p = unit\}>/, '').replace(/^\(/, '<{p = unit}> (')) + `
    %f = "a.f"() : () -> vector<4x[8]xi8>
    #loc = loc("f.mlir":3:4)
    `;
    const { result, diagnostics } = ctx.diagnostics.collect(() => parseModule(text, ctx));
    expect(diagnostics.map((d) => renderDiagnostic(ctx, d))).toEqual([]);
    expect(printModule(result!, { generic: true })).toContain(`"a.d"(%arg0, %0#0) : (i32, i32) -> i32`);
  });
});
