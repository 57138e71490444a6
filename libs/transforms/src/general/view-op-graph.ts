// view-op-graph: the ops below an op as a graph in the language of Graphviz: a node for each op, an edge for each operand,
// a cluster for each region. The text is the message of a remark (`--remarks=FILE`); `opGraph` gives it to programs.
//
//   digraph "func.func" { n0 [label="arith.constant\n: i32"]; n1 [label="arith.addi"]; n0 -> n1; }
//
// Requires nothing, changes nothing. Follows MLIR's view-op-graph.
import { Block, type Operation, type Region } from '@budflow/ir';
import { definePass } from '@budflow/pass';

export const viewOpGraph = definePass({
  name: 'view-op-graph',
  summary: 'write the graph of operands in the dot language',
  preserves: 'all',
  options: {
    'max-label-length': {
      type: 'integer',
      minimum: 8,
      default: 40,
      description: 'Characters of a type or attribute in a label before it is cut.',
    },
  },
  statistics: { 'num-nodes': 'Ops in the graph' },
  run(root, { options, statistic, remark, unchanged }) {
    const { text, nodes } = opGraph(root, options['max-label-length']);
    statistic('num-nodes', nodes);
    remark({ kind: 'analysis', name: 'op-graph', message: text, at: root, args: { nodes } });
    unchanged();
  },
});

/** The graph of the ops below `root`. */
export function opGraph(root: Operation, maxLabelLength = 40): { text: string; nodes: number } {
  const lines: string[] = [];
  const names = new Map<Operation | Block, string>();
  const edges: string[] = [];
  let nodes = 0;
  let clusters = 0;
  const cut = (text: string) => (text.length > maxLabelLength ? `${text.slice(0, maxLabelLength - 3)}...` : text);
  const quote = (text: string) => `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;

  const node = (op: Operation, indent: string) => {
    const name = `n${nodes++}`;
    names.set(op, name);
    const attributes = op.attributes.names.map((n, i) => `${n} = ${cut(String(op.attributes.values[i]))}`);
    const types = op.resultCount > 0 ? [`: ${cut(op.resultTypes.join(', '))}`] : [];
    lines.push(`${indent}${name} [label=${quote([op.name, ...attributes, ...types].join('\n'))}, shape=box];`);
  };
  const visit = (region: Region, indent: string) => {
    for (const block of region.blocks) {
      lines.push(`${indent}subgraph cluster_${clusters} {`);
      const name = `b${clusters++}`;
      names.set(block, name);
      if (block.arguments.length > 0) {
        const label = block.arguments.map((a, i) => `arg${i}: ${cut(String(a.type))}`).join('\n');
        lines.push(`${indent}  ${name} [label=${quote(label)}, shape=ellipse];`);
      }
      for (let op = block.firstOp; op !== null; op = op.next) {
        node(op, `${indent}  `);
        for (const inner of op.regions) visit(inner, `${indent}  `);
      }
      lines.push(`${indent}}`);
    }
  };
  for (const region of root.regions) visit(region, '  ');
  root.walk((op) => {
    const to = names.get(op);
    if (to === undefined) return;
    for (let i = 0; i < op.operandCount; i++) {
      const { owner, index } = op.operand(i);
      const from = names.get(owner);
      // Values from outside of `root` have no node.
      if (from === undefined) continue;
      const many = owner instanceof Block ? owner.arguments.length > 1 : owner.resultCount > 1;
      edges.push(`  ${from} -> ${to}${many ? ` [label="${index}"]` : ''};`);
    }
  });
  return { text: [`digraph ${quote(root.name)} {`, ...lines, ...edges, '}', ''].join('\n'), nodes };
}
