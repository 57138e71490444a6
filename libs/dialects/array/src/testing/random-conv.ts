// Random convolutions, and their value by the formula of StableHLO's specification written out plainly.
import fc from 'fast-check';

export interface ConvCase {
  readonly dims: string;
  readonly lhs: readonly number[];
  readonly rhs: readonly number[];
  readonly result: readonly number[];
  readonly strides: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly lhsDilation: readonly number[];
  readonly rhsDilation: readonly number[];
  readonly reversed: readonly number[];
  readonly featureGroups: number;
  readonly batchGroups: number;
}

function shuffled(letters: string, keys: readonly number[]): string {
  return [...letters]
    .map((c, i) => ({ c, key: keys[i]! }))
    .sort((a, b) => a.key - b.key)
    .map(({ c }) => c)
    .join('');
}

/** Convolutions of every rank, layout and kind of window; sizes stay small. */
export function convCases(): fc.Arbitrary<ConvCase> {
  const keys = fc.array(fc.nat(100), { minLength: 6, maxLength: 6 });
  const grouping = fc.constantFrom('none', 'none', 'feature', 'feature', 'batch', 'explicit');
  return fc
    .tuple(
      fc.integer({ min: 0, max: 3 }),
      fc.record({ l: keys, r: keys, o: keys, plain: fc.boolean() }),
      grouping,
      fc.record({
        batch: fc.integer({ min: 1, max: 2 }),
        features: fc.integer({ min: 1, max: 3 }),
        outputs: fc.integer({ min: 1, max: 9 }),
        groups: fc.integer({ min: 2, max: 3 }),
      }),
    )
    .chain(([rank, order, group, n]) =>
      fc
        .array(
          fc.record({
            size: fc.integer({ min: 1, max: rank > 2 ? 3 : 6 }),
            window: fc.integer({ min: 1, max: 3 }),
            stride: fc.integer({ min: 1, max: 2 }),
            low: fc.integer({ min: -1, max: 2 }),
            high: fc.integer({ min: -1, max: 2 }),
            lhs: fc.constantFrom(1, 1, 2),
            rhs: fc.constantFrom(1, 1, 2),
            reversed: fc.boolean(),
          }),
          { minLength: rank, maxLength: rank },
        )
        .map((spatial): ConvCase => {
          const digits = [...spatial.keys()].join('');
          const explicit = group === 'explicit';
          const layout = (letters: string, k: readonly number[]) => (order.plain ? letters : shuffled(letters, k));
          const l = layout(`b${digits}${explicit ? 'gf' : 'f'}`, order.l);
          const r = layout(`${digits}i${explicit ? 'go' : 'o'}`, order.r);
          const o = layout(`b${digits}${explicit ? 'gf' : 'f'}`, order.o);
          const fg = group === 'feature' ? n.groups : 1;
          const bg = group === 'batch' ? n.groups : 1;
          const outputs = fg * bg === 1 ? n.outputs : fg * bg * Math.min(n.outputs, 4);
          const positions = spatial.map((s) => {
            const padded = (s.size - 1) * s.lhs + 1 + s.low + s.high;
            const length = (s.window - 1) * s.rhs + 1;
            return padded < length ? 0 : Math.floor((padded - length) / s.stride) + 1;
          });
          const sizes = (text: string, by: Record<string, number>, at: readonly number[]) =>
            [...text].map((c) => by[c] ?? at[Number(c)]!);
          return {
            dims: `${l}_${r}->${o}`,
            lhs: sizes(
              l,
              { b: n.batch * bg, f: n.features * fg, g: n.groups },
              spatial.map((s) => s.size),
            ),
            rhs: sizes(
              r,
              { i: n.features, o: outputs, g: n.groups },
              spatial.map((s) => s.window),
            ),
            result: sizes(o, { b: n.batch, f: outputs, g: n.groups }, positions),
            strides: spatial.map((s) => s.stride),
            low: spatial.map((s) => s.low),
            high: spatial.map((s) => s.high),
            lhsDilation: spatial.map((s) => s.lhs),
            rhsDilation: spatial.map((s) => s.rhs),
            reversed: spatial.flatMap((s, d) => (s.reversed && s.window > 1 ? [d] : [])),
            featureGroups: fg,
            batchGroups: bg,
          };
        }),
    );
}

