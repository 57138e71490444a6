// What needs other devices, a host that sends and receives, or numbers that arrays do not hold. There is one device.
import * as hlo from '@budflow/dialect-stablehlo';
import { type HloRules, refused, ruleFor } from '../rule.js';

const zero = {
  equation: 'the number of the only device == 0',
  convert: (site: Parameters<HloRules[string]['convert']>[0]) => [
    site.constant(site.context.constantAttr(site.type(), 0)),
  ],
};

export const DEVICES: HloRules = {
  ...ruleFor(hlo.ReplicaIdOp, zero),
  ...ruleFor(hlo.PartitionIdOp, zero),
  ...refused(
    [
      hlo.AllReduceOp,
      hlo.ReduceScatterOp,
      hlo.AllGatherOp,
      hlo.AllToAllOp,
      hlo.CollectiveBroadcastOp,
      hlo.CollectivePermuteOp,
      hlo.CrossReplicaSumOp,
    ],
    'it exchanges arrays between devices, and a program runs on one',
  ),
  ...ruleFor(hlo.CreateTokenOp, { equation: 'create_token == nothing', convert: () => [[]] }),
  ...ruleFor(hlo.AfterAllOp, { equation: 'after_all x, y == nothing', convert: () => [[]] }),
  ...refused([hlo.RunParallelOp], 'it runs functions on several devices, and a program runs on one'),
  ...refused(
    [hlo.AsyncStartOp, hlo.AsyncDoneOp],
    'operations that go on beside the program are not supported; use the operation itself',
  ),
  ...refused(
    [hlo.InfeedOp, hlo.OutfeedOp, hlo.SendOp, hlo.RecvOp],
    'arrays go in and out of a program as arguments and results',
  ),
  ...refused([hlo.UniformQuantizeOp, hlo.UniformDequantizeOp], 'quantized arithmetic is not supported'),
};
