// Random programs of several ops, each on the result of the one before: what canonicalization has to keep.
import type { Scalar } from '@budflow/interpreter';
import fc from 'fast-check';
import { count, type Element, elementArbitrary, type Program, program, typeText } from './random-ops.js';

interface Chain {
  readonly shape: readonly number[];
  readonly dynamic: number;
  /** Element type at this point of the chain. */
  readonly element: Element;
  readonly lines: readonly string[];
  readonly sizes: readonly number[];
}

function current(chain: Chain): string {
  return `%v${chain.lines.length}`;
}
function typeOf(chain: Pick<Chain, 'shape' | 'element' | 'dynamic'>): string {
  return typeText(chain.shape, chain.element, chain.dynamic);
}
function extend(chain: Chain, op: string, next: Partial<Chain> = {}, sizes: readonly number[] = []): Chain {
  const lines = [...chain.lines, `%v${chain.lines.length + 1} = ${op}`];
  return { ...chain, ...next, lines, sizes: [...chain.sizes, ...sizes] };
}
const isFloat = (element: string): boolean => element.startsWith('f');

/** One more op, chosen by `pick` and shaped by the numbers in `dice`. */
function step(chain: Chain, pick: number, dice: readonly number[]): Chain {
  const { shape, dynamic, element } = chain;
  const x = current(chain);
  const type = typeOf(chain);
  const die = (i: number, sides: number) => dice[i % dice.length]! % sides;
  const isStatic = dynamic === 0;
  switch (pick % 12) {
    case 0:
      return extend(chain, `array.neg ${x} : ${type}`);
    case 1:
      return extend(chain, `array.${['add', 'sub', 'mul', 'min', 'max'][die(0, 5)]} ${x}, ${x} : ${type}`);
    case 2:
      return extend(chain, `array.abs ${x} : ${type}`);
    case 3: {
      // With a constant: zero, one or minus one everywhere.
      if (!isStatic) return chain;
      const value = ['0', '1', '-0', '2'][die(0, 4)]!;
      const text = isFloat(element) ? `${value}.0` : value.replace('-', '');
      const withConstant = extend(chain, `array.constant dense<${text}> : ${type}`);
      const ops = ['add', 'sub', 'mul', 'div', 'rem', 'min', 'max'];
      return extend(withConstant, `array.${ops[die(1, 7)]} ${x}, ${current(withConstant)} : ${type}`);
    }
    case 4: {
      const perm = [...shape.keys()].sort((a, b) => die(a, 97) - die(b, 97) || a - b);
      let moved = 0;
      perm.forEach((d, i) => {
        if ((dynamic >> d) & 1) moved |= 1 << i;
      });
      const next = { shape: perm.map((d) => shape[d]!), dynamic: moved };
      return extend(
        chain,
        `array.transpose ${x} perm = [${perm.join(', ')}] : ${type} to ${typeOf({ element, ...next })}`,
        next,
      );
    }
    case 5: {
      // One more dimension, and dimensions of size 1 stretched.
      if (shape.length > 3) return chain;
      const at = die(0, shape.length + 1);
      const size = 1 + die(1, 3);
      const dims = shape.map((_, i) => (i < at ? i : i + 1));
      const stretched = shape.map((d, i) => (d === 1 && !((dynamic >> i) & 1) && die(2, 2) ? 3 : d));
      const nextShape = [...stretched.slice(0, at), size, ...stretched.slice(at)];
      const low = dynamic & ((1 << at) - 1);
      const isDynamic = die(3, 2);
      const next = { shape: nextShape, dynamic: low | ((dynamic >> at) << (at + 1)) | (isDynamic << at) };
      const sizes = isDynamic ? [size] : [];
      const clause = isDynamic ? ` sizes(%n${chain.sizes.length})` : '';
      return extend(
        chain,
        `array.broadcast ${x} dims = [${dims.join(', ')}]${clause} : ${type} to ${typeOf({ element, ...next })}`,
        next,
        sizes,
      );
    }
    case 6: {
      const ranges = shape.map((d, i) => {
        const open = ((dynamic >> i) & 1) === 1 && die(i, 2) === 0;
        const start = open ? Math.min(die(i, 2), d) : Math.min(die(i, 3), d);
        const limit = open ? d : Math.max(start, d - die(i + 1, 2));
        const stride = 1 + die(i + 2, 2);
        return { text: `${start}:${open ? '?' : limit}:${stride}`, size: Math.ceil((limit - start) / stride), open };
      });
      const next = {
        shape: ranges.map((r) => r.size),
        dynamic: ranges.reduce((m, r, i) => m | (r.open ? 1 << i : 0), 0),
      };
      return extend(
        chain,
        `array.slice ${x} [${ranges.map((r) => r.text).join(', ')}] : ${type} to ${typeOf({ element, ...next })}`,
        next,
      );
    }
    case 7: {
      const low = shape.map((_, i) => die(i, 2));
      const high = shape.map((_, i) => die(i + 1, 2));
      const next = { shape: shape.map((d, i) => d + low[i]! + high[i]!) };
      const value = `${['0', '1'][die(0, 2)]}${isFloat(element) ? '.0' : ''} : ${element}`;
      return extend(
        chain,
        `array.pad ${x} low = [${low.join(', ')}] high = [${high.join(', ')}] value ${value} : ${type} to ${typeOf({ element, dynamic, ...next })}`,
        next,
      );
    }
    case 8: {
      if (!isStatic) return chain;
      const n = count(shape);
      const nextShape = n > 0 && n % 2 === 0 && die(0, 2) ? [2, n / 2] : [n];
      return extend(chain, `array.reshape ${x} : ${type} to ${typeOf({ element, dynamic: 0, shape: nextShape })}`, {
        shape: nextShape,
      });
    }
    case 9: {
      const target = (['f32', 'f64', 'i8', 'i32', 'ui8', 'i64'] as const)[die(0, 6)]!;
      return extend(chain, `array.cast ${x} : ${type} to ${typeOf({ shape, dynamic, element: target })}`, {
        element: target,
      });
    }
    case 10: {
      const compared = extend(chain, `array.cmp ${['eq', 'ne', 'lt', 'ge'][die(0, 4)]}, ${x}, ${x} : ${type}`);
      const negated = extend(compared, `array.not ${current(compared)} : ${typeText(shape, 'i1', dynamic)}`);
      return extend(negated, `array.select ${current(negated)}, ${x}, ${x} : ${type}`);
    }
    default: {
      if (!isStatic) return chain;
      // Forget everything: continue from a splat.
      const value = isFloat(element) ? '3.0' : '3';
      return extend(chain, `array.full ${value} : ${element}, ${type}`);
    }
  }
}

