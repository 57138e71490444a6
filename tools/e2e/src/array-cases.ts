// Cases of the tests of single ops: text and arguments, and a check in every configuration.
import { Random } from '@budflow/numerics';
import { expect, test } from 'vitest';
import { CONFIGURATIONS, compareProgram, describeConfiguration, type TestArgument } from './differential.js';
import { randomElements } from './random/data.js';
import type { Element } from './random/program.js';

/** Text of `main` and its arguments. */
export interface Case {
  readonly text: string;
  readonly args: readonly TestArgument[];
}

const random = new Random(42);

/** A random tensor argument. */
export function tensor(element: Element, shape: readonly number[]): TestArgument {
  const count = shape.reduce((n, d) => n * d, 1);
  return { shape, data: randomElements(element, count, random) };
}

export function integers(element: 'i32' | 'i64', shape: readonly number[], values: readonly number[]): TestArgument {
  return { shape, data: element === 'i32' ? Int32Array.from(values) : BigInt64Array.from(values, BigInt) };
}

/** Text of a tensor type; `dynamic` names the dimensions that are `?`. */
export function type(element: string, shape: readonly number[], dynamic: readonly number[] = []): string {
  return `tensor<${shape.map((d, i) => `${dynamic.includes(i) ? '?' : d}x`).join('')}${element}>`;
}

/** Cases that follow each other share the configurations among them: so many of many cases, or of a few. */
const [SHARE, SHARE_OF_FEW] = [6, 3];

/** Runs the cases, each in a sixth of the configurations; where there are few, in a third; a single one in all. */
export function check(name: string, cases: () => Case[]): void {
  test(name, () => {
    const list = cases();
    const share = list.length < SHARE ? SHARE_OF_FEW : SHARE;
    for (const [i, { text, args }] of list.entries()) {
      for (const [c, configuration] of CONFIGURATIONS.entries()) {
        // Both numerics meet every case, all configurations a few cases in a row.
        if (list.length > 1 && (c + Math.floor(c / share) + i) % share !== 0) continue;
        const failure = compareProgram(text, args, configuration);
        expect(failure && `${describeConfiguration(configuration)}\n${failure.message}\n${text}`).toBeUndefined();
      }
    }
  });
}

/** Cases for shapes, static and dynamic. */
export function over(
  shapes: readonly (readonly number[])[],
  make: (shape: readonly number[], dynamic: readonly number[]) => Case,
): Case[] {
  return shapes.flatMap((shape) => [
    make(shape, []),
    make(
      shape,
      shape.map((_, d) => d),
    ),
  ]);
}
