// Ops of random programs that work on whole matrices or signals, cut tensors into tiles, or pass by the host program.
import { randomChain } from './control-flow.js';
import type { OpEntry } from './more-ops.js';
import { type Dim, type Element, elementCount, isComplex, isFloat, isHalf, partOf, typeText } from './program.js';

const fixed = (size: number): Dim => ({ size, dynamic: false });

/** What transforms and factorizations take: f32, f64 and complex numbers. */
function isFull(element: Element): boolean {
  return isComplex(element) || (isFloat(element) && !isHalf(element));
}

function wholeOf(part: Element): Element {
  return part === 'f64' ? 'complex<f64>' : 'complex<f32>';
}

export const LINEAR_OPS: { readonly [name: string]: OpEntry } = {
  /** Real transforms give a part of their result, so that programs stay real. */
  fft(make, x) {
    const { dims, element } = x.type;
    if (dims.length === 0 || !isFull(element)) return false;
    const count = 1 + make.int(Math.min(3, dims.length));
    const last = dims.slice(-count);
    if (last.some((d) => d.dynamic || d.size === 0)) return false;
    const lengths = last.map((d) => d.size);
    const n = lengths[count - 1]!;
    const lead = dims.slice(0, -1);
    if (!isComplex(element)) {
      const part = make.pick(['real', 'imag', 'abs']);
      make.add({ element, dims: [...lead, fixed(Math.floor(n / 2) + 1)] }, [x], (p) => {
        const whole = typeText({ ...p.type, element: wholeOf(element) });
        return `${p.result}_w = array.fft rfft ${p.operands[0]} length = [${lengths.join(', ')}] : ${typeText(p.operandTypes[0]!)} to ${whole}
  ${p.result} = array.${part} ${p.result}_w : ${whole}`;
      });
      return true;
    }
    const kind = make.pick(n === 1 ? ['fft', 'ifft'] : ['fft', 'ifft', 'irfft']);
    const inverse = 2 * (n - 1) + make.int(2);
    const type =
      kind === 'irfft' ? { element: partOf(element), dims: [...lead, fixed(inverse)] } : { element, dims: [...dims] };
    const length = kind === 'irfft' ? [...lengths.slice(0, -1), inverse] : lengths;
    make.add(
      type,
      [x],
      (p) =>
        `${p.result} = array.fft ${kind} ${p.operands[0]} length = [${length.join(', ')}] : ${typeText(p.operandTypes[0]!)} to ${typeText(p.type)}`,
    );
    return true;
  },

  /** Of products with themselves, which are mostly positive definite; sometimes of anything. */
  cholesky(make, x) {
    const { dims, element } = x.type;
    if (dims.length < 2 || !isFull(element)) return false;
    const [m, k] = dims.slice(-2) as [Dim, Dim];
    const lower = make.chance(50) ? ' {lower}' : '';
    const batch = dims.slice(0, -2);
    if (m.size > 70 || elementCount({ element, dims: [...batch, m, m] }) > 4000) return false;
    if (make.chance(30)) {
      const square = make.add({ element, dims: [...batch, m, m] }, []);
      make.add(
        square.type,
        [square],
        (p) => `${p.result} = array.cholesky ${p.operands[0]}${lower} : ${typeText(p.type)}`,
      );
      return true;
    }
    const type = { element, dims: [...batch, m, m] };
    if (elementCount(type) * Math.max(m.size, k.size) > 40_000) return false;
    const rank = dims.length;
    const both = batch.map((_, d) => d).join(', ');
    make.add(type, [x], (p) => {
      const [from, to] = [typeText(p.operandTypes[0]!), typeText(p.type)];
      const other = isComplex(element) ? `${p.result}_c` : p.operands[0];
      return [
        ...(isComplex(element) ? [`${other} = array.conj ${p.operands[0]} : ${from}`] : []),
        `${p.result}_g = array.dot_general ${p.operands[0]}, ${other} batch = [${both}] x [${both}] contract = [${rank - 1}] x [${rank - 1}] : ${from}, ${from} -> ${to}`,
        `${p.result} = array.cholesky ${p.result}_g${lower} : ${to}`,
      ].join('\n  ');
    });
    return true;
  },

  triangular_solve(make, x) {
    const { dims, element } = x.type;
    if (dims.length < 2 || !isFull(element)) return false;
    const side = make.pick(['left', 'right']);
    const n = dims[dims.length - (side === 'left' ? 2 : 1)]!;
    const type = { element, dims: [...dims.slice(0, -2), n, n] };
    if (elementCount(type) > 4000 || elementCount(x.type) * n.size > 60_000) return false;
    const flags = ['lower', 'unit_diagonal'].filter(() => make.chance(50));
    const how = `side = ${side} op = ${make.pick(['none', 'transpose', 'adjoint'])}${flags.length > 0 ? ` {${flags.join(', ')}}` : ''}`;
    make.add(
      x.type,
      [make.add(type, []), x],
      (p) =>
        `${p.result} = array.triangular_solve ${p.operands.join(', ')} ${how} : ${p.operandTypes.map(typeText).join(', ')}`,
    );
    return true;
  },

  pack(make, x) {
    const { dims, element } = x.type;
    if (dims.length === 0) return false;
    const positions = dims.map((_, d) => d).filter(() => make.chance(60));
    if (make.chance(30)) positions.reverse();
    const tiles = positions.map(() => make.pick([1, 2, 3, 4, 8, 16]));
    const counts = dims.map((d, i): Dim => {
      const at = positions.indexOf(i);
      return at < 0 ? d : { ...d, size: Math.ceil(d.size / tiles[at]!) };
    });
    const perm = counts.map((_, d) => d);
    const moved = make.chance(50);
    if (moved) perm.reverse();
    const type = { element, dims: [...perm.map((d) => counts[d]!), ...tiles.map(fixed)] };
    if (elementCount(type) > 9000 || type.dims.length > 6) return false;
    const [how, value] = [tilesText(positions, tiles, moved ? perm : undefined), make.literal(element)];
    make.add(
      type,
      [x],
      (p) =>
        `${p.result} = array.pack ${p.operands[0]} ${how} padding ${value} : ${typeText(p.operandTypes[0]!)} to ${typeText(p.type)}`,
    );
    return true;
  },

  /** The last dimensions of what is there are taken for tiles. */
  unpack(make, x) {
    const { dims, element } = x.type;
    const tiled = 1 + make.int(2);
    if (dims.length < 2 * tiled) return false;
    const inner = dims.slice(-tiled);
    if (inner.some((d) => d.dynamic || d.size === 0)) return false;
    const outer = dims.slice(0, -tiled);
    const positions = outer.map((_, d) => d).slice(0, tiled);
    if (make.chance(50)) positions.reverse();
    const perm = outer.map((_, d) => d);
    const moved = make.chance(50);
    if (moved) perm.reverse();
    const result = outer.map((_, d): Dim => {
      const count = outer[perm.indexOf(d)]!;
      const at = positions.indexOf(d);
      if (at < 0) return count;
      const tile = inner[at]!.size;
      const cut = count.dynamic || count.size === 0 ? 0 : make.int(tile);
      return { ...count, size: count.size * tile - cut };
    });
    const how = tilesText(
      positions,
      inner.map((d) => d.size),
      moved ? perm : undefined,
    );
    make.add(
      { element, dims: result },
      [x],
      (p) =>
        `${p.result} = array.unpack ${p.operands[0]} ${how} : ${typeText(p.operandTypes[0]!)} to ${typeText(p.type)}`,
    );
    return true;
  },

  call(make, x) {
    const [chain, text] = [randomChain(x.type, 2, make), typeText(x.type)];
    make.add(
      x.type,
      [x, make.like(x)],
      (p) => `${p.result} = func.call ${p.helper}(${p.operands.join(', ')}) : (${text}, ${text}) -> ${text}`,
      (name) => `func.func private ${name}(%a: ${text}, %b: ${text}) -> ${text} {
  ${chain('%r', ['%a', '%b'])}
  return %r : ${text}
}`,
    );
    return true;
  },

  /** A number of the host program: read, doubled, and an array again. */
  host_scalar(make, x) {
    const { element } = x.type;
    if (element === 'i1' || element.startsWith('ui') || isComplex(element) || isHalf(element)) return false;
    const dims = x.type.dims.map((_, d) => d).join(', ');
    const [kind, add] = isFloat(element) ? ['max', 'arith.addf'] : ['min', 'arith.addi'];
    const one = `tensor<${element}>`;
    make.add({ element, dims: [] }, [x, make.scalar(element)], ({ result, operands: [a, init], operandTypes }) =>
      [
        `${result}_m = array.reduce ${kind} ${a} init ${init} dims = [${dims}] : ${typeText(operandTypes[0]!)}, ${one} to ${one}`,
        `${result}_e = array.extract ${result}_m : ${one} -> ${element}`,
        `${result}_s = ${add} ${result}_e, ${result}_e : ${element}`,
        `${result} = array.from_scalar ${result}_s : ${element} -> ${one}`,
      ].join('\n  '),
    );
    return true;
  },
};

function tilesText(
  positions: readonly number[],
  tiles: readonly number[],
  perm: readonly number[] | undefined,
): string {
  const order = perm ? ` outer_dims_perm = [${perm.join(', ')}]` : '';
  return `inner_dims_pos = [${positions.join(', ')}] inner_tiles = [${tiles.join(', ')}]${order}`;
}
