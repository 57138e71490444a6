// Locations of block arguments: read, printed, kept by changes of the argument list and by clones.
import { describe, expect, it } from 'vitest';
import { Block } from './block.js';
import { Context } from './context.js';
import { parseModule } from './parser/parse.js';
import { printModule } from './printer.js';
import { find } from './testing/text.js';

const TEXT = `"t.x"() ({
^bb0(%a: i32 loc("x"), %b: i32, %c: f32 loc(callsite("f" at "g"))):
  "t.y"()[^bb1] : () -> ()
^bb1(%d: f32 loc(#later)):
  "t.z"() : () -> ()
}) : () -> ()
#later = loc("file":3:4)
`;
function read(text: string) {
  const context = new Context();
  context.allowUnregistered = true;
  const module = parseModule(text, context, { file: 'in' })!;
  return { context, op: find(module, 't.x') };
}

describe('locations of block arguments', () => {
  it('are read and printed; without one, the place in the text is', () => {
    const { op } = read(TEXT);
    const printed = printModule(op, { generic: true, locations: true });
    expect(printed).toContain(
      '^bb0(%arg0: i32 loc("x"), %arg1: i32 loc("in":2:24), %arg2: f32 loc(callsite("f" at "g"))):',
    );
    expect(printed).toContain('^bb1(%0: f32 loc("file":3:4)):');
    const again = read(printed);
    expect(printModule(again.op, { generic: true, locations: true })).toBe(printed);
  });
  it('follow arguments that move', () => {
    const { context, op } = read(TEXT);
    const block = op.region(0).entry;
    const shown = () => block.arguments.map((a) => context.location(block.argumentLocation(a.index)).toString());
    block.eraseArgument(1);
    expect(shown()).toEqual(['loc("x")', 'loc(callsite("f" at "g"))']);
    block.insertArgument(1, context.i1, context.nameLoc('new'));
    block.insertArgument(0, context.i1);
    expect(shown()).toEqual(['loc(unknown)', 'loc("x")', 'loc("new")', 'loc(callsite("f" at "g"))']);
    block.setArgumentLocation(0, context.nameLoc('set'));
    block.addArgument(context.i8);
    expect(shown()).toEqual(['loc("set")', 'loc("x")', 'loc("new")', 'loc(callsite("f" at "g"))', 'loc(unknown)']);
  });
  it('are unknown on a block that was built, until they are set', () => {
    const context = new Context();
    const block = new Block();
    block.addArgument(context.i1);
    block.insertArgument(1, context.i1, context.nameLoc('a'));
    expect([block.argumentLocation(0), block.argumentLocation(1)]).toEqual([0, context.nameLoc('a')]);
  });
  it('are those of the original in a clone', () => {
    const { op } = read(TEXT);
    const options = { generic: true, locations: true };
    expect(printModule(op.clone(), options)).toBe(printModule(op, options));
  });
});
