// Strength reduction of addresses. Each access is base + constant + sum(coefficient * symbol * value); what does not
// change in a loop is computed before it, and what grows by a constant per iteration becomes a pointer that the loop
// increments. Accesses that differ only in the constant share a pointer and have the difference in the instruction.
//
// A WebAssembly address is pointer + offset without wrapping, so a pointer itself must not lie below zero when it is
// used. Arrays begin at LOWEST_ADDRESS or above; hence a pointer at most so far before some access is safe, and so is
// one whose terms are all proven not to be negative.
import { LOWEST_ADDRESS } from '@budflow/backend-api';
import type { Block, Operation } from '@budflow/ir';
import type { SizeSymbol } from './buffers.js';
import type { IndexFacts, Linear } from './index-facts.js';
import type { ValueId, Values } from './values.js';

/** coefficient * symbol * value in bytes; -1 stands for 1. */
export interface Term {
  readonly value: ValueId;
  readonly symbol: number;
  readonly coefficient: number;
}

export interface Form {
  /** Word of the argument block with the base address. */
  readonly base: number;
  readonly constant: number;
  readonly terms: readonly Term[];
}

export interface LoopPlan {
  readonly op: Operation;
  readonly parent: LoopPlan | null;
  /** Depth of the values inside. */
  readonly depth: number;
  readonly body: Block;
  /** Induction variable; -1 for a loop.while. */
  readonly iv: ValueId;
  readonly step: number;
  /** The lower bound as a sum; null when it is a maximum or has quotients. */
  readonly lower: Linear | null;
  /** Stands for the lower bound where `lower` is null. */
  readonly lowerValue: ValueId;
  readonly tripCount: number | undefined;
  /** Pointers the loop increments. */
  readonly induction: Pointer[];
  /** Pointers computed before the loop. */
  readonly hoisted: Pointer[];
  /** Whether the induction variable is used other than in addresses. */
  needsIv: boolean;
  /** Local that holds it. */
  ivLocal: number;
}

/** An address in a local. Its value is the form's with `anchor` as the constant. */
export interface Pointer {
  readonly kind: 'base' | 'hoisted' | 'induction';
  readonly base: number;
  readonly terms: readonly Term[];
  /** Terms of the induction variable. */
  readonly growth: readonly Term[];
  /** No term is ever negative. */
  readonly nonNegative: boolean;
  readonly init: Located | null;
  /** Smallest and largest constant of the accesses. */
  anchor: number;
  last: number;
  accessed: boolean;
  /** Whether some access through it happens in every iteration. */
  unconditional: boolean;
  /** Whether anything needs it. */
  used: boolean;
  local: number;
}

/** A pointer and what is added to it: terms, and the constant minus the pointer's anchor. */
export interface Located {
  readonly pointer: Pointer;
  readonly terms: readonly Term[];
  readonly constant: number;
}

/** How an address is used: by an instruction (in every iteration of the loop or not), or to compute another one. */
export type AddressUse = 'always' | 'sometimes' | 'arithmetic';

export class Addresses {
  /** Base pointers by word. */
  readonly bases = new Map<number, Pointer>();
  private readonly values: Values;
  private readonly facts: IndexFacts;
  private readonly symbols: readonly SizeSymbol[];

  constructor(values: Values, facts: IndexFacts, symbols: readonly SizeSymbol[]) {
    this.values = values;
    this.facts = facts;
    this.symbols = symbols;
  }

  private depthOf(term: Term): number {
    const value = term.value < 0 ? 0 : this.values.depths[term.value]!;
    return term.symbol < 0 ? value : Math.max(value, this.symbols[term.symbol]!.depth);
  }

  private basePointer(base: number): Pointer {
    let pointer = this.bases.get(base);
    if (!pointer) {
      pointer = makePointer('base', base, [], [], true, null);
      this.bases.set(base, pointer);
    }
    return pointer;
  }

  /** The best way to form an address inside `loop` (null: outside of all loops). */
  locate(form: Form, loop: LoopPlan | null, use: AddressUse): Located {
    if (loop === null || form.terms.length === 0)
      return { pointer: this.basePointer(form.base), terms: form.terms, constant: form.constant };
    const fixed: Term[] = [];
    const growth: Term[] = [];
    const varying: Term[] = [];
    for (const term of form.terms) {
      if (this.depthOf(term) < loop.depth) fixed.push(term);
      else if (this.growsIn(term, loop)) growth.push(term);
      else varying.push(term);
    }
    if (growth.length > 0) {
      const pointer = this.pointerIn(loop, 'induction', form, fixed, growth, use);
      return { pointer, terms: varying, constant: form.constant };
    }
    if (fixed.length === 0) return { pointer: this.basePointer(form.base), terms: varying, constant: form.constant };
    const { parent } = loop;
    const invariant = { base: form.base, constant: form.constant, terms: fixed };
    if (parent !== null && !fixed.some((t) => this.depthOf(t) >= parent.depth && !this.growsIn(t, parent))) {
      const outer = this.locate(invariant, parent, use === 'always' ? 'sometimes' : use);
      return { pointer: outer.pointer, terms: varying, constant: form.constant };
    }
    return {
      pointer: this.pointerIn(loop, 'hoisted', form, fixed, growth, use),
      terms: varying,
      constant: form.constant,
    };
  }

