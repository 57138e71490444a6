// Where a kernel finds its arguments in its block: for each memref its address, each dynamic size in order of the
// dimensions, each dynamic stride; for each scalar one word.

import { stridesAndOffset } from '@budflow/dialect-memory';
import {
  ArrayAttr,
  DictionaryAttr as Dictionary,
  type DictionaryAttr,
  DYNAMIC,
  FunctionType,
  MemRefType,
  type Operation,
  TypeAttr,
  UnitAttr,
} from '@budflow/ir';
import { FIRST_ARGUMENT_WORD, WORD_BYTES, WORD_STATE } from './abi.js';

/** A dynamic size or stride, and the word that holds it (in elements). */
export interface DimensionWord {
  readonly dim: number;
  readonly word: number;
}

/**
 * An array. The word `address` holds the address of element [0, 0, ..] in bytes, whatever offset its layout has.
 */
export interface ArrayArgument {
  readonly kind: 'array';
  /** Element type as text: `f32`, `ui8`. */
  readonly element: string;
  /** Sizes; null is a dynamic one. */
  readonly shape: readonly (number | null)[];
  readonly address: number;
  readonly sizes: readonly DimensionWord[];
  readonly strides: readonly DimensionWord[];
  /** `state`: partial results of chunks; its address is the state's, in word 0. */
  readonly role: 'plain' | 'temporary' | 'state';
}

/** A number in one word: floats by their bits, integers in the low bits. */
export interface ScalarArgument {
  readonly kind: 'scalar';
  readonly type: string;
  readonly word: number;
}

export type Argument = ArrayArgument | ScalarArgument;

export interface ArgumentLayout {
  /** In the order of the function's arguments, without the two of the chunk range. */
  readonly arguments: readonly Argument[];
  /** Words of the block, those of the runtime included. */
  readonly wordCount: number;
  readonly byteLength: number;
  /** Words of all dynamic sizes in order: the symbols of a chunk-count expression. */
  readonly sizeWords: readonly number[];
}

/** Number of trailing arguments that are the range of chunks (`%begin`, `%end`) and not in the block. */
export const CHUNK_ARGUMENTS = 2;

/**
 * The layout of the argument block of a kernel function, whose last two arguments are the range of chunks.
 * Undefined for an op that is not such a function.
 */
export function argumentLayout(func: Operation): ArgumentLayout | undefined {
  const type = functionType(func);
  if (!type || !isKernelType(type)) return undefined;
  const count = type.inputs.length - CHUNK_ARGUMENTS;
  const list: Argument[] = [];
  const sizeWords: number[] = [];
  let word = FIRST_ARGUMENT_WORD;
  for (let i = 0; i < count; i++) {
    const input = type.inputs[i]!;
    if (!(input instanceof MemRefType)) {
      list.push({ kind: 'scalar', type: input.toString(), word: word++ });
      continue;
    }
    const role = roleOf(argumentAttributes(func, i));
    const address = role === 'state' ? WORD_STATE : word++;
    const sizes: DimensionWord[] = [];
    const strides: DimensionWord[] = [];
    input.shape.forEach((d, dim) => {
      if (d !== DYNAMIC) return;
      sizeWords.push(word);
      sizes.push({ dim, word: word++ });
    });
    // Strides of a row-major layout follow from the sizes.
    if (input.layout !== null) {
      stridesAndOffset(input)?.strides.forEach((s, dim) => {
        if (s === DYNAMIC) strides.push({ dim, word: word++ });
      });
    }
    list.push({
      kind: 'array',
      element: input.element.toString(),
      shape: input.shape.map((d) => (d === DYNAMIC ? null : d)),
      address,
      sizes,
      strides,
      role,
    });
  }
  return { arguments: list, wordCount: word, byteLength: word * WORD_BYTES, sizeWords };
}

/** The type of a `func.func`. */
export function functionType(func: Operation): FunctionType | undefined {
  const attr = func.attr('function_type');
  return attr instanceof TypeAttr && attr.type instanceof FunctionType ? attr.type : undefined;
}

/** Whether a function type ends in (.., index, index) -> index. */
export function isKernelType(type: FunctionType): boolean {
  const { inputs, results } = type;
  const n = inputs.length;
  return (
    n >= CHUNK_ARGUMENTS &&
    results.length === 1 &&
    [inputs[n - 1], inputs[n - 2], results[0]].every((t) => t?.toString() === 'index')
  );
}

/** Attributes of argument `index` of a function. */
export function argumentAttributes(func: Operation, index: number): DictionaryAttr | undefined {
  const all = func.attr('arg_attrs');
  const own = all instanceof ArrayAttr ? all.elements[index] : undefined;
  return own instanceof Dictionary ? own : undefined;
}

function roleOf(attributes: DictionaryAttr | undefined): ArrayArgument['role'] {
  if (attributes?.get('rt.state') instanceof UnitAttr) return 'state';
  return attributes?.get('rt.temporary') instanceof UnitAttr ? 'temporary' : 'plain';
}
