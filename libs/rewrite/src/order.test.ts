import { Context, definePattern, parseModule } from '@budflow/ir';
import { expect, test } from 'vitest';
import { applyPatternsGreedily, type GreedyOptions } from './greedy.js';

/** Names of the ops in the order in which a pattern is asked about them; it says no to all. */
function visited(options: GreedyOptions): string[] {
  const context = new Context();
  context.allowUnregistered = true;
  const module = parseModule(
    '"t.first"() : () -> ()\n"t.second"() ({\n"t.inner"() : () -> ()\n}) : () -> ()\n"t.third"() : () -> ()',
    context,
  );
  const names: string[] = [];
  const ask = definePattern({
    name: 'ask',
    root: null,
    rewrite(op) {
      names.push(op.name.slice(2));
      return false;
    },
  });
  applyPatternsGreedily(module!, [ask], options);
  return names;
}

test('ops are visited in program order, or from the end', () => {
  expect(visited({})).toEqual(['first', 'second', 'inner', 'third']);
  expect(visited({ order: 'top-down' })).toEqual(['first', 'second', 'inner', 'third']);
  expect(visited({ order: 'bottom-up' })).toEqual(['third', 'inner', 'second', 'first']);
});

test('of named patterns only the enabled ones are asked, and disabled ones never', () => {
  expect(visited({ enabled: ['ask'] })).toHaveLength(4);
  expect(visited({ enabled: ['other'] })).toEqual([]);
  expect(visited({ enabled: ['ask'], disabled: ['ask'] })).toEqual([]);
});
