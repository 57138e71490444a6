// A row sorted by merging runs bottom-up, exactly as array.sort is defined, whatever its comparator says.
//
//   while width < n {
//     for low = 0, 2 * width, .. { middle = min(low + width, n); high = min(low + 2 * width, n)
//       for k = low to high {
//         take = left >= middle | (right < high & before(from[right], from[left]))
//         to[k] = from[take ? right : left]; .. } } }
//
// Without branches where the comparator can be called for any two elements: which run comes next is as good as random.
import { inlineScalarRegion } from '@budflow/dialect-array';
import { ShLIOp } from '@budflow/dialect-core';
import { isSpeculatable, type Operation, type Value } from '@budflow/ir';
import { buildConstant, shiftRight } from '../../loop/lowering/scalar-ops.js';
import type { RowBuffer, SortRows } from './sort-rows.js';

/** Operands of which the comparator reads elements. */
function comparedOperands(op: Operation): boolean[] {
  const args = op.region(0).entry.arguments;
  return op.operands.map((_, i) => args[2 * i]!.hasUses || args[2 * i + 1]!.hasUses);
}

function isHarmless(op: Operation): boolean {
  return op.region(0).entry.ops.slice(0, -1).every(isSpeculatable);
}

/** Sorts the row at hand between two sets of buffers, one buffer for each operand. */
export function mergeRow(rows: SortRows, [a, b]: readonly [readonly RowBuffer[], readonly RowBuffer[]]): void {
  const { site } = rows;
  const { op } = site;
  const size = site.value(rows.size);
  // 1. The row as it is.
  site.range({ lower: 0, upper: rows.size, name: rows.name('read') }, [], (i) => {
    rows.elements(i).forEach((value, k) => {
      a[k]!.store(value, i);
    });
    return [];
  });
  // 2. Runs twice as long, there and back; in the last step back there may be only one run, which is copied.
  site.repeat(
    [site.index(1), site.index(0)],
    ([width]) => site.compare('lt', width!, size),
    ([width, level]) => {
      const next = site.sum(level!, 1) as Value;
      mergeRuns(rows, a, b, width!, next);
      const wide = site.scale(width!, 2);
      const after = site.sum(level!, 2) as Value;
      mergeRuns(rows, b, a, wide, after);
      return [site.scale(width!, 4), after];
    },
  );
  // 3. What came out.
  site.range({ lower: 0, upper: rows.size, name: rows.name('write') }, [], (i) => {
    op.results.forEach((result, k) => {
      site.store(a[k]!.load(i), result, rows.at(i));
    });
    return [];
  });
}

/** Merges pairs of runs of `width` elements; `2 ** level == 2 * width`. */
function mergeRuns(
  rows: SortRows,
  from: readonly RowBuffer[],
  to: readonly RowBuffer[],
  width: Value,
  level: Value,
): void {
  const { site } = rows;
  const { op, builder, loc } = site;
  const size = site.value(rows.size);
  const last = site.value(site.difference(rows.size, 1));
  const compared = comparedOperands(op);
  const harmless = isHarmless(op);
  const twice = site.scale(width, 2);
  const pairs = shiftRight(builder, loc, site.value(site.difference(site.sum(rows.size, twice), 1)), level);
  const no = () => buildConstant(builder, loc, op.context.falseAttr, op.context.i1);
  const yes = () => buildConstant(builder, loc, op.context.trueAttr, op.context.i1);
  site.range({ lower: 0, upper: pairs, name: rows.name('pair') }, [], (pair) => {
    const low = builderShiftLeft(rows, pair, level);
    const middle = site.min(site.add(low, width), size);
    const high = site.min(site.add(low, twice), size);
    site.range({ lower: low, upper: high, name: rows.name('merge') }, [low, middle], (k, [left, right]) => {
      const leftDone = site.compare('ge', left!, middle);
      const rightThere = site.compare('lt', right!, high);
      const before = (l: readonly (Value | undefined)[], r: readonly (Value | undefined)[]): Value => {
        // Elements that are not read have any value of their type.
        const args = op.operands.flatMap((_, i) => [r[i] ?? l[i]!, l[i] ?? r[i]!]);
        return inlineScalarRegion(op, builder, args)[0]!;
      };
      const load = (i: Value, needed: (k: number) => boolean) =>
        from.map((x, k) => (needed(k) ? x.load(i) : undefined));
      if (!harmless) {
        const [take] = site.branch(
          leftDone,
          () => [yes()],
          () =>
            site.branch(
              rightThere,
              () => [
                before(
                  load(left!, () => true),
                  load(right!, () => true),
                ),
              ],
              () => [no()],
            ),
        );
        const at = site.select(take!, right!, left!);
        from.forEach((x, i) => {
          to[i]!.store(x.load(at), k);
        });
        return advance(take!, left!, right!);
      }
      const l = load(site.min(left!, last), (i) => compared[i]!);
      const r = load(site.min(right!, last), (i) => compared[i]!);
      const some = compared.indexOf(true);
      const take =
        some < 0
          ? site.or(leftDone, site.and(rightThere, constantAnswer()))
          : site.or(leftDone, site.and(rightThere, before(fill(l, some), fill(r, some))));
      const at = site.select(take, right!, left!);
      from.forEach((x, i) => {
        const value = compared[i] ? site.select(take, r[i]!, l[i]!) : x.load(at);
        to[i]!.store(value, k);
      });
      return advance(take, left!, right!);
    });
    return [];
  });

  /** What a comparator that reads nothing says. */
  function constantAnswer(): Value {
    const elements = from.flatMap((x) => {
      const element = x.load(site.index(0));
      return [element, element];
    });
    return inlineScalarRegion(op, builder, elements)[0]!;
  }
  function fill(values: readonly (Value | undefined)[], some: number): (Value | undefined)[] {
    return values.map((value) => value ?? values[some]);
  }
  function advance(take: Value, left: Value, right: Value): Value[] {
    return [site.select(take, left, site.sum(left, 1) as Value), site.select(take, site.sum(right, 1) as Value, right)];
  }
}

function builderShiftLeft(rows: SortRows, value: Value, amount: Value): Value {
  const { builder, loc } = rows.site;
  return ShLIOp.build(builder, loc, { lhs: value, rhs: amount });
}
