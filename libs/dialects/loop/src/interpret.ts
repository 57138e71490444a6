// How the ops of the dialect execute.

import { type CompileContext, type Frame, Interpretable, moveSlots, type RuntimeValue } from '@budflow/interpreter';
import { type AffineExpr, type AffineMap, AffineMapAttr, InternalError, type Operation, type Value } from '@budflow/ir';
import type { AppliedMap } from './affine-operands.js';
import { forBounds, forInits } from './for-bounds.js';

type Evaluate = (values: readonly RuntimeValue[]) => number;

/** The expression as a closure over frame slots. Quotients and remainders are floored, as in AffineExpr.evaluate. */
function compileExpr(e: AffineExpr, dims: readonly number[], symbols: readonly number[]): Evaluate {
  switch (e.kind) {
    case 'dim':
    case 'symbol': {
      const slot = (e.kind === 'dim' ? dims : symbols)[e.value];
      if (slot === undefined) throw new InternalError(`${e} has no operand`);
      return (values) => values[slot] as number;
    }
    case 'constant': {
      const { value } = e;
      return () => value;
    }
    default: {
      const l = compileExpr(e.lhs!, dims, symbols);
      const r = compileExpr(e.rhs!, dims, symbols);
      switch (e.kind) {
        case 'add':
          return (v) => l(v) + r(v);
        case 'mul':
          return (v) => l(v) * r(v);
        case 'floordiv':
          return (v) => Math.floor(l(v) / r(v));
        case 'ceildiv':
          return (v) => Math.ceil(l(v) / r(v));
        case 'mod':
          return (v) => {
            const divisor = r(v);
            const m = l(v) % divisor;
            return m < 0 ? m + divisor : m;
          };
      }
    }
  }
}

/** The results of a map on the values in slots, combined into one; never -0, which is no index. */
function compileMap(map: AffineMap, slots: readonly number[], combiner: 'min' | 'max'): Evaluate {
  const results = map.results.map((e) => compileExpr(e, slots.slice(0, map.numDims), slots.slice(map.numDims)));
  const [first, ...others] = results;
  if (first === undefined) throw new InternalError(`${map} has no results`);
  if (others.length === 0) return (values) => first(values) + 0;
  return (values) => {
    let best = first(values);
    for (const other of others) {
      const x = other(values);
      if (combiner === 'min' ? x < best : x > best) best = x;
    }
    return best + 0;
  };
}

function compileBound(c: CompileContext, bound: AppliedMap, combiner: 'min' | 'max'): Evaluate {
  return compileMap(
    bound.map,
    bound.operands.map((v) => c.slot(v)),
    combiner,
  );
}

export const interpretsFor = Interpretable.implement({
  compile(op, c) {
    const { lower, upper, step } = forBounds(op);
    const from = compileBound(c, lower, 'max');
    const to = compileBound(c, upper, 'min');
    const inits = forInits(op).map((v: Value) => c.slot(v));
    const results = c.resultSlots(op);
    const body = c.region(op.region(0));
    const [iv, ...carried] = body.arguments as [number, ...number[]];
    return (frame: Frame) => {
      const { values } = frame;
      const end = to(values);
      let i = from(values);
      moveSlots(values, inits, carried);
      for (; i < end; i += step) {
        values[iv] = i;
        moveSlots(values, body.run(frame).slots, carried);
      }
      moveSlots(values, carried, results);
    };
  },
});

export const interpretsIf = Interpretable.implement({
  compile(op, c) {
    const condition = c.slot(op.operand(0));
    const then = c.region(op.region(0));
    const otherwise = c.region(op.region(1));
    const results = c.resultSlots(op);
    return (frame: Frame) => {
      const taken = frame.values[condition] ? then : otherwise;
      moveSlots(frame.values, taken.run(frame).slots, results);
    };
  },
});

export const interpretsWhile = Interpretable.implement({
  compile(op, c) {
    const inits = c.operandSlots(op);
    const results = c.resultSlots(op);
    const before = c.region(op.region(0));
    const after = c.region(op.region(1));
    return (frame: Frame) => {
      const { values } = frame;
      moveSlots(values, inits, before.arguments);
      for (;;) {
        const [condition, ...passed] = before.run(frame).slots as [number, ...number[]];
        if (!values[condition]) {
          moveSlots(values, passed, results);
          return;
        }
        moveSlots(values, passed, after.arguments);
        moveSlots(values, after.run(frame).slots, before.arguments);
      }
    };
  },
});

/** loop.apply, loop.min, loop.max. */
export function interpretsMap(combiner: 'min' | 'max') {
  return Interpretable.implement({
    compile(op: Operation, c: CompileContext) {
      const map = op.attr('map');
      if (!(map instanceof AffineMapAttr)) throw new InternalError(`${op.name} lacks its map`, op);
      const evaluate = compileMap(map.map, c.operandSlots(op), combiner);
      const r = c.slot(op.result(0));
      return ({ values }: Frame) => {
        values[r] = evaluate(values);
      };
    },
  });
}
