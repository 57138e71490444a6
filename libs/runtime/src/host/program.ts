// The host program of an entry function: what runs in JavaScript around the kernels. Plain data without addresses: made
// by `lower.ts`, run by `generate.ts` (as JavaScript) or `interpret.ts`, and fit for storing beside an artefact.
import { BLOCK_ALIGNMENT, WORD_BYTES } from '@budflow/backend-api';
import type { AttributeData, Expectation, TrapKind } from '@budflow/interpreter';
import type { HostExpression, HostNumber, ScalarFunctions } from './expression.js';
import type { ScalarOperation } from './scalar-ops.js';

/** An array argument or result. */
export interface ArraySpec {
  readonly kind: 'array';
  /** Element type by its MLIR name. */
  readonly dtype: string;
  /** Sizes; null is a dynamic one. */
  readonly shape: readonly (number | null)[];
  /** The program may write over this argument. */
  readonly donated?: true;
  /** The function returns a number of this type, which lies in an array of rank 0. */
  readonly scalar?: true;
}

/** A number argument: `index`, `i32`, `f32`, ... */
export interface ScalarSpec {
  readonly kind: 'scalar';
  readonly dtype: string;
}

export type ArgumentSpec = ArraySpec | ScalarSpec;

/**
 * How a number goes into a 64-bit word of an argument block: `unsigned` are addresses and sizes below 2^32, whose high
 * half stays zero; floats go by their bits, `i64` are bigints.
 */
export type WordKind = 'unsigned' | 'integer' | 'i64' | 'f32' | 'f64';

/** One word of an argument block. */
export interface HostWord {
  readonly word: number;
  readonly value: HostExpression;
  readonly kind: WordKind;
}

/** A call of a kernel: all chunks of one phase. */
export interface HostCall {
  readonly kind: 'call';
  /** Position among the program's call sites; each has an argument block of its own. */
  readonly site: number;
  readonly words: readonly HostWord[];
  readonly chunks: HostExpression;
}

/** A value that a loop or a branch passes: the slot gets it. */
export interface HostAssignment {
  readonly slot: number;
  readonly value: HostExpression;
}

/** A counted loop. All of `yields` are evaluated before their slots change. */
export interface HostFor {
  readonly kind: 'for';
  readonly slot: number;
  readonly from: HostExpression;
  readonly to: HostExpression;
  readonly step: number;
  readonly inits: readonly HostAssignment[];
  readonly body: readonly HostStep[];
  readonly yields: readonly HostAssignment[];
}

/** A loop that first does `before`, passes values on, and goes on with `after` while the condition is not 0. */
export interface HostWhile {
  readonly kind: 'while';
  readonly inits: readonly HostAssignment[];
  readonly before: readonly HostStep[];
  readonly condition: HostExpression;
  readonly passed: readonly HostAssignment[];
  readonly after: readonly HostStep[];
  readonly yields: readonly HostAssignment[];
}

export interface HostIf {
  readonly kind: 'if';
  readonly condition: HostExpression;
  readonly taken: readonly HostStep[];
  readonly thenYields: readonly HostAssignment[];
  readonly otherwise: readonly HostStep[];
  readonly otherwiseYields: readonly HostAssignment[];
}

/** Stops the program unless the condition holds. */
export interface HostAssert {
  readonly kind: 'assert';
  readonly condition: HostExpression;
  readonly message: string;
  /** `f.mlir:3:8` */
  readonly at?: string;
  /** Default `CheckFailed`. */
  readonly trap?: 'ShapeMismatch' | 'DivisionByZero';
}

/** Where an array lies, and its sizes. */
export interface HostArray {
  readonly address: HostExpression;
  readonly sizes: readonly HostExpression[];
}

/** Stops the program unless an array holds what another one says. */
export interface HostExpect {
  readonly kind: 'expect';
  readonly dtype: string;
  readonly actual: HostArray;
  readonly expected: HostArray;
  readonly expectation: Expectation;
  /** `f.mlir:3:8` */
  readonly at?: string;
}

/** A call of another function of the module. Its results are memory of the caller; `sizes` are the slots of their sizes. */
export interface HostInvoke {
  readonly kind: 'invoke';
  readonly function: string;
  /** The slots that the callee's caller fills. */
  readonly parameters: readonly HostExpression[];
  /** The slot that gets the address of each result. */
  readonly results: readonly number[];
  readonly sizes: readonly number[];
}

