// fft-tables: gives every fft the roots of unity that its algorithm needs, as a constant of the program.
//
//   %r = array.fft fft %x length = [1024] : ..    ->    %t = array.constant dense<"0x.."> : tensor<2046xf32>
//                                                       %r = array.fft fft %x length = [1024] tables(%t) : ..
//
// Requires: ffts as programs have them, before fusion puts them into kernels, which can read memory but have no constants of
// their own. Lengths that are stages of one butterfly need none. Preserves everything else.
import { ConstantOp, FftOp, partOf, planOfFft } from '@budflow/dialect-array';
import { Builder, type Operation, type TensorType } from '@budflow/ir';
import { definePass } from '@budflow/pass';

export const fftTables = definePass({
  name: 'fft-tables',
  summary: 'give Fourier transforms the roots of unity they need as constants',
  dependentDialects: ['array'],
  statistics: { tables: 'constants made', bytes: 'their size' },
  run(root, pass) {
    const ffts: Operation[] = [];
    root.walk((op) => {
      if (FftOp.is(op) && FftOp.tables(op).length === 0) ffts.push(op);
    });
    let changed = false;
    for (const op of ffts) {
      const { tables } = planOfFft(op);
      if (tables.length === 0) continue;
      const { context } = op;
      const part = partOf((op.operand(0).type as TensorType).element);
      const rounded = part.width === 32 ? Float32Array.from(tables) : Float64Array.from(tables);
      const bytes = new Uint8Array(rounded.buffer);
      const value = context.denseElements(context.tensor([tables.length], part), bytes, { splat: false });
      const constant = ConstantOp.build(Builder.before(op), op.loc, { value });
      op.setOperands([op.operand(0), constant]);
      pass.statistic('tables');
      pass.statistic('bytes', (tables.length * part.width) / 8);
      changed = true;
    }
    if (!changed) pass.unchanged();
  },
});
