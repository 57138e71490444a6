import { expect, test } from 'vitest';
import { transform } from './testing/functions.js';
import { viewOpGraph } from './view-op-graph.js';

test('writes a node for each op, an edge for each operand and a cluster for each block', () => {
  const done = transform(
    `func.func @main(%x: i32, %y: i32) -> i32 {
      %c = arith.constant 5 : i32
      %0 = arith.addi %x, %c {note = "say \\"hi\\""} : i32
      return %0 : i32
    }`,
    'view-op-graph',
    viewOpGraph,
  );
  const [graph] = done.remarks.map((r) => r.message);
  expect(graph).toMatch(/^digraph "builtin.module" \{/);
  expect(graph!.match(/shape=box/g)).toHaveLength(4);
  expect(graph!.match(/subgraph/g)).toHaveLength(2);
  expect(graph!.match(/->/g)!.length).toBe(4); // three operands and the type of the function in its label
  expect(graph).toContain('n1 -> n2;');
  expect(graph).toContain('b1 -> n2 [label="0"];');
  expect(graph).not.toMatch(/[^\\]"hi/);
  expect(done.statistics['num-nodes']).toBe(4);
});

test('long labels are cut', () => {
  const done = transform(
    `func.func @main() -> tensor<4xi32> {\n%c = arith.constant dense<[1, 2, 3, 4]> : tensor<4xi32>\nreturn %c : tensor<4xi32>\n}`,
    'view-op-graph{max-label-length=12}',
    viewOpGraph,
  );
  expect(done.remarks[0]!.message).toContain('value = dense<[1,...');
});
