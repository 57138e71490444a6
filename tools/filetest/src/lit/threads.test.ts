// The built command: tests on threads, those that hang, and what they started.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const isBuilt = existsSync(join(root, 'tools', 'filetest', 'dist', 'lit', 'worker.js'));
const command = (name: string) => join(root, 'tools', 'filetest', 'bin', name);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'filetest-threads-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const node = (script: string, args: readonly string[], input = '') =>
  spawnSync(process.execPath, [script, ...args], { cwd: folder, input, encoding: 'utf8' });

// `npm test` builds first.
describe.skipIf(!isBuilt)('the built command', () => {
  it('runs tests on several threads, and stops one that takes too long with all it started', () => {
    const pidFile = join(folder, 'pid');
    writeFileSync(join(folder, 'good.mlir'), '// RUN: bud-opt %s | bud-filecheck %s\n// CHECK: module\n');
    writeFileSync(join(folder, 'bad.mlir'), '// RUN: bud-opt %s | bud-filecheck %s\n// CHECK: nothing like it\n');
    const hang = `require("fs").writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000)`;
    writeFileSync(join(folder, 'late.mlir'), `// RUN: '${process.execPath}' -e '${hang}'\n`);
    const { status, stdout } = node(command('filetest.js'), [folder, '--jobs=2', '--timeout=2']);
    expect(status).toBe(1);
    expect(stdout).toMatch(/FAIL: bad\.mlir/);
    expect(stdout).toMatch(/FAIL: late\.mlir/);
    expect(stdout).toMatch(/took longer than 2 s/);
    expect(stdout).toMatch(/(?:1 pass, 2 fail|2 fail, 1 pass)\n$/);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });

  it('bud-filecheck has exit codes for what holds, fails, and is wrong', () => {
    writeFileSync(join(folder, 'checks'), 'CHECK: a\nCHECK-NEXT: b\n');
    expect(node(command('bud-filecheck.js'), ['checks'], 'a\nb\n')).toMatchObject({ status: 0, stderr: '' });
    const failed = node(command('bud-filecheck.js'), ['checks'], 'a\nbc\nc\n'.replace('bc', 'd'));
    expect(failed.status).toBe(1);
    expect(failed.stderr).toContain('checks:2:13: error: CHECK-NEXT: expected string not found in input');
    expect(node(command('bud-filecheck.js'), [], 'a\n')).toMatchObject({ status: 2 });
    expect(node(command('bud-filecheck.js'), ['no-such-file'], 'a\n').stderr).toContain("cannot read 'no-such-file'");
  });
});
