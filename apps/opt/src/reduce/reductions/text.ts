// Makes sizes, numbers and element types smaller, everywhere at once: in the text, where shapes that belong together are
// written the same. Whether the result is a program, parser and verifier say.
import type { Session } from '../session.js';

/** Sizes in shapes: `4x8xf32` with 8 everywhere 4, 2, 1. */
export async function shrinkShapes(session: Session): Promise<void> {
  for (const size of sizesIn(session.text)) {
    for (const smaller of ['1', '2', '3', '4', String(Math.floor(Number(size === '?' ? 0 : size) / 2))]) {
      if (smaller === '0' || (size !== '?' && Number(smaller) >= Number(size))) continue;
      if (await session.tryText(withSize(session.text, size, smaller))) break;
      // Numbers outside of types may go along: bounds of loops, sizes in attributes.
      if (size !== '?' && (await session.tryText(withNumber(withSize(session.text, size, smaller), size, smaller))))
        break;
    }
  }
  // One dimension less, everywhere.
  for (const size of sizesIn(session.text)) await session.tryText(session.text.replaceAll(`<${size}x`, '<'));
}

const SHAPE = /(?<=[<x])(\d+|\?)(?=x)/g;
const NUMBER = /(?<![\w%#.^!@-])\d+(?![\w.])/g;

function sizesIn(text: string): string[] {
  const sizes = new Set([...text.matchAll(SHAPE)].map((match) => match[0]));
  return [...sizes].sort((a, b) => (b === '?' ? 1 : a === '?' ? -1 : Number(b) - Number(a)));
}

function withSize(text: string, size: string, smaller: string): string {
  return text.replace(SHAPE, (found) => (found === size ? smaller : found));
}

function withNumber(text: string, number: string, smaller: string): string {
  return text.replace(NUMBER, (found) => (found === number ? smaller : found));
}

/** Numbers outside of types: bounds of loops, values of constants. */
export async function shrinkNumbers(session: Session): Promise<void> {
  const numbers = [...new Set([...session.text.matchAll(NUMBER)].map((match) => match[0]))].sort(
    (a, b) => Number(b) - Number(a),
  );
  for (const number of numbers)
    for (const smaller of [0, 1, 2, Math.floor(Number(number) / 2)])
      if (smaller < Number(number) && (await session.tryText(withNumber(session.text, number, String(smaller))))) break;
}

const SIMPLER: readonly (readonly [string, string])[] = [
  ['f64', 'f32'],
  ['bf16', 'f32'],
  ['f16', 'f32'],
  ['i64', 'i32'],
  ['i16', 'i32'],
  ['i8', 'i32'],
];

/** Element types: the usual ones in place of others. */
export async function simplifyTypes(session: Session): Promise<void> {
  for (const [from, to] of SIMPLER)
    await session.tryText(session.text.replaceAll(new RegExp(`(?<![a-z])${from}\\b`, 'g'), to));
}
