// Array programs as data: typed nodes with operands, printed as MLIR text. Dropping nodes leaves a program.

export const ELEMENTS = ['f32', 'f64', 'i32', 'i64', 'i1', 'ui8', 'i8', 'i16', 'ui16', 'ui32', 'ui64'] as const;
export type Element = (typeof ELEMENTS)[number];

export function isFloat(element: Element): boolean {
  return element === 'f32' || element === 'f64';
}

/** The type of an element in a region: numbers have lost their sign there. */
export function scalarOf(element: Element): string {
  return element.startsWith('ui') ? element.slice(1) : element;
}

/** Size of one dimension; `dynamic` ones are `?` in the type. */
export interface Dim {
  readonly size: number;
  readonly dynamic: boolean;
}

export interface TensorShape {
  readonly element: Element;
  readonly dims: readonly Dim[];
}

/** What an op's text is made from. */
export interface Printing {
  readonly result: string;
  readonly operands: readonly string[];
  readonly operandTypes: readonly TensorShape[];
  readonly type: TensorShape;
  /** Name of an index value for each entry of `sizes`. */
  readonly sizes: readonly string[];
}

export interface Node {
  readonly id: number;
  readonly type: TensorShape;
  readonly operands: readonly number[];
  /** Run-time sizes the op takes as index operands. */
  readonly sizes: readonly number[];
  /** Text of the op; absent: an argument of the function. */
  readonly print?: (p: Printing) => string;
}

export interface Program {
  readonly seed: number;
  readonly nodes: readonly Node[];
  readonly returns: readonly number[];
}

/** An argument of `main`: a tensor, or (element undefined) a size of type index. */
export type Parameter =
  | { readonly kind: 'tensor'; readonly node: Node }
  | { readonly kind: 'size'; readonly value: number };

export function typeText({ element, dims }: TensorShape): string {
  return `tensor<${dims.map((d) => `${d.dynamic ? '?' : d.size}x`).join('')}${element}>`;
}

export function elementCount({ dims }: TensorShape): number {
  return dims.reduce((n, d) => n * d.size, 1);
}

/** Nodes that the results need, in order. */
export function reachable({ nodes, returns }: Program): Node[] {
  const byId = new Map(nodes.map((n) => [n.id, n]));
  const seen = new Set<number>();
  const visit = (id: number): void => {
    if (seen.has(id)) return;
    seen.add(id);
    for (const o of byId.get(id)!.operands) visit(o);
  };
  for (const r of returns) visit(r);
  return nodes.filter((n) => seen.has(n.id));
}

/** The program as a module with a function `main`, and what to call it with. */
export function printProgram(program: Program): { readonly text: string; readonly parameters: readonly Parameter[] } {
  const nodes = reachable(program);
  const byId = new Map(nodes.map((n) => [n.id, n]));
  const parameters: Parameter[] = nodes.filter((n) => !n.print).map((node) => ({ kind: 'tensor', node }));
  const sizeNames = new Map<number, string>();
  const lines: string[] = [];
  const sizeOf = (size: number, at: number): string => {
    // Half of them come from another tensor, the others from the caller.
    const source = nodes.find((n) => n.id < at && n.type.dims.some((d) => d.dynamic && d.size === size));
    if (source && (at + size) % 2 === 0) {
      const name = `%s${lines.length}`;
      const dim = source.type.dims.findIndex((d) => d.dynamic && d.size === size);
      lines.push(`${name} = array.dim %v${source.id}, ${dim} : ${typeText(source.type)}`);
      return name;
    }
    let name = sizeNames.get(size);
    if (name === undefined) {
      name = `%n${size}`;
      sizeNames.set(size, name);
      parameters.push({ kind: 'size', value: size });
    }
    return name;
  };
  for (const node of nodes) {
    if (!node.print) continue;
    const sizes = node.sizes.map((s) => sizeOf(s, node.id));
    const operandTypes = node.operands.map((o) => byId.get(o)!.type);
    lines.push(
      node.print({
        result: `%v${node.id}`,
        operands: node.operands.map((o) => `%v${o}`),
        operandTypes,
        type: node.type,
        sizes,
      }),
    );
  }
  const args = parameters.map((p) =>
    p.kind === 'tensor' ? `%v${p.node.id}: ${typeText(p.node.type)}` : `%n${p.value}: index`,
  );
  const types = program.returns.map((r) => typeText(byId.get(r)!.type));
  const text = [
    `func.func @main(${args.join(', ')}) -> (${types.join(', ')}) {`,
    ...lines.map((l) => `  ${l}`),
    `  return ${program.returns.map((r) => `%v${r}`).join(', ')} : ${types.join(', ')}`,
    '}',
    '',
  ].join('\n');
  return { text, parameters };
}
