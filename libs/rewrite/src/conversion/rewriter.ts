// The rewriter of conversion patterns: changes the IR at once, writes down how to undo it, and puts casts where a value's
// old type is still wanted.
import {
  Block,
  type BlockArgument,
  type Context,
  InternalError,
  type Operation,
  type Region,
  Rewriter,
  type Type,
  Value,
} from '@budflow/ir';
import { CAST_NAME, CastList, resultsHaveTypes } from './casts.js';
import {
  ArgumentsChanged,
  BlockCreated,
  BlockErased,
  BlockMoved,
  Erased,
  Journal,
  Modified,
  moveRange,
  OpsMoved,
  Redirected,
  setArguments,
  UsesMoved,
} from './journal.js';
import type { SignatureConversion } from './signature-conversion.js';
import type { MaterializationKind, TypeConverter } from './type-converter.js';

/** Who is changing the IR at the moment; for types of casts and for their history. */
export interface RewriteScope {
  readonly name: string;
  readonly converter: TypeConverter | null;
}

const NOBODY: RewriteScope = { name: 'the conversion', converter: null };

export class ConversionRewriter extends Rewriter {
  /** Not for patterns. */
  readonly journal = new Journal();
  /** Not for patterns. */
  readonly casts: CastList;
  private readonly castInfo: Operation['info'];
  private scopeNow: RewriteScope = NOBODY;
  private lastScope: RewriteScope = NOBODY;

  constructor(context: Context) {
    super(context);
    this.castInfo = context.opInfo(CAST_NAME);
    this.casts = new CastList(this.journal, this.castInfo);
  }

  /** What follows is done by a pattern. Returns the scope before, for `leave`. Not for patterns. */
  enter(name: string, converter: TypeConverter | null): RewriteScope {
    const before = this.scopeNow;
    // Most often the same pattern runs again.
    if (before.name !== name || before.converter !== converter) {
      if (this.lastScope.name !== name || this.lastScope.converter !== converter) this.lastScope = { name, converter };
      this.scopeNow = this.lastScope;
    }
    return before;
  }
  leave(before: RewriteScope): void {
    this.scopeNow = before;
  }
  isCast(op: Operation): boolean {
    return op.info === this.castInfo;
  }

  /** Says why the pattern does not apply; what it changed is undone. Returns false. */
  notifyMatchFailure(op: Operation, reason: string): false {
    const at = op === this.matched ? '' : `'${op.name}': `;
    return this.fail(`${at}${reason}`);
  }
  /** The op whose pattern runs; set by the driver. */
  matched: Operation | null = null;

  // Ops

  override insert(op: Operation): Operation {
    if (this.block === null) throw new InternalError(`${op.name} is made without an insertion point`, op);
    this.block.insertBefore(op, this.before);
    this.journal.push(op);
    return op;
  }

  /**
   * Replaces an op. Each result becomes one value, or several or none; where the types differ a cast gives the old type to
   * those who still use it.
   */
  override replaceOp(op: Operation, values: readonly (Value | readonly Value[])[]): void {
    if (values.length !== op.resultCount)
      throw new InternalError(`${op.name} has ${op.resultCount} results, and is replaced by ${values.length}`, op);
    for (let i = 0; i < values.length; i++) {
      const result = op.result(i);
      if (!result.hasUses) continue;
      const given = values[i]!;
      if (given instanceof Value && given.type === result.type) {
        this.replaceAllUses(result, given);
        continue;
      }
      const list = given instanceof Value ? [given] : given;
      this.replaceByValues(result, list, 'source', `result ${i} of '${op.name}'`, () => placeAfter(list, op));
    }
    this.eraseOp(op);
  }

  /** Erases an op with what is nested in it. Results that are still used must have lost their uses when the conversion ends. */
  override eraseOp(op: Operation): void {
    if (op.parent === null) throw new InternalError(`${op.name} is not in a block`, op);
    if (op.hasResultUses)
      for (const result of op.results)
        if (result.hasUses)
          this.replaceByValues(result, [], 'source', `result ${result.index} of '${op.name}'`, () => ({
            block: op.parent!,
            before: op,
          }));
    if (this.before === op) this.before = op.next;
    this.journal.push(new Erased(op));
  }

  override replaceAllUses(from: Value, to: Value): void {
    if (from === to) return;
    this.journal.push(new UsesMoved(from, to));
  }

  /** Changes operands, attributes, successors, result types or the location of an op in place, inside `change`. */
  override modify(op: Operation, change: () => void): void {
    const before = new Modified(op);
    this.journal.push(before);
    change();
    before.resultTypes.forEach((type, i) => {
      const result = op.result(i);
      if (result.type === type || !result.hasUses) return;
      const cast = this.insertCast('source', `result ${i} of '${op.name}'`, [result], [type], {
        block: op.parent!,
        before: op.next,
      });
      this.moveUsesExcept(result, cast.result(0), cast);
    });
  }

