// Sorts: the interpreter against WebAssembly, over shapes, dimensions, element types and comparators.
import { describe } from 'vitest';
import { type Case, check, over, tensor, type } from './array-cases.js';
import { ELEMENTS, type Element } from './random/program.js';

const SHAPES: readonly (readonly number[])[] = [[0], [1], [2], [37], [5, 19], [19, 5], [3, 17, 4], [0, 3], [3, 0]];

/** A sort of one operand, in short, along each dimension. */
function short(element: Element, how: string): Case[] {
  return over(SHAPES, (shape, dynamic) => {
    const t = type(element, shape, dynamic);
    const dim = shape.length - 1;
    const other = shape.length === 1 ? 0 : shape.length - 2;
    return {
      text: `func.func @main(%x: ${t}) -> (${t}, ${t}) {
  %0 = array.sort %x dim = ${dim} ascending${how} : ${t}
  %1 = array.sort %x dim = ${other} descending${how} : ${t}
  return %0, %1 : ${t}, ${t}
}`,
      args: [tensor(element, shape)],
    };
  });
}

describe('array.sort in short', () => {
  for (const element of ELEMENTS) {
    check(`of ${element}`, () => short(element, ''));
    if (element.startsWith('f')) check(`of ${element} in the total order`, () => short(element, ' total_order'));
  }
});
