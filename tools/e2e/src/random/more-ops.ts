// More ops of random programs, one entry each: the table is where a new op of the dialect comes in.
import {
  type Dim,
  type Element,
  elementCount,
  isComplex,
  isFloat,
  isHalf,
  type Node,
  partOf,
  scalarOf,
  typeText,
} from './program.js';
import type { Maker } from './structural-ops.js';

/** Adds one op that reads `x`; false when it does not fit. */
export type OpEntry = (make: Maker, x: Node) => boolean;

const isInteger = (element: Element) => element !== 'i1' && !isFloat(element) && !isComplex(element);

export const MORE_OPS: { readonly [name: string]: OpEntry } = {
  fma(make, x) {
    if (!isFloat(x.type.element)) return false;
    make.add(
      x.type,
      [x, make.like(x), make.like(x)],
      (p) => `${p.result} = array.fma ${p.operands.join(', ')} : ${typeText(p.type)}`,
    );
    return true;
  },

  /** Complex numbers become real ones. */
  part(make, x) {
    const { element } = x.type;
    if (!isComplex(element)) return false;
    const op = make.pick(['real', 'imag', 'abs']);
    make.add(
      { ...x.type, element: partOf(element) },
      [x],
      (p) => `${p.result} = array.${op} ${p.operands[0]} : ${typeText(p.operandTypes[0]!)}`,
    );
    return true;
  },

  is_finite(make, x) {
    if (!isFloat(x.type.element)) return false;
    make.add(
      { ...x.type, element: 'i1' },
      [x],
      (p) => `${p.result} = array.is_finite ${p.operands[0]} : ${typeText(p.operandTypes[0]!)}`,
    );
    return true;
  },

  shift(make, x) {
    if (!isInteger(x.type.element)) return false;
    const op = make.pick(['shl', 'shr_s', 'shr_u']);
    make.add(
      x.type,
      [x, make.like(x)],
      (p) => `${p.result} = array.${op} ${p.operands.join(', ')} : ${typeText(p.type)}`,
    );
    return true;
  },

  count_bits(make, x) {
    if (!isInteger(x.type.element)) return false;
    const op = make.pick(['popcount', 'clz']);
    make.add(x.type, [x], (p) => `${p.result} = array.${op} ${p.operands[0]} : ${typeText(p.type)}`);
    return true;
  },

  /** Numbers become complex ones and come back. */
  complex(make, x) {
    if (!isFloat(x.type.element) || isHalf(x.type.element)) return false;
    const whole = { ...x.type, element: `complex<${x.type.element}>` as Element };
    const op = make.pick(['add', 'sub', 'mul']);
    const back = make.pick(['real', 'imag', 'abs']);
    make.add(x.type, [x, make.like(x), make.like(x)], ({ result, operands: [a, b, c] }) =>
      [
        `${result}_p = array.complex ${a}, ${b} : ${typeText(x.type)}`,
        `${result}_q = array.complex ${b}, ${c} : ${typeText(x.type)}`,
        `${result}_c = array.conj ${result}_q : ${typeText(whole)}`,
        `${result}_s = array.${op} ${result}_p, ${result}_c : ${typeText(whole)}`,
        `${result} = array.${back} ${result}_s : ${typeText(whole)}`,
      ].join('\n  '),
    );
    return true;
  },

  sort(make, x) {
    if (x.type.dims.length === 0 || x.type.element === 'i1' || isComplex(x.type.element)) return false;
    // The sign of a computed NaN is anybody's, and counts in the total order: it is taken away before.
    const total = isFloat(x.type.element) && make.chance(50);
    const how = `dim = ${make.int(x.type.dims.length)}${make.chance(50) ? ' stable' : ''} ${make.pick(['ascending', 'descending'])}${total ? ' total_order' : ''}`;
    const alone = make.chance(50);
    make.add(x.type, alone ? [x] : [x, make.like(x)], ({ result, operands: [key, other], type }) => {
      const text = typeText(type);
      const by = total ? `${result}_k` : key;
      const sorted = alone
        ? [`${result} = array.sort ${by} ${how} : ${text}`]
        : [
            `${result}_s:2 = array.sort ${by}, ${other} ${how} : ${text}, ${text}`,
            `${result} = array.reverse ${result}_s#1 dims = [] : ${text}`,
          ];
      return [...(total ? [`${by} = array.abs ${key} : ${text}`] : []), ...sorted].join('\n  ');
    });
    return true;
  },

  conv(make, x) {
    const { dims, element } = x.type;
    if (dims.length !== 3 && dims.length !== 4) return false;
    if (element === 'i1' || isComplex(element) || dims.some((d) => d.dynamic)) return false;
    const spatial = dims.slice(1, -1).map((d) => d.size);
    const window = spatial.map(() => make.pick([1, 2, 3]));
    const [low, high] = [spatial.map(() => make.int(2)), spatial.map(() => make.int(2))];
    const strides = spatial.map(() => make.pick([1, 1, 2]));
    const out = spatial.map((n, i) => {
      const room = n + low[i]! + high[i]! - window[i]!;
      return room < 0 ? 0 : Math.floor(room / strides[i]!) + 1;
    });
    const features = make.pick([1, 3, 8]);
    const fixed = (size: number): Dim => ({ size, dynamic: false });
    const filter = { element, dims: [...window, dims[dims.length - 1]!.size, features].map(fixed) };
    const type = { element, dims: [dims[0]!, ...out.map(fixed), fixed(features)] };
    if (elementCount(filter) > 4000 || elementCount(type) > 4000) return false;
    const axes = spatial.map((_, i) => i).join('');
    make.add(
      type,
      [x, make.add(filter, [])],
      (p) =>
        `${p.result} = array.conv ${p.operands.join(', ')} dims = "b${axes}f_${axes}io->b${axes}f" strides = [${strides.join(', ')}] low = [${low.join(', ')}] high = [${high.join(', ')}] : ${p.operandTypes.map(typeText).join(', ')} -> ${typeText(p.type)}`,
    );
    return true;
  },

  select_and_scatter(make, x) {
    const { dims, element } = x.type;
    if (dims.length === 0 || element === 'i1' || isComplex(element) || dims.some((d) => d.dynamic || d.size < 2))
      return false;
    const source = dims.map((d): Dim => ({ size: Math.floor((d.size - 2) / 2) + 1, dynamic: false }));
    const s = scalarOf(element);
    const [compare, add] = isFloat(element) ? ['arith.cmpf oge', 'arith.addf'] : ['arith.cmpi sge', 'arith.addi'];
    const twos = dims.map(() => 2).join(', ');
    make.add(
      x.type,
      [x, make.add({ element, dims: source }, []), make.scalar(element)],
      (p) =>
        `${p.result} = array.select_and_scatter ${p.operands[0]} source ${p.operands[1]} init ${p.operands[2]} window = [${twos}] strides = [${twos}] : ${p.operandTypes.map(typeText).join(', ')} select(%a: ${s}, %b: ${s}) {
    %c = ${compare}, %a, %b : ${s}
    array.yield %c : i1
  } scatter(%d: ${s}, %e: ${s}) {
    %f = ${add} %d, %e : ${s}
    array.yield %f : ${s}
  }`,
    );
    return true;
  },
};