/** The op's text over %x and %w; `dynamic` leaves all sizes open that verifiers need not know. */
export function convText(
  c: ConvCase,
  element: string,
  options: { result?: string; attributes?: string; dynamic?: boolean } = {},
): string {
  const list = (name: string, values: readonly number[]) => ` ${name} = [${values.join(', ')}]`;
  const types = convTypes(c, element, options);
  return `array.conv %x, %w dims = "${c.dims}"${list('strides', c.strides)}${list('low', c.low)}${list('high', c.high)}${list('lhs_dilation', c.lhsDilation)}${list('rhs_dilation', c.rhsDilation)}${
    c.reversed.length ? list('reversed', c.reversed) : ''
  }${c.featureGroups > 1 ? ` feature_groups = ${c.featureGroups}` : ''}${c.batchGroups > 1 ? ` batch_groups = ${c.batchGroups}` : ''}${options.attributes ?? ''} : ${types.lhs}, ${types.rhs} -> ${types.result}`;
}

export function convTypes(
  c: ConvCase,
  element: string,
  options: { result?: string; dynamic?: boolean } = {},
): { lhs: string; rhs: string; result: string } {
  const type = (shape: readonly number[], labels: string, kept: string, e: string) =>
    `tensor<${shape.map((n, d) => `${options.dynamic && !kept.includes(labels[d]!) ? '?' : n}x`).join('')}${e}>`;
  const [l, rest] = c.dims.split('_') as [string, string];
  const [r, o] = rest.split('->') as [string, string];
  const grouped = c.featureGroups * c.batchGroups > 1;
  return {
    lhs: type(c.lhs, l, grouped ? 'fbg' : '', element),
    rhs: type(c.rhs, r, grouped ? 'iog' : '', element),
    result: type(c.result, o, grouped ? 'fbg' : '', options.result ?? element),
  };
}

function strides(shape: readonly number[]): number[] {
  const list = new Array<number>(shape.length).fill(1);
  for (let d = shape.length - 2; d >= 0; d--) list[d] = list[d + 1]! * shape[d + 1]!;
  return list;
}

function* points(shape: readonly number[]): Generator<number[]> {
  const count = shape.reduce((a, b) => a * b, 1);
  const by = strides(shape);
  for (let i = 0; i < count; i++) yield shape.map((n, d) => Math.floor(i / by[d]!) % n);
}

/** The convolution, element by element; `add` is one rounded multiply-add. Padding is zeros that are multiplied like elements. */
export function referenceConv(
  c: ConvCase,
  x: readonly number[],
  w: readonly number[],
  add: (sum: number, a: number, b: number) => number,
  identity: number,
): number[] {
  const [l, rest] = c.dims.split('_') as [string, string];
  const [r, o] = rest.split('->') as [string, string];
  const size = (labels: string, shape: readonly number[], label: string) =>
    labels.includes(label) ? shape[labels.indexOf(label)]! : 1;
  const [ls, rs] = [strides(c.lhs), strides(c.rhs)];
  const places = c.strides.map((_, s) => size(r, c.rhs, String(s)));
  const outputs = size(r, c.rhs, 'o');
  const features = size(r, c.rhs, 'i');
  const batches = size(l, c.lhs, 'b') / c.batchGroups;
  return [...points(c.result)].map((at) => {
    const coordinate = (label: string) => (o.includes(label) ? at[o.indexOf(label)]! : 0);
    const out = coordinate('f');
    const group = Math.floor(out / (outputs / (c.featureGroups * c.batchGroups)));
    let sum = identity;
    for (const place of points(places)) {
      for (let i = 0; i < features; i++) {
        let inside = true;
        const spatial = place.map((p, s) => {
          const padded = coordinate(String(s)) * c.strides[s]! + p * c.rhsDilation[s]! - c.low[s]!;
          const element = padded / c.lhsDilation[s]!;
          if (!Number.isInteger(element) || element < 0 || element >= size(l, c.lhs, String(s))) inside = false;
          return element;
        });
        const value = (label: string, side: 'lhs' | 'rhs'): number => {
          if (label === 'b') return coordinate('b') + (c.batchGroups > 1 ? group * batches : 0);
          if (label === 'f') return i + (c.featureGroups > 1 ? group * features : 0);
          if (label === 'g') return coordinate('g');
          if (label === 'i') return i;
          if (label === 'o') return out;
          const s = Number(label);
          if (side === 'lhs') return spatial[s]!;
          return c.reversed.includes(s) ? places[s]! - 1 - place[s]! : place[s]!;
        };
        const offset = (labels: string, by: readonly number[], side: 'lhs' | 'rhs') =>
          [...labels].reduce((n, label, d) => n + value(label, side) * by[d]!, 0);
        sum = add(sum, inside ? x[offset(l, ls, 'lhs')]! : 0, w[offset(r, rs, 'rhs')]!);
      }
    }
    return sum;
  });
}
