// Which buffer holds which tensor while a host function is bufferized, and whose memory may be written over.
//
// Memory is a set of tokens: an allocation, a donated argument, or what a loop carries. A tensor lies in the memory of one
// token; a loop or a branch may permute tokens of equal size, so that a token has a current name: the buffer value that is
// its address at this point. Tokens are never lost or doubled, which is what makes swapping pointers safe.
import { IfOp } from '@budflow/dialect-loop';
import type { Block, Operation, Value } from '@budflow/ir';
import { isLoop } from './shape-of-control-flow.js';

export class Tokens {
  /** The buffer of each tensor. */
  private readonly buffers = new Map<Value, Value>();
  /** The token of a buffer that is not one itself. */
  private readonly tokens = new Map<Value, Value>();
  /** Tokens that this function may write over, each with the block in which it is. */
  private readonly owned = new Map<Value, Block>();
  /** Buffer values that tokens are named by now, where they are not the token itself. */
  private names = new Map<Value, Value>();
  private groups: Set<Value>[] = [];

  buffer(value: Value): Value {
    return this.buffers.get(value) ?? value;
  }
  /** Whether the value is a tensor that has a buffer. */
  has(value: Value): boolean {
    return this.buffers.has(value);
  }
  bind(tensor: Value, buffer: Value): void {
    this.buffers.set(tensor, buffer);
  }

  token(buffer: Value): Value {
    return this.tokens.get(buffer) ?? buffer;
  }
  /** `buffer` is memory of a token: a view of it, or its name after a loop. */
  assign(buffer: Value, token: Value): void {
    if (buffer !== token) this.tokens.set(buffer, token);
  }

  own(token: Value): void {
    this.owned.set(token, token.parentBlock!);
  }
  isOwned(token: Value): boolean {
    return this.owned.has(token);
  }
  home(token: Value): Block | undefined {
    return this.owned.get(token);
  }

  name(token: Value): Value {
    return this.names.get(token) ?? token;
  }
  rename(token: Value, name: Value): void {
    this.names.set(token, name);
  }
  /** The names of all tokens that have another one than themselves. */
  allNames(): ReadonlyMap<Value, Value> {
    return new Map(this.names);
  }

  /** These tokens may have changed places with each other at run time. */
  permuted(tokens: Iterable<Value>): void {
    this.groups.push(new Set(tokens));
  }
  /** All tokens that may have changed places with one of these, directly or through others. */
  entangled(tokens: Iterable<Value>): Set<Value> {
    const all = new Set(tokens);
    for (let before = -1; before !== all.size; ) {
      before = all.size;
      for (const group of this.groups) if ([...group].some((t) => all.has(t))) for (const t of group) all.add(t);
    }
    return all;
  }
  /** Runs `body`, behind which tokens have the names again that they had before. */
  scoped(body: () => void): void {
    const { names, groups } = this;
    this.names = new Map(names);
    this.groups = [...groups];
    body();
    this.names = names;
    this.groups = groups;
  }

  /** Whether `op` may take the token over: it is ours, `op` runs at most once while it lives, and nobody reads it later. */
  mayTake(token: Value, op: Operation): boolean {
    const home = this.owned.get(token);
    if (!home) return false;
    for (let block = op.parent; block !== home; block = block!.parentOp!.parent) {
      if (block === null || block.parentOp === null || isLoop(block.parentOp)) return false;
    }
    return this.isLast(token, op);
  }

  /** Whether no tensor in the token's memory is read after `op`. */
  private isLast(token: Value, op: Operation): boolean {
    for (const [tensor, buffer] of this.buffers) {
      if (this.token(buffer) !== token) continue;
      let last = true;
      tensor.forEachUse((user) => {
        if (last && runsAfter(user, op)) last = false;
      });
      if (!last) return false;
    }
    return true;
  }
}

/** Whether `user` may run after `op` has, in one run of the blocks that hold both. */
function runsAfter(user: Operation, op: Operation): boolean {
  if (user === op) return false;
  const path = new Map<Block, Operation>();
  for (let at: Operation | null = op; at?.parent; at = at.parentOp) path.set(at.parent, at);
  let at = user;
  while (at.parent && !path.has(at.parent)) at = at.parentOp!;
  const other = path.get(at.parent!);
  if (!other) return true;
  if (other !== at) return other.isBeforeInBlock(at);
  // Inside of one op: before it when it is the user, in another branch of it, or in a loop that `op` is.
  if (at === user) return false;
  return at === op || !IfOp.is(at);
}
