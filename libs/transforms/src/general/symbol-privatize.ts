// symbol-privatize: makes symbols private, so that passes know all their uses; before symbol-dce it says what to keep.
//
//   func.func @main() ...                      func.func @main() ...              exclude=main
//   func.func @helper() ...            ->      func.func private @helper() ...
//
// Requires nothing; preserves everything but visibility. Follows MLIR's symbol-privatize.
import { AttrNames, type Operation, SymbolTrait, symbolName, symbolVisibility } from '@budflow/ir';
import { definePass } from '@budflow/pass';

export const symbolPrivatize = definePass({
  name: 'symbol-privatize',
  summary: 'make all symbols private but those excluded',
  options: {
    exclude: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description: 'Names of symbols that stay as they are.',
    },
  },
  statistics: { 'num-privatized': 'Symbols made private' },
  run(root, { options, statistic, remark, unchanged }) {
    const exclude = new Set(options.exclude);
    const found = new Set<string>();
    let count = 0;
    for (const region of root.regions)
      for (const block of region.blocks)
        for (let op: Operation | null = block.firstOp; op !== null; op = op.next) {
          const name = op.info.hasTrait(SymbolTrait) ? symbolName(op) : undefined;
          if (name === undefined) continue;
          if (exclude.has(name)) {
            found.add(name);
            continue;
          }
          if (symbolVisibility(op) === 'private') continue;
          op.setAttr(AttrNames.symVisibility, op.context.stringAttr('private'));
          count++;
        }
    for (const name of exclude)
      if (!found.has(name))
        remark({
          kind: 'missed',
          name: 'unknown-symbol',
          message: `there is no symbol @${name} to exclude`,
          at: root,
          args: { symbol: name },
        });
    statistic('num-privatized', count);
    if (count === 0) unchanged();
  },
});
