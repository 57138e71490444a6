import { describe, expect, it } from 'vitest';
import { Context } from '../context.js';
import { PADDING } from './lexer.js';
import { parseModule } from './parse.js';

/** A module of more than a megabyte: comments, then one op. */
function large(behind: number): Uint8Array {
  const line = `// ${'x'.repeat(77)}\n`;
  const text = `${line.repeat(14_000)}"x.last"() : () -> ()`;
  const buffer = new Uint8Array(text.length + PADDING).fill(behind);
  new TextEncoder().encodeInto(text, buffer);
  return buffer.subarray(0, text.length);
}

function parse(bytes: Uint8Array): { context: Context; names: string[] } {
  const context = new Context();
  context.allowUnregistered = true;
  const names: string[] = [];
  parseModule(bytes, context, { file: 'a.mlir' })?.walk((op) => {
    names.push(op.name);
  });
  return { context, names };
}

/** The buffer the context keeps for messages. */
function kept(context: Context): ArrayBufferLike | undefined {
  return context.sources.sources[0]?.bytes.buffer;
}

describe('a large text in bytes', () => {
  it('is read where it is when zeros follow it', () => {
    const bytes = large(0);
    const { context, names } = parse(bytes);
    expect(names).toEqual(['builtin.module', 'x.last']);
    expect(kept(context)).toBe(bytes.buffer);
  });

  it('is copied when something else follows it, which is not read', () => {
    const bytes = large('x'.charCodeAt(0));
    const { context, names } = parse(bytes);
    expect(names).toEqual(['builtin.module', 'x.last']);
    expect(kept(context)).not.toBe(bytes.buffer);
  });
});

it('hex constants of a large text take the memory of their numbers, half of the text', () => {
  const n = 1 << 20;
  const digits = '0123456789ABCDEF'.repeat(n / 2);
  const text = `"x.first"() {a = dense<"0x${digits}"> : tensor<${n}xf32>} : () -> ()`;
  const buffer = new Uint8Array(text.length + PADDING);
  new TextEncoder().encodeInto(text, buffer);
  const before = process.memoryUsage().arrayBuffers;
  const { context, names } = parse(buffer.subarray(0, text.length));
  const taken = process.memoryUsage().arrayBuffers - before;
  expect(names).toEqual(['builtin.module', 'x.first']);
  expect(kept(context)).toBe(buffer.buffer);
  expect(taken).toBeLessThan(0.6 * text.length);
});
