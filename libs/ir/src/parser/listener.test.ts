import { describe, expect, it } from 'vitest';
import { Context } from '../context.js';
import type { Value } from '../value.js';
import { parseModule } from './parse.js';

const TEXT = `%a, %b:2 = "x.three"(%later) ({
^head(%arg: i32):
  "x.br"(%arg)[^head] : (i32) -> ()
}) : (i64) -> (i32, i8, i16)
%later = "x.one"(%b#1) : (i16) -> i64`;

function heard(text: string) {
  const context = new Context();
  context.allowUnregistered = true;
  const events: string[] = [];
  const values = new Map<number, Value>();
  const module = parseModule(text, context, {
    listener: {
      operationName: (info, start, end) => events.push(`name ${info.name} ${text.slice(start, end)}`),
      operation: (op, start, end) => events.push(`op ${op.name} ${start} ${end}`),
      definition(value, start, index) {
        values.set(start * 8 + index, value);
        events.push(`def ${text.slice(start, start + 2)}#${index}: ${value.type}`);
      },
      use: (value, start, index) => events.push(`use ${text.slice(start, start + 2)}#${index}: ${value.type}`),
      resolved: (from, to) => events.push(`resolved ${from.type === to.type && from !== to}`),
      block: (_, start, role) => events.push(`${role} ${text.slice(start, start + 5)}`),
    },
  });
  return { events, values, module };
}

describe('a parse listener', () => {
  it('hears of names, definitions, uses, blocks and whole operations in the order of the text', () => {
    const { events, values, module } = heard(TEXT);
    expect(events).toEqual([
      'name x.three "x.three"',
      'definition ^head',
      'def %a#0: i32',
      'name x.br "x.br"',
      'successor ^head',
      'use %a#0: i32',
      `op x.br ${TEXT.indexOf('"x.br"')} ${TEXT.indexOf('}) :')}`,
      'use %l#0: i64',
      `op x.three ${TEXT.indexOf('"x.three"')} ${TEXT.indexOf('%later =')}`,
      'def %a#0: i32',
      'def %b#0: i8',
      'def %b#1: i16',
      'name x.one "x.one"',
      'use %b#1: i16',
      `op x.one ${TEXT.indexOf('"x.one"')} ${TEXT.length}`,
      'def %l#0: i64',
      'resolved true',
    ]);
    const second = module!.region(0).entry.firstOp!;
    expect(values.get(TEXT.indexOf('%b:2') * 8 + 1)).toBe(second.result(2));
  });

  it('has heard what stands before an error', () => {
    const { events, module } = heard('%a = "x.a"() : () -> i32\n%b = "x.b"( oops');
    expect(module).toBeUndefined();
    expect(events).toContain('def %a#0: i32');
    expect(events.at(-1)).toBe('name x.b "x.b"');
  });
});
