// Matches regular expressions without back-references in time proportional to text times pattern: all states that can be
// reached are followed at once (Thompson's construction, with captures as in Pike's machine). Of all matches at the
// leftmost place the longest is taken, as POSIX wants it; of the ways to it the first by preference gives the captures.
import { RegexError, type RegexNode } from './regex-syntax.js';

export interface RegexMatch {
  readonly start: number;
  readonly end: number;
  /** Captured text by number of the group, from 1; undefined where a group took no part. */
  readonly groups: readonly (string | undefined)[];
}

type Instruction =
  | { readonly op: 'char'; readonly code: number }
  | { readonly op: 'set'; readonly matches: (code: number) => boolean }
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'line-start' | 'line-end' | 'match' };

const MAX_INSTRUCTIONS = 100_000;
const NEWLINE = 10;

export class Automaton {
  private readonly program: Instruction[] = [];
  private groups = 0;
  private readonly ignoreCase: boolean;

  /** @throws RegexError for a pattern that is too large */
  constructor(node: RegexNode, { ignoreCase = false }: { readonly ignoreCase?: boolean } = {}) {
    this.ignoreCase = ignoreCase;
    this.compile(node);
    this.emit({ op: 'match' });
  }

  private emit<I extends Instruction>(instruction: I): I {
    if (this.program.length >= MAX_INSTRUCTIONS) throw new RegexError('regular expression too large', 0);
    this.program.push(instruction);
    return instruction;
  }

  private compile(node: RegexNode): void {
    switch (node.kind) {
      case 'text':
        for (const c of this.ignoreCase ? node.text.toLowerCase() : node.text)
          for (let i = 0; i < c.length; i++) this.emit({ op: 'char', code: c.charCodeAt(i) });
        return;
      case 'any':
        this.emit({ op: 'set', matches: (code) => code !== NEWLINE });
        return;
      case 'set':
        this.emit({ op: 'set', matches: setTest(node, this.ignoreCase) });
        return;
      case 'sequence':
        for (const item of node.items) this.compile(item);
        return;
      case 'choice':
        this.choice(node.options);
        return;
      case 'repeat':
        this.repeat(node.item, node.least, node.most);
        return;
      case 'group': {
        const group = ++this.groups;
        this.emit({ op: 'save', slot: 2 * group });
        this.compile(node.item);
        this.emit({ op: 'save', slot: 2 * group + 1 });
        return;
      }
      case 'reference':
        throw new RegexError('a back-reference is not regular', 0);
      default:
        this.emit({ op: node.kind });
    }
  }

  private choice(options: readonly RegexNode[]): void {
    const jumps: { to: number }[] = [];
    options.forEach((option, i) => {
      const isLast = i === options.length - 1;
      const split = isLast ? undefined : this.emit({ op: 'split', first: this.program.length + 1, second: 0 });
      this.compile(option);
      if (!split) return;
      jumps.push(this.emit({ op: 'jump', to: 0 }));
      split.second = this.program.length;
    });
    for (const jump of jumps) jump.to = this.program.length;
  }

  private repeat(item: RegexNode, least: number, most: number): void {
    const groups = this.groups;
    const again = () => {
      // Copies of an item capture into the same groups.
      this.groups = groups;
      this.compile(item);
    };
    for (let i = 0; i < least; i++) again();
    if (most === Number.POSITIVE_INFINITY) {
      const split = this.emit({ op: 'split', first: this.program.length + 1, second: 0 });
      const start = this.program.length - 1;
      again();
      this.emit({ op: 'jump', to: start });
      split.second = this.program.length;
      return;
    }
    const splits: { second: number }[] = [];
    for (let i = least; i < most; i++) {
      splits.push(this.emit({ op: 'split', first: this.program.length + 1, second: 0 }));
      again();
    }
    for (const split of splits) split.second = this.program.length;
    // An item that occurs no time has its groups nevertheless.
    if (most === 0) this.groups = groups + countGroups(item);
  }