  moveOpBefore(op: Operation, before: Operation): void {
    if (op === before) return;
    this.journal.push(new OpsMoved(op, op));
    moveRange(op, op, before.parent!, before);
  }

  // Blocks and regions

  /** A new block in `region`, in front of `before` (null: at the end). The insertion point moves to its end. */
  createBlock(region: Region, before: Block | null, types: readonly Type[] = []): Block {
    const block = new Block();
    for (const type of types) block.addArgument(type);
    region.insert(before === null ? region.blocks.length : region.blocks.indexOf(before), block);
    this.journal.push(new BlockCreated(block));
    this.setInsertionPointToEnd(block);
    return block;
  }

  /** Erases a block nobody branches to, with its ops. Its arguments must be unused. */
  eraseBlock(block: Block): void {
    this.journal.push(new BlockErased(block));
  }

  /** Moves `op` and what follows into a new block right behind its own. */
  splitBlock(op: Operation): Block {
    const block = op.parent!;
    const region = block.parent!;
    const rest = new Block();
    region.insert(region.blocks.indexOf(block) + 1, rest);
    this.journal.push(new BlockCreated(rest));
    this.moveOps(op, block.lastOp!, rest, null);
    return rest;
  }
  /** Moves everything behind an op, or the whole content of a block, into a new block behind it. */
  splitBlockAfter(block: Block, after: Operation | null): Block {
    const first = after === null ? block.firstOp : after.next;
    if (first !== null) return this.splitBlock(first);
    const region = block.parent!;
    const rest = new Block();
    region.insert(region.blocks.indexOf(block) + 1, rest);
    this.journal.push(new BlockCreated(rest));
    return rest;
  }

  /** Moves all ops of `block` to the end of `target`, its arguments become `values`, and erases it. */
  mergeBlocks(block: Block, target: Block, values: readonly (Value | readonly Value[])[] = []): void {
    this.replaceArguments(block, values, () => ({ block: target, before: null }));
    if (block.firstOp !== null) this.moveOps(block.firstOp, block.lastOp!, target, null);
    this.eraseBlock(block);
  }

  override inlineBlockBefore(block: Block, before: Operation, values: readonly (Value | readonly Value[])[]): void {
    this.replaceArguments(block, values, () => ({ block: before.parent!, before }));
    if (block.firstOp !== null) this.moveOps(block.firstOp, block.lastOp!, before.parent!, before);
  }

  /** Moves the blocks of a region into another one, in front of `before` (null: to its end). */
  inlineRegionBefore(region: Region, target: Region, before: Block | null): void {
    for (const block of region.blocks.slice()) {
      this.journal.push(new BlockMoved(block));
      region.removeBlock(block);
      target.insert(before === null ? target.blocks.length : target.blocks.indexOf(before), block);
    }
  }

  moveBlockBefore(block: Block, target: Region, before: Block | null): void {
    this.journal.push(new BlockMoved(block));
    block.parent!.removeBlock(block);
    target.insert(before === null ? target.blocks.length : target.blocks.indexOf(before), block);
  }

  // Types

  /**
   * Gives all blocks of a region arguments of converted types, the entry block those of `entry` when given. The region may
   * not be attached yet. Returns false when a type cannot be converted, and says which.
   */
  convertRegionTypes(region: Region, converter: TypeConverter, entry?: SignatureConversion): boolean {
    for (const [i, block] of region.blocks.entries()) {
      const types = block.arguments.map((a) => a.type);
      const signature = i === 0 && entry !== undefined ? entry : converter.convertSignature(types);
      if (signature === null) {
        const wrong = types.find((t) => converter.convert(t) === null)!;
        return this.fail(`argument of type ${wrong} of block ${i} cannot be converted: ${converter.reason(wrong)}`);
      }
      this.applySignatureConversion(block, signature, converter);
    }
    return true;
  }

  /** Gives a block the arguments of a signature conversion; those whose type stays remain the same values. */
  applySignatureConversion(block: Block, signature: SignatureConversion, converter: TypeConverter | null): void {
    const old = block.arguments.slice();
    if (signature.inputCount !== old.length)
      throw new InternalError(`the signature is of ${signature.inputCount} arguments, the block has ${old.length}`);
    if (signature.types.length === old.length && old.every((a, i) => keeps(signature, a, i, i))) return;
    this.journal.push(new ArgumentsChanged(block));
    const made: (Value | undefined)[] = new Array<Value | undefined>(signature.types.length).fill(undefined);
    old.forEach((argument, i) => {
      const { start } = signature.mapping(i);
      if (keeps(signature, argument, i, start)) made[start] = argument;
    });
    const fresh = new Block();
    const values = signature.types.map((type, i) => {
      const kept = made[i];
      if (kept !== undefined) return kept;
      const value = fresh.addArgument(type);
      (value as BlockArgument).block = block;
      return value;
    });
    setArguments(block, values);
    const scope = this.enter(this.scopeNow.name, converter ?? this.scopeNow.converter);
    old.forEach((argument, i) => {
      const { start, count, values: given } = signature.mapping(i);
      if (values[start] === argument || !argument.hasUses) return;
      const list = given ?? values.slice(start, start + count);
      this.replaceByValues(argument, list, 'argument', `block argument ${i}`, () => ({
        block,
        before: block.firstOp,
      }));
    });
    this.leave(scope);
  }