/** An array of a custom call. */
export interface HostCustomArray {
  readonly dtype: string;
  readonly address: HostExpression;
  readonly sizes: readonly HostExpression[];
}

/** A call of a function that the user provides. */
export interface HostCustomCall {
  readonly kind: 'custom';
  /** Position among the program's custom calls. */
  readonly number: number;
  readonly target: string;
  readonly attributes: Readonly<Record<string, AttributeData>>;
  readonly inputs: readonly HostCustomArray[];
  readonly outputs: readonly HostCustomArray[];
  /** `f.mlir:3:8` */
  readonly at?: string;
}

/** Address and sizes of each array of a custom call, in order. */
export function customCallValues({ inputs, outputs }: HostCustomCall): HostExpression[] {
  return [...inputs, ...outputs].flatMap(({ address, sizes }) => [address, ...sizes]);
}

export type HostStep =
  /** `slot` gets a value. */
  | { readonly kind: 'let'; readonly slot: number; readonly value: HostExpression }
  /**
   * `slot` gets the address of a fresh buffer. With `result`, it is that result: when the caller gave a destination (its
   * slot is not 0), the buffer is that one.
   */
  | {
      readonly kind: 'allocate';
      readonly slot: number;
      readonly bytes: HostExpression;
      readonly result?: number;
      /** What needs the buffer, for traps: `f.mlir:3:8`. */
      readonly at?: string;
    }
  /** Frees what `allocate` gave. */
  | { readonly kind: 'free'; readonly slot: number }
  | HostCall
  | {
      readonly kind: 'copy';
      readonly from: HostExpression;
      readonly to: HostExpression;
      readonly bytes: HostExpression;
    }
  | HostFor
  | HostWhile
  | HostIf
  | HostAssert
  | HostExpect
  | HostInvoke
  | HostCustomCall
  /** `slot` gets the element at an address. */
  | { readonly kind: 'load'; readonly slot: number; readonly dtype: string; readonly address: HostExpression }
  | {
      readonly kind: 'store';
      readonly dtype: string;
      readonly address: HostExpression;
      readonly value: HostExpression;
    };

/** All steps, those of loops and branches included. */
export function allSteps(steps: readonly HostStep[]): HostStep[] {
  return steps.flatMap((step) => {
    switch (step.kind) {
      case 'for':
        return [step, ...allSteps(step.body)];
      case 'while':
        return [step, ...allSteps(step.before), ...allSteps(step.after)];
      case 'if':
        return [step, ...allSteps(step.taken), ...allSteps(step.otherwise)];
      default:
        return [step];
    }
  });
}

/** A relation of sizes that must hold, checked before anything runs. */
export interface HostRequirement {
  readonly left: HostExpression;
  readonly relation: 'equal' | 'atLeast';
  readonly right: HostExpression;
  /** What they are, for the message: `dimension 0 of argument 1`. */
  readonly leftName: string;
  readonly rightName: string;
  /** What needs it: `'array.add' at f.mlir:3:8`. */
  readonly reason: string;
}

/** Whether a requirement holds for the values of its sides. */
export function holdsFor(requirement: HostRequirement, left: number, right: number): boolean {
  return requirement.relation === 'equal' ? left === right : left >= right;
}

/** A call site: which kernel, and how large its block is. */
export interface HostSite {
  /** Symbol name of the phase. */
  readonly kernel: string;
  readonly wordCount: number;
  /** Chunks may run at the same time. */
  readonly parallel?: true;
  /** What calls it, for traps: `f.mlir:3:8`. */
  readonly at?: string;
  /** The integer divisions in it, where that is another line. */
  readonly divisionAt?: string;
}

/** The line of a trap of an engine in a kernel. */
export function placeOfTrap(site: HostSite | undefined, kind: TrapKind): string | undefined {
  return kind === 'DivisionByZero' || kind === 'Undefined' ? (site?.divisionAt ?? site?.at) : site?.at;
}

/** A constant buffer; its address is in `slot` from the start. */
export interface HostConstant {
  readonly slot: number;
  readonly bytes: Uint8Array;
}

/**
 * Result `index`: its buffer is made by the `allocate` step with that result. Expressions are over parameters alone, so that
 * callers can tell shapes before they call.
 */
export interface HostResult extends ArraySpec {
  /** The dynamic sizes. */
  readonly sizes: readonly HostExpression[];
  /** Slot in which the caller passes the address of a destination, or 0. */
  readonly destination: number;
  /** Bytes the result takes. */
  readonly bytes: HostExpression;
}