  private growsIn(term: Term, loop: LoopPlan): boolean {
    return term.value === loop.iv && loop.iv >= 0 && (term.symbol < 0 || this.symbols[term.symbol]!.depth < loop.depth);
  }

  private pointerIn(
    loop: LoopPlan,
    kind: 'hoisted' | 'induction',
    { base, constant }: Form,
    fixed: readonly Term[],
    growth: readonly Term[],
    use: AddressUse,
  ): Pointer {
    const list = kind === 'induction' ? loop.induction : loop.hoisted;
    const terms = growth.length === 0 ? fixed : [...fixed, ...growth];
    for (const pointer of list) {
      if (pointer.base !== base || !sameTerms(pointer.terms, terms)) continue;
      if (use !== 'arithmetic' && !accept(pointer, constant)) continue;
      if (use === 'always') pointer.unconditional = true;
      return pointer;
    }
    const init = this.locate(this.initialForm(loop, base, fixed, growth), loop.parent, 'arithmetic');
    const pointer = makePointer(kind, base, terms, growth, this.areNonNegative(terms), init);
    if (use !== 'arithmetic') accept(pointer, constant);
    pointer.unconditional = use === 'always';
    list.push(pointer);
    return pointer;
  }

  /** The address in the first iteration, without the anchor: the lower bound in place of the induction variable. */
  private initialForm(loop: LoopPlan, base: number, fixed: readonly Term[], growth: readonly Term[]): Form {
    const terms = [...fixed];
    let constant = 0;
    for (const { symbol, coefficient } of growth) {
      if (loop.lower === null) {
        addTerm(terms, { value: loop.lowerValue, symbol, coefficient });
        continue;
      }
      loop.lower.values.forEach((value, i) => {
        addTerm(terms, { value, symbol, coefficient: coefficient * loop.lower!.coefficients[i]! });
      });
      if (symbol < 0) constant += coefficient * loop.lower.constant;
      else if (loop.lower.constant !== 0)
        addTerm(terms, { value: -1, symbol, coefficient: coefficient * loop.lower.constant });
    }
    return { base, constant, terms };
  }

  areNonNegative(terms: readonly Term[]): boolean {
    for (const { value, coefficient } of terms) {
      if (coefficient < 0 || (value >= 0 && !this.facts.isNonNegativeId(value))) return false;
    }
    return true;
  }
}

function makePointer(
  kind: Pointer['kind'],
  base: number,
  terms: readonly Term[],
  growth: readonly Term[],
  nonNegative: boolean,
  init: Located | null,
): Pointer {
  return {
    kind,
    base,
    terms,
    growth,
    nonNegative,
    init,
    anchor: 0,
    last: 0,
    accessed: false,
    unconditional: false,
    used: false,
    local: -1,
  };
}

/** Lets the pointer serve an access with this constant, if that is safe together with the others it serves. */
function accept(pointer: Pointer, constant: number): boolean {
  const low = pointer.accessed ? Math.min(pointer.anchor, constant) : constant;
  const high = pointer.accessed ? Math.max(pointer.last, constant) : constant;
  const safe = pointer.nonNegative && low >= -LOWEST_ADDRESS;
  if (!safe && pointer.accessed && high - low > LOWEST_ADDRESS) return false;
  pointer.anchor = safe ? Math.min(low, 0) : low;
  pointer.last = high;
  pointer.accessed = true;
  return true;
}

/** Whether an access `distance` bytes above pointer + terms may leave it to the instruction to add them. */
export function isSafeOffset(distance: number, { pointer, terms }: Located, addresses: Addresses): boolean {
  if (distance < 0 || distance >= 2 ** 31) return false;
  if (distance <= LOWEST_ADDRESS) return true;
  return pointer.nonNegative && pointer.anchor >= -LOWEST_ADDRESS && addresses.areNonNegative(terms);
}

function sameTerms(a: readonly Term[], b: readonly Term[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((t) => b.some((u) => t.value === u.value && t.symbol === u.symbol && t.coefficient === u.coefficient));
}

/** Adds a term to a sum. */
export function addTerm(terms: Term[], term: Term): void {
  const at = terms.findIndex((t) => t.value === term.value && t.symbol === term.symbol);
  if (at < 0) {
    if (term.coefficient !== 0) terms.push(term);
    return;
  }
  const coefficient = terms[at]!.coefficient + term.coefficient;
  if (coefficient === 0) terms.splice(at, 1);
  else terms[at] = { ...term, coefficient };
}