  /** What a value is in the types of `converter`, through a cast when its definition was not converted; null: it has no conversion. */
  converted(value: Value, converter: TypeConverter): readonly Value[] | null {
    const types = converter.convert(value.type);
    if (types === null) return null;
    if (types.length === 0) return NO_VALUES;
    if (types.length === 1 && types[0] === value.type) return [value];
    const definition = value.definingOp;
    if (definition !== null && this.isCast(definition) && definition.resultCount === 1) {
      const sources = definition.operands;
      if (sources.length === types.length && sources.every((v, i) => v.type === types[i])) return sources;
    }
    const known = this.casts.findTarget(value, types);
    if (known !== undefined && resultsHaveTypes(known, types)) return known.results;
    const block = value.parentBlock!;
    const before = definition === null ? block.firstOp : definition.next;
    const subject =
      definition === null ? `block argument ${value.index}` : `result ${value.index} of '${definition.name}'`;
    const scope = this.enter(this.scopeNow.name, converter);
    const cast = this.insertCast('target', subject, [value], types, { block, before });
    this.leave(scope);
    return cast.results;
  }

  // Helpers

  private moveOps(first: Operation, last: Operation, block: Block, before: Operation | null): void {
    this.journal.push(new OpsMoved(first, last));
    moveRange(first, last, block, before);
  }

  private replaceArguments(block: Block, values: readonly (Value | readonly Value[])[], place: () => Place): void {
    if (values.length !== block.arguments.length)
      throw new InternalError(
        `a block with ${block.arguments.length} arguments is inlined with ${values.length} values`,
        block.parentOp ?? undefined,
      );
    values.forEach((given, i) => {
      const argument = block.arguments[i]!;
      if (!argument.hasUses) return;
      const list = Array.isArray(given) ? (given as readonly Value[]) : [given as Value];
      this.replaceByValues(argument, list, 'argument', `block argument ${i}`, place);
    });
  }

  private replaceByValues(
    from: Value,
    to: readonly Value[],
    kind: MaterializationKind,
    subject: string,
    place: () => Place,
  ): void {
    if (to.length === 1 && to[0]!.type === from.type) {
      this.replaceAllUses(from, to[0]!);
      return;
    }
    const cast = this.insertCast(kind, subject, to, [from.type], place());
    this.moveUsesExcept(from, cast.result(0), cast);
  }

  private insertCast(
    kind: MaterializationKind,
    subject: string,
    inputs: readonly Value[],
    types: readonly Type[],
    place: Place,
  ): Operation {
    const { name: pattern, converter } = this.scopeNow;
    const loc = place.before?.loc ?? this.matched?.loc ?? 0;
    return this.casts.insert({ kind, subject, pattern, converter }, inputs, types, loc, place);
  }

  /** Moves all uses but those of the cast itself, which may read the value it replaces. */
  private moveUsesExcept(from: Value, to: Value, cast: Operation): void {
    let own = false;
    for (let i = 0; i < cast.operandCount; i++) if (cast.operand(i) === from) own = true;
    if (!own) {
      this.replaceAllUses(from, to);
      return;
    }
    for (const user of from.users()) {
      if (user === cast) continue;
      this.journal.push(new Redirected(user));
      for (let i = 0; i < user.operandCount; i++) if (user.operand(i) === from) user.setOperand(i, to);
    }
  }
}

interface Place {
  readonly block: Block;
  readonly before: Operation | null;
}

const NO_VALUES: readonly Value[] = [];

/** Whether an argument stays the value it is, at position `at`. */
function keeps(signature: SignatureConversion, argument: Value, input: number, at: number): boolean {
  const { start, count, values } = signature.mapping(input);
  return values === null && count === 1 && start === at && signature.types[start] === argument.type;
}

/** Where all of `values` are known: in front of `op`, or behind the last of them that follows it. */
function placeAfter(values: readonly Value[], op: Operation): Place {
  let before: Operation | null = op;
  for (const value of values) {
    const definition = value.definingOp;
    if (definition === null || definition.parent !== op.parent || definition === op) continue;
    if (op.isBeforeInBlock(definition) && (before === op || before === null || before.isBeforeInBlock(definition)))
      before = definition.next;
  }
  return { block: op.parent!, before };
}
