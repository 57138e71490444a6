// --irdl-file: dialects defined as text.
import { describe, expect, it } from 'vitest';
import { runInProcess } from '../testing/fake-io.js';
import { optMain } from './main.js';

const CMATH = `irdl.dialect @cmath {
  irdl.type @complex {
    %0 = irdl.is f32
    %1 = irdl.is f64
    %2 = irdl.any_of(%0, %1)
    irdl.parameters(elem: %2)
  }
  irdl.operation @norm {
    %0 = irdl.any
    %1 = irdl.parametric @complex<%0>
    irdl.operands(%1)
    irdl.results(%0)
  }
}
`;
const program = (result: string) => `func.func @f(%a: !cmath.complex<f32>) -> ${result} {
  %0 = "cmath.norm"(%a) : (!cmath.complex<f32>) -> ${result}
  return %0 : ${result}
}
`;
const opt = (argv: readonly string[], files: Record<string, string>) =>
  runInProcess('bud-opt', optMain, argv, { files: { 'cmath.irdl.mlir': CMATH, ...files } });

describe('--irdl-file', () => {
  it('makes the dialects of a file known', async () => {
    const files = { 'f.mlir': program('f32') };
    const { code, out, err } = await opt(['--irdl-file=cmath.irdl.mlir', 'f.mlir'], files);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('"cmath.norm"(%arg0) : (!cmath.complex<f32>) -> f32');
    expect((await opt(['f.mlir'], files)).err).toContain("of unregistered dialect 'cmath'");
  });
  it('makes them known to every part of a split input', async () => {
    const text = `${program('f32')}// -----\n${program('f32')}`;
    const { code } = await opt(['--irdl-file=cmath.irdl.mlir', '--split-input-file', 'f.mlir'], { 'f.mlir': text });
    expect(code).toBe(0);
  });
  it('verifies with them, and shows the definition', async () => {
    const { code, err } = await opt(['--irdl-file=cmath.irdl.mlir', 'f.mlir'], { 'f.mlir': program('f64') });
    expect(code).toBe(1);
    expect(err).toContain("f.mlir:2:8: error: 'cmath.norm' op result #0: expected 'f32' but got 'f64'");
    expect(err).toContain('cmath.irdl.mlir:8:3: note: defined here');
  });
  it('says what is wrong with the file', async () => {
    const { code, err } = await opt(['--irdl-file=bad.mlir', 'f.mlir'], {
      'f.mlir': '',
      'bad.mlir': 'irdl.dialect @arith',
    });
    expect(code).toBe(1);
    expect(err).toContain('--irdl-file=bad.mlir: the dialects cannot be loaded');
    expect(err).toContain("bad.mlir:1:1: error: 'irdl.dialect' op dialect 'arith' is registered already");
    expect((await opt(['--irdl-file=none.mlir', 'f.mlir'], { 'f.mlir': '' })).code).not.toBe(0);
  });
  it('reads and prints irdl itself', async () => {
    expect((await opt(['cmath.irdl.mlir'], {})).out).toContain('irdl.parameters(elem: %2)');
  });
});
