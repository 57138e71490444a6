// Writes ONNX models: the few messages of the format that a graph needs, straight to protocol-buffer bytes.

/** Element types by their number in the format. */
export const ONNX_TYPES: Readonly<Record<string, number>> = {
  f32: 1,
  ui8: 2,
  i32: 6,
  i64: 7,
  i1: 9,
  f16: 10,
  f64: 11,
};

/** Appends fields of one message. */
class Message {
  readonly #bytes: number[] = [];

  #varint(value: number): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest >= 0x80n) {
      this.#bytes.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.#bytes.push(Number(rest));
  }

  integer(field: number, value: number): this {
    this.#varint(field << 3);
    this.#varint(value);
    return this;
  }

  bytes(field: number, content: ArrayLike<number>): this {
    this.#varint((field << 3) | 2);
    this.#varint(content.length);
    for (let i = 0; i < content.length; i++) this.#bytes.push(content[i]);
    return this;
  }

  text(field: number, content: string): this {
    return this.bytes(field, new TextEncoder().encode(content));
  }

  message(field: number, content: Message): this {
    return this.bytes(field, content.#bytes);
  }

  float(field: number, value: number): this {
    this.#varint((field << 3) | 5);
    this.#bytes.push(...new Uint8Array(Float32Array.of(value).buffer));
    return this;
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** Value of a node's attribute: integers, a list of them, or `{ float }`. */
export type AttributeValue = number | readonly number[] | { readonly float: number };

function attribute(name: string, value: AttributeValue): Message {
  const message = new Message().text(1, name);
  if (typeof value === 'number') return message.integer(3, value).integer(20, 2);
  if ('float' in value) return message.float(2, value.float).integer(20, 1);
  for (const v of value) message.integer(8, v);
  return message.integer(20, 7);
}

function valueInfo(name: string, dtype: string, shape: readonly number[]): Message {
  if (ONNX_TYPES[dtype] === undefined) throw new Error(`ONNX models have no ${dtype} here`);
  const dims = new Message();
  for (const d of shape) dims.message(1, new Message().integer(1, d));
  const tensor = new Message().integer(1, ONNX_TYPES[dtype]).message(2, dims);
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}

/** Collects nodes and writes the model. Values are names. */
export class OnnxModel {
  readonly #nodes: Message[] = [];
  readonly #initializers: Message[] = [];
  readonly #inputs: Message[] = [];
  readonly #outputs: Message[] = [];
  #next = 0;

  input(name: string, dtype: string, shape: readonly number[]): void {
    this.#inputs.push(valueInfo(name, dtype, shape));
  }

  output(name: string, dtype: string, shape: readonly number[]): void {
    this.#outputs.push(valueInfo(name, dtype, shape));
  }

  /** A constant tensor; returns its name. */
  constant(dtype: 'f32' | 'i64', values: readonly number[], shape: readonly number[] = [values.length]): string {
    const name = `c${this.#next++}`;
    const data = dtype === 'f32' ? Float32Array.from(values) : BigInt64Array.from(values, BigInt);
    const tensor = new Message();
    for (const d of shape) tensor.integer(1, d);
    tensor.integer(2, ONNX_TYPES[dtype]).text(8, name).bytes(9, new Uint8Array(data.buffer));
    this.#initializers.push(tensor);
    return name;
  }

  /** One node with one result; returns the result's name. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    result = `v${this.#next++}`,
  ): string {
    this.#add(op, inputs, attributes, [result]);
    return result;
  }

  /** One node with two results; returns their names. */
  pair(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): readonly [string, string] {
    const results = [`v${this.#next++}`, `v${this.#next++}`] as const;
    this.#add(op, inputs, attributes, results);
    return results;
  }

  #add(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>>,
    results: readonly string[],
  ): void {
    const node = new Message();
    for (const input of inputs) node.text(1, input);
    for (const result of results) node.text(2, result);
    node.text(4, op);
    for (const [name, value] of Object.entries(attributes)) node.message(5, attribute(name, value));
    this.#nodes.push(node);
  }

  /** The model's bytes, operator set 18. */
  finish(): Uint8Array {
    const graph = new Message();
    for (const node of this.#nodes) graph.message(1, node);
    graph.text(2, 'program');
    for (const tensor of this.#initializers) graph.message(5, tensor);
    for (const input of this.#inputs) graph.message(11, input);
    for (const output of this.#outputs) graph.message(12, output);
    return new Message().integer(1, 8).message(7, graph).message(8, new Message().text(1, '').integer(2, 18)).finish();
  }
}
