// Drops attributes, elements of array attributes, and makes constants simple.
import { ArrayAttr, DenseElementsAttr, FloatAttr, IntegerAttr, type Operation } from '@budflow/ir';
import { opsOf } from '../edits.js';
import type { Session } from '../session.js';

/** The attributes of the module itself too. */
const withModule = (module: Operation): Operation[] => [module, ...opsOf(module)];

export async function dropAttributes(session: Session): Promise<void> {
  for (let index = withModule(session.module).length - 1; index >= 0; index--) {
    const names = withModule(session.module)[index]?.attributes.names ?? [];
    for (const name of names)
      await session.tryEdit((module) => {
        const op = withModule(module)[index] as Operation;
        if (op.attr(name) === undefined) return false;
        op.setAttr(name, null);
        return true;
      });
  }
}

export async function simplifyAttributes(session: Session): Promise<void> {
  for (let index = withModule(session.module).length - 1; index >= 0; index--) {
    const op = withModule(session.module)[index];
    for (const name of op?.attributes.names ?? []) {
      const attr = op?.attr(name);
      if (attr instanceof ArrayAttr)
        for (let i = attr.elements.length - 1; i >= 0; i--)
          await session.tryEdit((module) => {
            const target = withModule(module)[index] as Operation;
            const list = target.attr(name);
            if (!(list instanceof ArrayAttr) || i >= list.elements.length) return false;
            target.setAttr(name, module.context.arrayAttr(list.elements.filter((_, j) => j !== i)));
            return true;
          });
      if (attr instanceof DenseElementsAttr || attr instanceof FloatAttr || attr instanceof IntegerAttr)
        for (const value of [0, 1])
          if (
            await session.tryEdit((module) => {
              const target = withModule(module)[index] as Operation;
              const old = target.attr(name);
              if (!old || !('type' in old) || old !== attrAgain(old)) return false;
              target.setAttr(name, module.context.constantAttr((old as IntegerAttr).type, value));
              return true;
            })
          )
            break;
    }
  }
}

function attrAgain(attr: unknown): unknown {
  return attr instanceof DenseElementsAttr || attr instanceof FloatAttr || attr instanceof IntegerAttr
    ? attr
    : undefined;
}
