// Reductions over what elementwise ops make of two operands, each repeated along the other's rows: they run in tiles of
// registers as matrix products do.
import { describe } from 'vitest';
import { type Case, check, over, tensor, type } from './array-cases.js';
import type { Element } from './random/program.js';

/** reduce(kind, body(a[i, k], b[j, k])) over k, which is dimension `dim` of three. */
function pairs(element: Element, body: string, kind: string, init: string, sizes: readonly number[]): Case[] {
  const [m, n, k] = sizes as [number, number, number];
  return over([[m, n, k]], (_, dynamic) => {
    const t = (...shape: number[]) => type(element, shape, dynamic);
    const all = t(m, n, k);
    const isDynamic = dynamic.length > 0;
    const grow = (size: string) => (isDynamic ? ` sizes(${size})` : '');
    const sizesOf = isDynamic
      ? `  %m = array.dim %a, 0 : ${t(m, k)}
  %n = array.dim %b, 0 : ${t(n, k)}
`
      : '';
    return {
      text: `func.func @main(%a: ${t(m, k)}, %b: ${t(n, k)}) -> ${t(m, n)} {
${sizesOf}  %z = array.constant dense<${init}> : tensor<${element}>
  %x = array.broadcast %a dims = [0, 2]${grow('%n')} : ${t(m, k)} to ${all}
  %y = array.broadcast %b dims = [1, 2]${grow('%m')} : ${t(n, k)} to ${all}
${body.replaceAll('T', all)}
  %r = array.reduce ${kind} %v init %z dims = [2] : ${all}, tensor<${element}> to ${t(m, n)}
  return %r : ${t(m, n)}
}`,
      args: [tensor(element, [m, k]), tensor(element, [n, k])],
    };
  });
}

const SQUARES = `  %d = array.sub %x, %y : T
  %v = array.mul %d, %d : T`;
const DISTANCES = `  %d = array.sub %x, %y : T
  %v = array.abs %d : T`;
const SUMS = '  %v = array.add %x, %y : T';

describe('reductions of pairs', () => {
  check('squares of differences', () => [
    ...pairs('f32', SQUARES, 'add', '0.5', [13, 19, 33]),
    ...pairs('f64', SQUARES, 'add', '0.0', [6, 9, 17]),
  ]);
  check('distances, and the shortest of ways', () => [
    ...pairs('f32', DISTANCES, 'add', '0.0', [8, 16, 20]),
    ...pairs('f32', SUMS, 'min', '1.0e+9', [7, 21, 16]),
    ...pairs('i32', SUMS, 'max', '-100', [5, 12, 40]),
    ...pairs('i32', DISTANCES, 'add', '3', [9, 8, 16]),
  ]);
});
