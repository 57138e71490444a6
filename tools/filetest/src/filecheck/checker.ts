// Runs the checks of a file over an input. The rules are FileCheck's: labels cut the input into regions first; checks
// match in order; -DAG matches in any order without overlap; -NOT may stand nowhere between the matches around it.
import type { Check, CheckFile } from './check-file.js';
import type { FileCheckOptions } from './options.js';
import { type Match, type Pattern, type Substituted, SubstitutionError } from './pattern.js';

export type Event =
  | {
      readonly kind: 'match';
      readonly pattern: Pattern;
      /** 0-based in the input. */
      readonly start: number;
      readonly end: number;
      readonly captured: readonly Substituted[];
    }
  | Failure;

export interface Failure {
  readonly kind: 'failure';
  readonly pattern: Pattern;
  readonly message: string;
  /** Part of the input that was searched. */
  readonly from: number;
  readonly to: number;
  /** What was found and should not be, or not there. */
  readonly found: { readonly start: number; readonly end: number } | undefined;
  /** End of the match before, for -NEXT and -SAME. */
  readonly previousEnd: number | undefined;
  /** Values of the variables in the pattern; undefined when one has none. */
  readonly substituted: readonly Substituted[] | undefined;
  /** 0-based place in the check file, when it is a part of the pattern that is wrong. */
  readonly offset: number | undefined;
}

/** Everything that happened, in order; the input is fine when there is no failure. `input` is canonical text. */
export function check(file: CheckFile, input: string, options: FileCheckOptions): Event[] {
  return new Checker(file, input, options).run();
}

/** Ends the checks of a region; the failure is among the events. */
class Stop extends Error {}

interface Region {
  readonly from: number;
  readonly to: number;
}

class Checker {
  private readonly file: CheckFile;
  private readonly input: string;
  private readonly options: FileCheckOptions;
  private events: Event[] = [];

  constructor(file: CheckFile, input: string, options: FileCheckOptions) {
    this.file = file;
    this.input = input;
    this.options = options;
  }

  run(): Event[] {
    const { checks, variables } = this.file;
    let from = 0;
    for (let first = 0; first < checks.length; ) {
      let end = checks.findIndex((c, i) => i >= first && c.pattern.kind === 'label');
      let to = this.input.length;
      if (end < 0) end = checks.length;
      else {
        // Only the label itself is looked for: what is in front of it is checked within the region.
        const label = (checks[end++] as Check).pattern;
        try {
          to = this.find(label, { from, to }, { label: true }).end;
        } catch (error) {
          if (!(error instanceof Stop)) throw error;
          return this.events;
        }
      }
      if (first !== 0 && this.options.enableVarScope) variables.clearLocal();
      try {
        let at = from;
        for (; first < end; first++) at = this.one(checks[first] as Check, { from: at, to });
      } catch (error) {
        if (!(error instanceof Stop)) throw error;
        first = end;
      }
      from = to;
    }
    return this.events;
  }

  /** Checks one directive with those in front of it; returns the end of its match. */
  private one({ pattern, before }: Check, region: Region): number {
    const { from, nots } = this.unordered(before, region);
    let start = -1;
    let end = from;
    for (let i = 1; i <= pattern.count; i++) {
      const match = this.find(pattern, { from: end, to: region.to }, { number: i });
      if (i === 1) start = match.start;
      end = match.end;
    }
    const skipped = { from, to: start };
    this.checkLine(pattern, skipped, end);
    this.checkNots(nots, skipped);
    return end;
  }

  private find(
    pattern: Pattern,
    region: Region,
    { label = false, number = 1 }: { readonly label?: boolean; readonly number?: number } = {},
  ): Match {
    const match = this.tryMatch(pattern, region);
    if (!match) {
      const which = pattern.count > 1 ? ` (${number} out of ${pattern.count})` : '';
      this.fail(pattern, `expected string not found in input${which}`, region);
    }
    if (!label) this.matched(pattern, match);
    return match;
  }

