import { expect, test } from 'vitest';
import { transform } from './testing/functions.js';
import { topologicalSort } from './topological-sort.js';

const graph = (body: string) => transform(`builtin.module {\n${body}\n}`, 'topological-sort', topologicalSort);

test('puts definitions in front of uses, nested ones included, and moves nothing else', () => {
  const done = graph(`"t.last"(%b) : (i32) -> ()
    %b = "t.b"(%a, %c) : (i32, i32) -> i32
    "t.region"() ({
      "t.inner"(%d) : (i32) -> ()
    }) : () -> ()
    %c = "t.c"() : () -> i32
    %a = "t.a"(%c) : (i32) -> i32
    %d = "t.d"() : () -> i32`);
  expect(done.lines.flatMap((l) => /"t\.(\w+)"/.exec(l)?.[1] ?? [])).toEqual([
    'c',
    'a',
    'b',
    'last',
    'd',
    'region',
    'inner',
  ]);
  expect(done.statistics['num-sorted']).toBe(1);
});

test('a block in order stays as it is, and a cycle is reported', () => {
  expect(graph('%a = "t.a"() : () -> i32\n"t.b"(%a) : (i32) -> ()').statistics['num-sorted']).toBe(0);
  const cyclic = graph('%a = "t.a"(%b) : (i32) -> i32\n%b = "t.b"(%a) : (i32) -> i32');
  expect(cyclic.remarks.map((r) => r.name)).toEqual(['cycle']);
});

test('a long chain needs no deep stack', () => {
  const n = 20_000;
  const chain = Array.from({ length: n }, (_, i) => `%v${n - i} = "t.x"(%v${n - i - 1}) : (i32) -> i32`);
  const done = graph([...chain, '%v0 = "t.first"() : () -> i32'].join('\n'));
  expect(done.lines.findIndex((l) => l.includes('t.first'))).toBeLessThan(4);
});