  /** The leftmost longest match that begins in [from, to] and ends there; lines end at `\n` and at the ends of the text. */
  exec(text: string, from = 0, to = text.length): RegexMatch | undefined {
    const input = this.ignoreCase ? text.toLowerCase() : text;
    let current = new States(this.program.length);
    let next = new States(this.program.length);
    let best: { start: number; end: number; slots: readonly number[] } | undefined;
    for (let at = from; at <= to; at++) {
      if (!best) this.add(current, 0, at, [], at, input);
      if (current.size === 0 && best) break;
      next.clear();
      for (let i = 0; i < current.size; i++) {
        const thread = current.at(i);
        if (best && thread.start > best.start) continue;
        const instruction = this.program[thread.state] as Instruction;
        if (instruction.op === 'match') {
          if (!best || thread.start < best.start || at > best.end)
            best = { start: thread.start, end: at, slots: thread.slots };
          continue;
        }
        if (at === to) continue;
        const code = input.charCodeAt(at);
        const matches =
          instruction.op === 'char' ? instruction.code === code : instruction.op === 'set' && instruction.matches(code);
        if (matches) this.add(next, thread.state + 1, thread.start, thread.slots, at + 1, input);
      }
      [current, next] = [next, current];
    }
    if (!best) return undefined;
    const groups: (string | undefined)[] = [undefined];
    for (let group = 1; group <= this.groups; group++) {
      const [start, end] = [best.slots[2 * group], best.slots[2 * group + 1]];
      groups.push(start === undefined || end === undefined ? undefined : text.slice(start, end));
    }
    return { start: best.start, end: best.end, groups };
  }

  /** Adds a state and those reached from it without a character, in order of preference. */
  private add(
    states: States,
    first: number,
    start: number,
    firstSlots: readonly number[],
    at: number,
    input: string,
  ): void {
    const stack: { state: number; slots: readonly number[] }[] = [{ state: first, slots: firstSlots }];
    for (let entry = stack.pop(); entry; entry = stack.pop()) {
      const { state, slots } = entry;
      if (!states.visit(state)) continue;
      const instruction = this.program[state] as Instruction;
      switch (instruction.op) {
        case 'jump':
          stack.push({ state: instruction.to, slots });
          break;
        case 'split':
          stack.push({ state: instruction.second, slots }, { state: instruction.first, slots });
          break;
        case 'save': {
          const saved = slots.slice();
          saved[instruction.slot] = at;
          stack.push({ state: state + 1, slots: saved });
          break;
        }
        case 'line-start':
          if (at === 0 || input.charCodeAt(at - 1) === NEWLINE) stack.push({ state: state + 1, slots });
          break;
        case 'line-end':
          if (at === input.length || input.charCodeAt(at) === NEWLINE) stack.push({ state: state + 1, slots });
          break;
        default:
          states.push(state, start, slots);
      }
    }
  }
}

interface Thread {
  readonly state: number;
  readonly start: number;
  readonly slots: readonly number[];
}

/** The threads at one place of the text, one for each state: the first that came. */
class States {
  private readonly visited: Uint32Array;
  private generation = 1;
  private readonly threads: Thread[] = [];
  size = 0;

  constructor(count: number) {
    this.visited = new Uint32Array(count);
  }
  clear(): void {
    this.generation++;
    this.size = 0;
  }
  /** False when the state was visited. */
  visit(state: number): boolean {
    if (this.visited[state] === this.generation) return false;
    this.visited[state] = this.generation;
    return true;
  }
  push(state: number, start: number, slots: readonly number[]): void {
    this.threads[this.size++] = { state, start, slots };
  }
  at(i: number): Thread {
    return this.threads[i] as Thread;
  }
}

function setTest(
  { ranges, negated }: { readonly ranges: readonly (readonly [number, number])[]; readonly negated: boolean },
  ignoreCase: boolean,
): (code: number) => boolean {
  const inside = (code: number) => ranges.some(([low, high]) => low <= code && code <= high);
  // The text is in lower case then.
  const within = ignoreCase
    ? (code: number) => inside(code) || inside(String.fromCharCode(code).toUpperCase().charCodeAt(0))
    : inside;
  return negated ? (code) => code !== NEWLINE && !within(code) : within;
}

export function countGroups(node: RegexNode): number {
  switch (node.kind) {
    case 'group':
      return 1 + countGroups(node.item);
    case 'repeat':
      return countGroups(node.item);
    case 'sequence':
      return node.items.reduce((n, item) => n + countGroups(item), 0);
    case 'choice':
      return node.options.reduce((n, option) => n + countGroups(option), 0);
    default:
      return 0;
  }
}
