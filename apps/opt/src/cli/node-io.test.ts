// Files on disk: messages, and replacing a file at once.
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeAtomically } from './atomic-write.js';
import { FileError } from './errors.js';
import { nodeIo } from './node-io.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bud-io-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
const text = (name: string) => readFileSync(at(name), 'utf8');
const isRoot = process.getuid?.() === 0;

describe('writing', () => {
  it('makes a file, or replaces all of it, and leaves nothing beside it', () => {
    writeAtomically(at('a'), 'long content');
    writeAtomically(at('a'), new Uint8Array([0x68, 0x69]));
    expect(text('a')).toBe('hi');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('never shows half of a file: a reader that has it open keeps the old one', () => {
    writeFileSync(at('a'), 'old');
    const before = statSync(at('a')).ino;
    writeAtomically(at('a'), 'new');
    expect(statSync(at('a')).ino).not.toBe(before);
  });

  it('keeps permissions, links, and what is no file', () => {
    writeFileSync(at('a'), 'old');
    chmodSync(at('a'), 0o640);
    symlinkSync('a', at('link'));
    writeAtomically(at('link'), 'new');
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true);
    expect(text('a')).toBe('new');
    expect(statSync(at('a')).mode & 0o777).toBe(0o640);
    writeAtomically('/dev/null', 'gone');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it.skipIf(isRoot)('does not touch a write-protected file or a read-only folder', () => {
    writeFileSync(at('a'), 'old');
    chmodSync(at('a'), 0o400);
    expect(() => nodeIo().writeFile(at('a'), 'new')).toThrow(/permission denied/);
    expect(text('a')).toBe('old');
    mkdirSync(at('fixed'));
    chmodSync(at('fixed'), 0o500);
    expect(() => nodeIo().writeFile(at('fixed/b'), 'new')).toThrow(/permission denied; choose a path/);
    chmodSync(at('fixed'), 0o700);
    expect(readdirSync(at('fixed'))).toEqual([]);
  });

  it('leaves the old file when the new one cannot be finished', () => {
    mkdirSync(at('a'));
    expect(() => writeAtomically(at('a'), 'new')).toThrow(/EISDIR/);
    expect(readdirSync(folder)).toEqual(['a']);
  });
});

describe('messages', () => {
  const message = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      expect(error).toBeInstanceOf(FileError);
      return (error as FileError).message;
    }
    return expect.fail('nothing was thrown');
  };

  it('say what is wrong with a path', () => {
    const io = nodeIo();
    writeFileSync(at('file'), '');
    expect(message(() => io.readFile(at('none')))).toBe(`cannot read '${at('none')}': no such file`);
    expect(message(() => io.readFile(folder))).toBe(`cannot read '${folder}': it is a directory`);
    expect(message(() => io.readFile(at('file/x')))).toContain('a part of the path is a file, not a directory');
    expect(message(() => io.writeFile(folder, ''))).toBe(`cannot write '${folder}': it is a directory`);
    expect(message(() => io.writeFile(at('no/x'), ''))).toBe(
      `cannot write '${at('no/x')}': there is no directory '${at('no')}'`,
    );
    expect(message(() => io.readFile(at('x'.repeat(300))))).toContain('the name is too long');
  });

  it('can name the neighbours of a path', () => {
    writeFileSync(at('a.mlir'), '');
    expect(nodeIo().neighbours(at('b.mlir'))).toEqual(['a.mlir']);
    expect(nodeIo().neighbours(at('no/b.mlir'))).toEqual([]);
  });
});
