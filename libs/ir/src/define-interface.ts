// Interfaces: how passes see operations they do not know. An interface is a small integer; an operation's info holds
// the implementation at that index. `context.attach` adds one to a foreign or not yet loaded operation.
import type { OpInfo } from './op-info.js';
import type { Operation } from './operation.js';

let nextInterfaceId = 0;

export interface InterfaceImplementation {
  readonly interfaceId: number;
  readonly name: string;
  readonly methods: unknown;
}

/** `Methods` is an object type whose functions take the operation as their first parameter. */
export class OpInterface<Methods extends object> {
  readonly id: number;
  readonly name: string;
  constructor(name: string) {
    this.id = nextInterfaceId++;
    this.name = name;
  }
  /** The implementation for an operation, undefined when it has none. */
  of(op: Operation): Methods | undefined {
    return op.info.interfaces[this.id] as Methods | undefined;
  }
  ofInfo(info: OpInfo): Methods | undefined {
    return info.interfaces[this.id] as Methods | undefined;
  }
  /** For the `interfaces` list of `defineOp`. */
  implement(methods: Methods): InterfaceImplementation {
    return { interfaceId: this.id, name: this.name, methods };
  }
}

export function defineInterface<Methods extends object>(name: string): OpInterface<Methods> {
  return new OpInterface<Methods>(name);
}
