// From a name or a file's content to a machine description.

import { BUILT_IN_TARGETS } from './builtin.js';
import type { Issue } from './check.js';
import { checkStructure } from './check.js';
import { nearest } from './nearest.js';
import { TARGET_SCHEMA } from './schema.js';
import type { Target } from './target.js';

/** An unknown name, or a description that does not fit its schema. The message is for the user as it is. */
export class TargetError extends Error {
  override readonly name = 'TargetError';
  /** Problems of a description, each with the JSON pointer of its place; empty for an unknown name. */
  readonly issues: readonly Issue[];

  constructor(message: string, issues: readonly Issue[] = []) {
    super(message);
    this.issues = issues;
  }
}

/** Names of the built-in targets. */
export function targetNames(): string[] {
  return BUILT_IN_TARGETS.map((target) => target.name);
}

/** Descriptions from files and plug-ins, by name. */
const registered = new Map<string, Target>();

/**
 * Lets `getTarget` find a description by its name, until another of that name is registered.
 * @throws TargetError when a built-in target of this name says something else
 */
export function registerTarget(target: Target): void {
  const builtIn = BUILT_IN_TARGETS.find(({ name }) => name === target.name);
  if (!builtIn) {
    registered.set(target.name, target);
    return;
  }
  const { $schema: _, ...plain } = target;
  if (JSON.stringify(sorted(plain)) !== JSON.stringify(sorted(builtIn)))
    throw new TargetError(
      `the name "${target.name}" is that of a built-in target, and this description is another; give it a name of its own`,
    );
}

/** With keys in order, at every depth. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/**
 * The first of `candidates` (names, best first) whose code a target runs: it has all their features. Undefined when there
 * is none. A target among the candidates is its own.
 */
export function compatibleTarget(name: string, candidates: readonly string[]): string | undefined {
  if (candidates.includes(name)) return name;
  const { features, triple } = getTarget(name);
  return candidates.find((candidate) => {
    const known = registered.get(candidate) ?? BUILT_IN_TARGETS.find((target) => target.name === candidate);
    return (
      known !== undefined &&
      (known.triple === undefined) === (triple === undefined) &&
      known.features.every((feature) => features.includes(feature))
    );
  });
}

/** A built-in or registered target. @throws TargetError for an unknown name, with the nearest one */
export function getTarget(name: string): Target {
  const found = BUILT_IN_TARGETS.find((target) => target.name === name) ?? registered.get(name);
  if (found) return found;
  if (name === 'host') {
    throw new TargetError('the target "host" has to be detected: detectHost() in @budflow/target/node does that');
  }
  const meant = nearest(name, [...targetNames(), ...registered.keys()]);
  const hint = meant ? `did you mean "${meant}"?` : `there are ${targetNames().join(', ')}`;
  throw new TargetError(`unknown target "${name}"; ${hint}`);
}

/**
 * A target from JSON: its text, or the value it was parsed to.
 * @param options.file name of the file, to begin messages with
 * @throws TargetError naming the JSON pointer of every problem
 */
export function parseTarget(json: unknown, options: { readonly file?: string } = {}): Target {
  const file = options.file ?? 'target';
  const value = typeof json === 'string' ? parseJson(json, file) : json;
  const issues = checkStructure(value, TARGET_SCHEMA);
  if (issues.length === 0) issues.push(...checkMeaning(value as Target));
  if (issues.length > 0) {
    const lines = issues.map(({ path, message }) => `${file}: ${path === '' ? '/' : path}: ${message}`);
    throw new TargetError(lines.join('\n'), issues);
  }
  return value as Target;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TargetError(`${file}: not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What the schema cannot say. */
function checkMeaning(target: Target): Issue[] {
  const issues: Issue[] = [];
  if (target.vectorBits % 32 !== 0) {
    issues.push({ path: '/vectorBits', message: `expected a multiple of 32, got ${target.vectorBits}` });
  }
  target.caches.forEach((cache, i) => {
    const before = target.caches[i - 1];
    if (before && cache.level <= before.level) {
      issues.push({
        path: `/caches/${i}/level`,
        message: `expected a level above ${before.level}, got ${cache.level}; the nearest cache comes first`,
      });
    }
  });
  const bandwidths = target.bandwidth.caches.length;
  if (bandwidths !== target.caches.length) {
    issues.push({
      path: '/bandwidth/caches',
      message: `expected one number for each of the ${target.caches.length} caches, got ${bandwidths}`,
    });
  }
  return issues;
}
