// --emit=wasm and wat.
import { describe, expect, it } from 'vitest';
import { runInProcess } from '../testing/fake-io.js';
import { optMain } from './main.js';

const PROGRAM = `func.func @main(%x: tensor<64xf32>) -> tensor<64xf32> {
  %0 = array.add %x, %x : tensor<64xf32>
  return %0 : tensor<64xf32>
}
`;
const opt = (argv: readonly string[], terminal = false) =>
  runInProcess('bud-opt', optMain, argv, { files: { 'f.mlir': PROGRAM }, terminal });
const FLAGS = ['f.mlir', '-O2', '--target=wasm32-simd128'];

describe('WebAssembly', () => {
  it('is emitted as a module that exports the kernels', async () => {
    const { code, err, world } = await opt([...FLAGS, '--emit=wasm', '-o', 'f.wasm']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const bytes = world.files.get('f.wasm')!;
    const module = new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);
    expect(WebAssembly.Module.exports(module).map((e) => e.name)).toEqual(['main_k0']);
    const same = await opt([...FLAGS, '--emit=wasm']);
    expect(same.world.outBytes()).toEqual(new Uint8Array(bytes));
  });

  it('is emitted as text', async () => {
    const { code, out } = await opt([...FLAGS, '--emit=wat']);
    expect(code).toBe(0);
    expect(out).toMatch(/^\(module/);
    expect(out).toContain('f32x4.add');
    expect(out).toContain('(export "main_k0"');
  });

  it('is not written to a terminal', async () => {
    expect(await opt([...FLAGS, '--emit=wasm'], true)).toMatchObject({ code: 2, out: '' });
  });

  it('needs kernels, and a target that has WebAssembly', async () => {
    expect(await opt(['f.mlir', '--emit=wat'])).toMatchObject({
      code: 1,
      err: 'bud-opt: error: the module has no kernel functions to emit: lower it first, for example with -O3\n',
    });
    const native = await opt(['f.mlir', '-O2', '--target=x86-64-v3', '--emit=wasm']);
    expect(native.code).toBe(1);
    expect(native.err).toContain("target 'x86-64-v3' is not one of the wasm backend's");
  });
});
