// What a conversion is to end in: which ops are legal. Rules are for op names or whole dialects; a rule for an op goes
// before that of its dialect. As MLIR's ConversionTarget, except that predicates say why an op is not legal.
import type { Context, OpDefinitionBase, Operation, OpInfo } from '@budflow/ir';

/** True, the reason why the op is not legal, or undefined: no opinion, the rule given before decides. */
export type LegalityPredicate = (op: Operation) => true | string | undefined;

/** An op by its name or definition. */
export type OpNameLike = string | OpDefinitionBase;

type Rule =
  | { readonly kind: 'legal' }
  | { readonly kind: 'illegal'; readonly reason: string | undefined }
  | { readonly kind: 'dynamic'; readonly predicate: LegalityPredicate; readonly before: Rule | null };

interface Resolved {
  readonly rule: Rule | null;
  readonly recursive: ((op: Operation) => boolean) | null;
}

const LEGAL: Rule = { kind: 'legal' };

export class ConversionTarget {
  private readonly ops = new Map<string, Rule>();
  private readonly dialects = new Map<string, Rule>();
  private readonly recursive = new Map<string, (op: Operation) => boolean>();
  private unknown: Rule | null = null;
  /** By the id of the op's info, for ops of `resolvedFor`. */
  private resolved: (Resolved | undefined)[] = [];
  private resolvedFor: Context | null = null;

  legalOp(...ops: readonly OpNameLike[]): this {
    return this.setOps(ops, () => LEGAL);
  }
  legalDialect(...dialects: readonly string[]): this {
    return this.setDialects(dialects, () => LEGAL);
  }
  illegalOp(...ops: readonly OpNameLike[]): this {
    return this.setOps(ops, () => ({ kind: 'illegal', reason: undefined }));
  }
  illegalDialect(...dialects: readonly string[]): this {
    return this.setDialects(dialects, () => ({ kind: 'illegal', reason: undefined }));
  }
  /** Ops that are legal where the predicate says true. */
  dynamicallyLegalOp(ops: OpNameLike | readonly OpNameLike[], predicate: LegalityPredicate): this {
    const list = Array.isArray(ops) ? (ops as readonly OpNameLike[]) : [ops as OpNameLike];
    return this.setOps(list, (before) => ({ kind: 'dynamic', predicate, before }));
  }
  dynamicallyLegalDialect(dialects: string | readonly string[], predicate: LegalityPredicate): this {
    const list = typeof dialects === 'string' ? [dialects] : dialects;
    return this.setDialects(list, (before) => ({ kind: 'dynamic', predicate, before }));
  }
  /**
   * Where an op with this name is legal (and `when` holds), so is everything nested in it: its regions are not looked at.
   * Says nothing about the legality of the op itself.
   */
  recursivelyLegal(ops: OpNameLike | readonly OpNameLike[], when: (op: Operation) => boolean = () => true): this {
    for (const op of Array.isArray(ops) ? (ops as readonly OpNameLike[]) : [ops as OpNameLike])
      this.recursive.set(nameOf(op), when);
    this.resolved = [];
    return this;
  }
  /** What is said about ops without a rule; without a call nothing is: a partial conversion may leave them. */
  unknownOps(policy: 'legal' | 'illegal' | LegalityPredicate): this {
    this.unknown =
      policy === 'legal'
        ? LEGAL
        : policy === 'illegal'
          ? { kind: 'illegal', reason: undefined }
          : { kind: 'dynamic', predicate: policy, before: null };
    this.resolved = [];
    return this;
  }

  /** True, the reason why not, or undefined when the target says nothing about the op. */
  check(op: Operation): true | string | undefined {
    return verdict(this.resolve(op.info).rule, op);
  }
  /** Like `check`; an op without a rule is not legal. */
  legality(op: Operation): true | string {
    return this.check(op) ?? `nothing says that '${op.name}' is legal here`;
  }
  isLegal(op: Operation): boolean {
    return this.check(op) === true;
  }
  /** Whether everything nested in the op is legal because the op is. */
  isRecursivelyLegal(op: Operation): boolean {
    const { recursive } = this.resolve(op.info);
    return recursive !== null && this.check(op) === true && recursive(op);
  }
  /** Whether ops of this name can be legal: they are, or a predicate decides. */
  mayBeLegal(name: string): boolean {
    const rule = this.ruleFor(name);
    return rule !== null && rule.kind !== 'illegal';
  }

  private resolve(info: OpInfo): Resolved {
    // Ids are those of one context.
    if (info.context !== this.resolvedFor) {
      this.resolved = [];
      this.resolvedFor = info.context;
    }
    let found = this.resolved[info.id];
    if (found === undefined) {
      found = { rule: this.ruleFor(info.name), recursive: this.recursive.get(info.name) ?? null };
      this.resolved[info.id] = found;
    }
    return found;
  }
  private ruleFor(name: string): Rule | null {
    const dot = name.indexOf('.');
    return this.ops.get(name) ?? this.dialects.get(dot < 0 ? '' : name.slice(0, dot)) ?? this.unknown;
  }
  private setOps(ops: readonly OpNameLike[], make: (before: Rule | null) => Rule): this {
    for (const op of ops) {
      const name = nameOf(op);
      this.ops.set(name, make(this.ops.get(name) ?? null));
    }
    this.resolved = [];
    return this;
  }
  private setDialects(dialects: readonly string[], make: (before: Rule | null) => Rule): this {
    for (const name of dialects) this.dialects.set(name, make(this.dialects.get(name) ?? null));
    this.resolved = [];
    return this;
  }
}

function verdict(rule: Rule | null, op: Operation): true | string | undefined {
  for (let r = rule; r !== null; ) {
    if (r.kind === 'legal') return true;
    if (r.kind === 'illegal') return r.reason ?? `the target declares '${op.name}' illegal`;
    const answer = r.predicate(op);
    if (answer !== undefined) return answer;
    r = r.before;
  }
  return undefined;
}

function nameOf(op: OpNameLike): string {
  return typeof op === 'string' ? op : op.opName;
}