  /** A match with its place in the whole input. */
  private tryMatch(pattern: Pattern, region: Region): Match | undefined {
    try {
      const match = pattern.match(this.input.slice(region.from, region.to));
      return match && { ...match, start: match.start + region.from, end: match.end + region.from };
    } catch (error) {
      if (!(error instanceof SubstitutionError)) throw error;
      this.fail(pattern, error.message, region, { offset: error.offset });
    }
  }

  private matched(pattern: Pattern, { start, end, captured }: Match): void {
    if (pattern.kind !== 'end') this.events.push({ kind: 'match', pattern, start, end, captured });
  }

  private fail(
    pattern: Pattern,
    message: string,
    { from, to }: Region,
    more: Partial<Pick<Failure, 'found' | 'previousEnd' | 'offset'>> = {},
  ): never {
    let substituted: readonly Substituted[] | undefined;
    try {
      substituted = pattern.substituted();
    } catch (error) {
      if (!(error instanceof SubstitutionError)) throw error;
    }
    this.events.push({
      kind: 'failure',
      pattern,
      message,
      from,
      to,
      found: more.found,
      previousEnd: more.previousEnd,
      substituted,
      offset: more.offset,
    });
    throw new Stop();
  }

  /** -NEXT and -EMPTY one line below the match before, -SAME on its line. */
  private checkLine(pattern: Pattern, skipped: Region, end: number): void {
    const { kind } = pattern;
    if (kind !== 'next' && kind !== 'empty' && kind !== 'same') return;
    const lines = countLineEnds(this.input.slice(skipped.from, skipped.to));
    const wrong =
      kind === 'same'
        ? lines > 0 && 'is not on the same line as the previous match'
        : lines === 0
          ? 'is on the same line as previous match'
          : lines > 1 && 'is not on the line after the previous match';
    if (!wrong) return;
    this.events.pop();
    this.fail(pattern, wrong, skipped, { found: { start: skipped.to, end }, previousEnd: skipped.from });
  }

  private checkNots(nots: readonly Pattern[], region: Region): void {
    for (const pattern of nots) {
      const found = this.tryMatch(pattern, region);
      if (found) this.fail(pattern, 'excluded string found in input', region, { found });
    }
  }

  /** Groups of -DAG, with -NOT between them. Returns where they end, and the -NOT that come last. */
  private unordered(before: readonly Pattern[], region: Region): { from: number; nots: readonly Pattern[] } {
    let from = region.from;
    let nots: Pattern[] = [];
    let taken: Region[] = [];
    before.forEach((pattern, i) => {
      if (pattern.kind === 'not') {
        nots.push(pattern);
        return;
      }
      this.place(pattern, { from, to: region.to }, taken);
      if (before[i + 1]?.kind === 'dag') return;
      // The end of a group.
      taken.sort((a, b) => a.from - b.from);
      this.checkNots(nots, { from, to: (taken[0] as Region).from });
      nots = [];
      from = (taken.at(-1) as Region).to;
      taken = [];
    });
    return { from, nots };
  }

  /** The first match of a -DAG that overlaps no other of its group. `taken` is sorted. */
  private place(pattern: Pattern, region: Region, taken: Region[]): void {
    let from = region.from;
    for (let next = 0; ; ) {
      const match = this.tryMatch(pattern, { from, to: region.to });
      if (!match) this.fail(pattern, 'expected string not found in input', { from, to: region.to });
      while (next < taken.length && match.start >= (taken[next] as Region).to) next++;
      const other = taken[next];
      if (!other || other.from >= match.end) {
        taken.splice(next, 0, { from: match.start, to: match.end });
        this.matched(pattern, match);
        return;
      }
      from = other.to;
      next++;
    }
  }
}

function countLineEnds(text: string): number {
  return text.match(/\r\n|\n\r|\n|\r/g)?.length ?? 0;
}
