// Array programs as data: typed nodes with operands, printed as MLIR text. Dropping nodes leaves a program.

export const ELEMENTS = ['f32', 'f64', 'i32', 'i64', 'i1', 'ui8', 'i8', 'i16', 'ui16', 'ui32', 'ui64'] as const;

/** Elements that some programs are about, and others never meet: what they allow is less. */
export const SPECIAL_ELEMENTS = ['f16', 'bf16', 'complex<f32>', 'complex<f64>'] as const;
export const ALL_ELEMENTS = [...ELEMENTS, ...SPECIAL_ELEMENTS] as const;
export type Element = (typeof ALL_ELEMENTS)[number];

/** Real floats. */
export function isFloat(element: Element): boolean {
  return element === 'f32' || element === 'f64' || isHalf(element);
}

export function isHalf(element: Element): boolean {
  return element === 'f16' || element === 'bf16';
}

export function isComplex(element: Element): boolean {
  return element.startsWith('complex');
}

/** The parts of complex numbers; other elements are their own. */
export function partOf(element: Element): Element {
  return element === 'complex<f32>' ? 'f32' : element === 'complex<f64>' ? 'f64' : element;
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
  /** Name of the node's function, `@` included. */
  readonly helper: string;
}

export interface Node {
  readonly id: number;
  readonly type: TensorShape;
  readonly operands: readonly number[];
  /** Run-time sizes the op takes as index operands. */
  readonly sizes: readonly number[];
  /** Text of the op; absent: an argument of the function. */
  readonly print?: (p: Printing) => string;
  /** Text of a function that it calls, under the name it is given. */
  readonly helper?: (name: string) => string;
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

/** The program as a module with one public function (`entry`), and what to call it with. */
export function printProgram(
  program: Program,
  entry = 'main',
): { readonly text: string; readonly parameters: readonly Parameter[] } {
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
  const helpers: string[] = [];
  for (const node of nodes) {
    if (!node.print) continue;
    const helper = `@${entry}_f${node.id}`;
    if (node.helper) helpers.push(node.helper(helper));
    const sizes = node.sizes.map((s) => sizeOf(s, node.id));
    const operandTypes = node.operands.map((o) => byId.get(o)!.type);
    lines.push(
      node.print({
        result: `%v${node.id}`,
        operands: node.operands.map((o) => `%v${o}`),
        operandTypes,
        type: node.type,
        sizes,
        helper,
      }),
    );
  }
  const args = parameters.map((p) =>
    p.kind === 'tensor' ? `%v${p.node.id}: ${typeText(p.node.type)}` : `%n${p.value}: index`,
  );
  const types = program.returns.map((r) => typeText(byId.get(r)!.type));
  const text = [
    `func.func @${entry}(${args.join(', ')}) -> (${types.join(', ')}) {`,
    ...lines.map((l) => `  ${l}`),
    `  return ${program.returns.map((r) => `%v${r}`).join(', ')} : ${types.join(', ')}`,
    '}',
    ...helpers,
    '',
  ].join('\n');
  return { text, parameters };
}
