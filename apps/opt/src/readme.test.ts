// The commands of the README print what it says.
import { readFileSync } from 'node:fs';
import { encodeNpy } from '@budflow/runtime';
import { expect, it } from 'vitest';
import { optMain } from './opt/main.js';
import { runMain } from './run/main.js';
import { runInProcess } from './testing/fake-io.js';

it('runs the commands of the README', async () => {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const program = /```mlir\n(.*?)```/s.exec(text)?.[1] ?? '';
  const f32 = (...values: number[]) =>
    encodeNpy({ dtype: 'f32', shape: [values.length], data: Float32Array.from(values) });
  const files = { 'axpy.mlir': program, 'x.npy': f32(0, 1, 2, 3), 'y.npy': f32(10, 10, 10, 10) };
  const commands = [...text.matchAll(/```console\n(.*?)```/gs)].flatMap((block) =>
    (block[1] as string).split(/^\$ /m).slice(1),
  );
  expect(commands.length).toBeGreaterThan(5);
  for (const command of commands) {
    const [line, ...output] = command.split('\n');
    const [name, ...argv] = (line as string).split(' ');
    const ran = await runInProcess(name as string, name === 'bud-opt' ? optMain : runMain, argv, { files });
    expect(ran.err, line).toBe('');
    // The number of passes of the default pipeline is its own business.
    const plain = (out: string) => out.replace(/"passes":\d+/, '"passes":N');
    expect(plain(ran.out), line).toBe(plain(output.join('\n')));
  }
});
