// expand-windows: makes padding, dilation, reversal and groups of convolutions, and padding of reduce_window, ops of their own.
//
//   %r = array.conv %x, %w dims = "b01f_01io->b01f"        %p = array.pad %x low = [0, 1, 1, 0] high = [0, 1, 1, 0] value 0.0
//          low = [1, 1] high = [1, 1]                ->    %r = array.conv %p, %w dims = "b01f_01io->b01f"
//
//   conv .. feature_groups = n                       ->    reshape to a dimension 'g' for groups, conv, reshape back
//   conv of an image of one feature, kept last         ->    conv dims = "b01_01o->b01f" of the image without it
//   conv %x, %w lhs_dilation = [2]                   ->    a conv for even, one for odd places, side by side (not in strict)
//   reduce_window max %x init %z low = .. high = ..  ->    array.pad with the value of %z, reduce_window
//   dot_general (concat of neighbours), %w           ->    array.conv
//   conv dims = "bf01_oi01->bf01" strides = [2, 2]   ->    conv dims = "b01f_01io->b01f" of transposed operands,
//                                                          for strided or few columns, and for gradients of weights
//
// Windows then meet elements only: no branch in a loop, and their accesses are affine, so that what schedules and vectorises
// matrix products and stencils sees nothing new. Padding takes part in sums as the definition says, so no bit changes;
// zeros between the elements of a dilated image do in `strict` only, where they cost most of the work. A
// padding that is not a constant stays with its reduce_window. (As the im2col-free convolutions of TVM and oneDNN.)
import { ConvOp, DotGeneralOp, ReduceWindowOp } from '@budflow/dialect-array';
import type { Operation } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { expandConv } from './windows/conv.js';
import { featuresLast } from './windows/features-last.js';
import { neighboursToConv } from './windows/neighbours.js';
import { leaveOutGaps } from './windows/phases.js';
import { expandReduceWindow } from './windows/reduce-window.js';
import { dropUnitFeatures } from './windows/unit-features.js';

export const expandWindows = definePass({
  name: 'expand-windows',
  summary: 'make padding, dilation and groups of convolutions and windows explicit',
  anchor: 'func.func',
  options: {
    mode: {
      type: 'string',
      enum: ['strict', 'default', 'fast'],
      description: 'strict: sums keep the zeros of dilated images, which count where a weight is infinite or NaN',
      default: 'strict',
    },
  },
  dependentDialects: ['array'],
  statistics: {
    phases: 'convolutions of dilated images, made plain ones for each phase',
    convolutions: 'convolutions made plain',
    features: 'convolutions without features of size one',
    transposed: 'convolutions with features last now',
    windows: 'padded windows made plain',
    neighbours: 'products of neighbours made convolutions',
  },
  run(func, pass) {
    const found: Operation[] = [];
    func.walk((op) => {
      if (ConvOp.is(op) || ReduceWindowOp.is(op) || DotGeneralOp.is(op)) found.push(op);
    });
    let changed = false;
    for (const op of found) {
      if (ConvOp.is(op)) {
        const phases = pass.options.mode === 'strict' ? undefined : leaveOutGaps(op);
        if (phases) {
          pass.statistic('phases');
          for (const phase of phases) expandConv(phase);
        } else if (!expandConv(op)) continue;
        pass.statistic('convolutions');
      } else if (DotGeneralOp.is(op)) {
        if (!neighboursToConv(op)) continue;
        pass.statistic('neighbours');
      } else {
        if (!expandReduceWindow(op)) continue;
        pass.statistic('windows');
      }
      changed = true;
    }
    const plain: Operation[] = [];
    func.walk((op) => {
      if (ConvOp.is(op)) plain.push(op);
    });
    for (const op of plain) {
      if (featuresLast(op)) pass.statistic('transposed');
      else if (dropUnitFeatures(op)) pass.statistic('features');
      else continue;
      changed = true;
    }
    if (!changed) pass.unchanged();
  },
});
