// Writes ops of the plain forms (../assembly/plain.ts) after their results. False, with nothing written, when the op says
// more than the form does, or does not fit it: its own assembly or the generic form are for those.
import {
  PLAIN_CALL,
  PLAIN_CAST,
  PLAIN_COMPARE,
  PLAIN_CONSTANT,
  PLAIN_NONE,
  PLAIN_SAME,
  type PreparedAssembly,
} from '../assembly/plain.js';
import { IntegerAttr, SymbolRefAttr, typeOfAttribute } from '../attribute.js';
import type { Operation } from '../operation.js';
import { FunctionType, isShaped, type Type } from '../type.js';
import type { AttributeWriter } from './attribute-writer.js';
import type { ByteBuffer } from './byte-buffer.js';
import type { ValueNames } from './value-names.js';

/** `defaultDialect` is the one whose prefix is dropped here. */
export function printPlain(
  op: Operation,
  prepared: PreparedAssembly,
  defaultDialect: string,
  out: ByteBuffer,
  names: ValueNames,
  attributes: AttributeWriter,
): boolean {
  const { kind } = prepared;
  const result = op.result0;
  if (kind === PLAIN_NONE || op.ownRegions !== null || op.ownSuccessors !== null) return false;
  if (kind === PLAIN_CALL) return printCall(op, prepared, defaultDialect, out, names, attributes);
  const n = op.operandCount;
  if (result === null || op.moreResults !== null || n !== prepared.operands) return false;
  const { type } = result;
  let keyword = ' ';
  let written = type;
  if (kind === PLAIN_CONSTANT) {
    const value = onlyAttribute(op, prepared);
    if (value === undefined || typeOfAttribute(value) !== type) return false;
    printName(op, prepared, defaultDialect, out);
    out.byte(0x20);
    attributes.attribute(value);
    return true;
  }
  const value0 = op.operand0;
  const value1 = n > 1 ? op.operand1 : value0;
  const value2 = n > 2 ? op.moreOperands![0]!.value : value1;
  if (value0 === null || value1 === null || value2 === null) return false;
  if (kind === PLAIN_COMPARE) {
    const value = onlyAttribute(op, prepared);
    written = value0.type;
    if (!(value instanceof IntegerAttr) || type !== op.context.i1 || isShaped(written) || value1.type !== written)
      return false;
    const found = prepared.keywords[value.number];
    if (found === undefined) return false;
    keyword = found;
  } else {
    if (op.attributes.names.length > 0) return false;
    if (kind === PLAIN_CAST) written = value0.type;
    else {
      if (value1.type !== type || value2.type !== type) return false;
      if (value0.type !== (kind === PLAIN_SAME ? type : op.context.i1)) return false;
    }
  }
  printName(op, prepared, defaultDialect, out);
  if (keyword.length === 1) out.byte(0x20);
  else out.text(keyword);
  names.write(out, value0);
  if (n > 1) {
    out.comma();
    names.write(out, value1);
    if (n > 2) {
      out.comma();
      names.write(out, value2);
    }
  }
  out.colon();
  attributes.type(written);
  if (kind === PLAIN_CAST) {
    out.text(' to ');
    attributes.type(type);
  }
  return true;
}

function printName(op: Operation, prepared: PreparedAssembly, defaultDialect: string, out: ByteBuffer): void {
  const { dialect, quotedName } = op.info;
  const start = prepared.canShorten && dialect === defaultDialect ? dialect.length + 2 : 1;
  out.range(quotedName, start, quotedName.length - 1);
}

function onlyAttribute(op: Operation, prepared: PreparedAssembly) {
  const { names, values } = op.attributes;
  return names.length === 1 && names[0] === prepared.attribute ? values[0] : undefined;
}

function printCall(
  op: Operation,
  prepared: PreparedAssembly,
  defaultDialect: string,
  out: ByteBuffer,
  names: ValueNames,
  attributes: AttributeWriter,
): boolean {
  const callee = onlyAttribute(op, prepared);
  const n = op.operandCount;
  if (n > 2 || op.moreResults !== null || !(callee instanceof SymbolRefAttr)) return false;
  if ((n > 0 && op.operand0 === null) || (n > 1 && op.operand1 === null)) return false;
  const type: Type | null = op.result0 === null ? null : op.result0.type;
  if (type instanceof FunctionType) return false;
  printName(op, prepared, defaultDialect, out);
  out.byte(0x20);
  attributes.attribute(callee);
  out.byte(0x28);
  if (n > 0) names.write(out, op.operand0);
  if (n > 1) {
    out.comma();
    names.write(out, op.operand1);
  }
  out.byte(0x29);
  out.colon();
  out.byte(0x28);
  if (n > 0) attributes.type(op.operand0!.type);
  if (n > 1) {
    out.comma();
    attributes.type(op.operand1!.type);
  }
  out.text(') -> ');
  if (type === null) out.text('()');
  else attributes.type(type);
  return true;
}