/** A function of one tensor that applies up to eight ops in turn. */
export function chainProgram(element: Element): fc.Arbitrary<Program> {
  const shape = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 });
  const steps = fc.array(fc.tuple(fc.nat(1000), fc.array(fc.nat(1000), { minLength: 4, maxLength: 4 })), {
    minLength: 1,
    maxLength: 8,
  });
  return fc.tuple(shape, fc.nat(7), steps).chain(([dims, mask, list]) => {
    const n = count(dims);
    const dynamic = mask & ((1 << dims.length) - 1);
    return fc.array(elementArbitrary(element), { minLength: n, maxLength: n }).map((values: Scalar[]) => {
      const start: Chain = { shape: dims, dynamic, element, lines: [], sizes: [] };
      const end = list.reduce((chain, [pick, dice]) => step(chain, pick, dice), start);
      const text = end.lines.join('\n  ').replaceAll('%v0 ', '%0 ').replaceAll('%v0,', '%0,');
      const last =
        end.lines.length === 0
          ? `%r = array.abs %0 : ${typeOf(end)}`
          : `${text}\n  %r = array.abs ${current(end)} : ${typeOf(end)}`;
      return program([{ type: typeOf(start), shape: dims, values }], end.sizes, last, typeOf(end));
    });
  });
}