/**
 * Slots are filled in this order: for each argument its address (or its number) and its dynamic sizes; for each result
 * the destination; then constants and what steps define.
 */
export interface HostProgram {
  readonly name: string;
  /** Only other functions of the module call it. */
  readonly internal?: true;
  readonly arguments: readonly ArgumentSpec[];
  readonly results: readonly HostResult[];
  /** Number of slots the caller fills: those of arguments and destinations. */
  readonly parameterCount: number;
  readonly slotCount: number;
  readonly constants: readonly HostConstant[];
  readonly sites: readonly HostSite[];
  readonly requirements: readonly HostRequirement[];
  /** Scalar ops that expressions refer to by position. */
  readonly scalars: readonly ScalarOperation[];
  readonly steps: readonly HostStep[];
}

/** First slot of each argument; the sizes follow it. */
export function argumentSlots(args: readonly ArgumentSpec[]): number[] {
  const slots: number[] = [];
  let next = 0;
  for (const arg of args) {
    slots.push(next++);
    if (arg.kind === 'array') for (const size of arg.shape) if (size === null) next++;
  }
  return slots;
}

/** A block of memory in use. */
export interface HostBlock {
  readonly address: number;
}

/** Byte offset of each site's argument block from the first, and the bytes of all. */
export function siteOffsets(program: HostProgram): { readonly offsets: readonly number[]; readonly bytes: number } {
  const offsets: number[] = [];
  let bytes = 0;
  for (const { wordCount } of program.sites) {
    offsets.push(bytes);
    bytes += Math.ceil((wordCount * WORD_BYTES) / BLOCK_ALIGNMENT) * BLOCK_ALIGNMENT;
  }
  return { offsets, bytes };
}

/** Whether a word is the same in every call: it is written when the program is loaded. */
export function isFixedWord(program: HostProgram, { value }: HostWord): boolean {
  if (typeof value === 'number') return true;
  return 'slot' in value && program.constants.some((constant) => constant.slot === value.slot);
}

/** What a running program needs of the engine. */
export interface HostEnvironment {
  /** A new block. @throws RuntimeTrap of kind HeapExhausted, with the place of what needs it */
  allocate(bytes: number, at?: string): HostBlock;
  free(block: HostBlock): void;
  copy(to: number, from: number, bytes: number): void;
  /** The argument blocks of all sites as 32-bit words; asked for after allocations, since memory may have grown. */
  words(): Int32Array;
  /** Address of the argument block of each site; `words()` begins at the first. */
  readonly blocks: readonly number[];
  /** The kernel of each site. */
  readonly kernels: readonly ((args: number, begin: number, end: number) => number)[];
  /** Runs all chunks of a parallel site on several threads; absent for programs of one. */
  readonly parallel?: (site: number, chunks: number) => void;
  /** Addresses of the constants. */
  readonly constants: readonly number[];
  /** Throws the trap of a kernel that returned `next` when it was asked to go on from `begin`. */
  kernelTrap(site: number, begin: number, next: number): never;
  readonly scalars: ScalarFunctions;
  /** The element of a type at an address. */
  load(dtype: string, address: number): HostNumber;
  store(dtype: string, address: number, value: HostNumber): void;
  /** Runs a function of the module. */
  invoke(name: string, parameters: ArrayLike<HostNumber>): HostResults;
  /** Runs a custom call: by its number, with what `customCallValues` says. */
  custom(number: number, values: readonly number[]): void;
  /** Throws the trap of an assertion. */
  assertionTrap(message: string, at: string | undefined, trap: 'CheckFailed' | NonNullable<HostAssert['trap']>): never;
  /** Throws the trap of an expectation that does not hold. Addresses and shapes are those of the step's two arrays. */
  expect(
    step: Pick<HostExpect, 'dtype' | 'expectation' | 'at'>,
    actual: number,
    actualShape: readonly number[],
    expected: number,
    expectedShape: readonly number[],
  ): void;
  /** Throws the error of a requirement that does not hold. */
  requirementTrap(index: number, left: number, right: number): never;
}

/** What a call of a program gives; the arrays are as long as it has results, or sizes of results. */
export interface HostResults {
  /** The block of each result; null where the caller gave the destination. */
  readonly blocks: (HostBlock | null)[];
  /** The dynamic sizes of all results in order. */
  readonly sizes: number[];
}

/** A runnable program. `parameters` are the slots the caller fills. It frees everything but results when it throws. */
export type HostFunction = (parameters: ArrayLike<HostNumber>, results: HostResults) => void;
