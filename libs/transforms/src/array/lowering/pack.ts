// array.pack and array.unpack of dynamic sizes: one nest over the elements of the result.
//
//   loop.for %o name "pack.d0" { loop.for %i = 0 to tile name "pack.d1" { out[%o, %i] = %o * tile + %i < size ? x[..] : padding } }
import { tileOf, tilingOf } from '@budflow/dialect-array';
import { AffineExpr, type Value } from '@budflow/ir';
import type { LoopLoweringMethods } from './interface.js';

export const lowerPack: LoopLoweringMethods = {
  build(op, site) {
    const tiling = tilingOf(op);
    const x = op.operand(0);
    const rank = tiling.outer.length;
    const padding = op.attr('padding');
    site.parallel(site.sizes(op.result(0)), site.name, (at) => {
      const index = new Array<Value>(rank);
      let inside: Value | undefined;
      tiling.outer.forEach((d, i) => {
        const inner = tiling.dims.indexOf(d);
        if (inner < 0) {
          index[d] = at[i]!;
          return;
        }
        const place = AffineExpr.dim(0).mul(tiling.tiles[inner]!).add(AffineExpr.dim(1));
        index[d] = site.affine(place, [at[i]!, at[rank + inner]!]);
        const size = site.size(x, d);
        if (typeof size === 'number' && size % tiling.tiles[inner]! === 0) return;
        const within = site.compare('lt', index[d]!, site.value(size));
        inside = inside ? site.and(inside, within) : within;
      });
      const load = () => [site.load(x, index)];
      const [value] =
        inside === undefined || padding === undefined
          ? load()
          : site.branch(inside, load, () => [site.constant(padding)]);
      site.store(value!, op.result(0), at);
    });
  },
};

export const lowerUnpack: LoopLoweringMethods = {
  build(op, site) {
    const tiling = tilingOf(op);
    const x = op.operand(0);
    site.parallel(site.sizes(op.result(0)), site.name, (at) => {
      const d0 = AffineExpr.dim(0);
      const outer = tiling.outer.map((d) =>
        tiling.dims.includes(d) ? site.affine(d0.floorDiv(tileOf(tiling, d)), [at[d]!]) : at[d]!,
      );
      const inner = tiling.dims.map((d) => site.affine(d0.mod(tileOf(tiling, d)), [at[d]!]));
      site.store(site.load(x, [...outer, ...inner]), op.result(0), at);
    });
  },
};
