// What array.conv requires of its attributes, operands and result.
import { attr, DYNAMIC, FloatType, type Operation } from '@budflow/ir';
import {
  CONV_WINDOW_LISTS,
  type ConvLabels,
  type ConvSide,
  convShape,
  convWindow,
  readConvLabels,
} from '../conv-dims.js';
import { isExactConversion } from '../element-types.js';
import { tensorType } from '../structure.js';
import { sizesAgree } from '../verify-types.js';

export function verifyConv(op: Operation): void {
  const text = attr.string.read(op.attr('dims')!);
  const labels = readConvLabels(text);
  if (typeof labels === 'string') {
    op.emitError('array.conv-dims', `'dims' ${labels}, got "${text}"`);
    return;
  }
  if (verifyElements(op) && verifyRanks(op, labels, text) && verifyWindowLists(op, labels)) verifySizes(op, labels);
}

function verifyElements(op: Operation): boolean {
  const [lhs, rhs, result] = [tensorType(op.operand(0)), tensorType(op.operand(1)), tensorType(op.result(0))];
  if (lhs.element !== rhs.element) {
    op.emitError('array.operand-types', `requires operands of one element type, got ${lhs} and ${rhs}`);
    return false;
  }
  const kinds = lhs.element instanceof FloatType === result.element instanceof FloatType;
  if (!kinds || !isExactConversion(lhs.element, result.element)) {
    op.emitError(
      'array.element-type',
      `requires a result of elements ${lhs.element} or a wider type of their kind, got ${result}`,
    );
    return false;
  }
  const order = op.attr('order');
  if (order !== undefined && !/^#array\.order<(sequential|free)>$/.test(String(order))) {
    op.emitError('array.conv-order', `requires the order sequential or free, got ${order}`);
    return false;
  }
  const contract = op.attr('contract');
  if (contract !== undefined && attr.string.read(contract) !== 'none' && !(result.element instanceof FloatType)) {
    op.emitError('array.conv-contract', `requires floats for contract = ${contract}, got ${result}`);
    return false;
  }
  return true;
}

function verifyRanks(op: Operation, labels: ConvLabels, text: string): boolean {
  const sides = [
    ['lhs', labels.lhs, tensorType(op.operand(0))],
    ['rhs', labels.rhs, tensorType(op.operand(1))],
    ['result', labels.result, tensorType(op.result(0))],
  ] as const;
  for (const [what, side, type] of sides) {
    const count = countOf(side);
    if (count === type.rank) continue;
    op.emitError('array.conv-dims', `requires a ${what} of ${count} dimensions as in "${text}", got ${type}`);
    return false;
  }
  return true;
}

function countOf(side: ConvSide): number {
  return side.spatial.length + [side.batch, side.feature, side.group].filter((at) => at >= 0).length;
}

function verifyWindowLists(op: Operation, { rank, lhs }: ConvLabels): boolean {
  const fail = (message: string): boolean => {
    op.emitError('array.conv-window', message);
    return false;
  };
  for (const name of CONV_WINDOW_LISTS) {
    const list = attr.i64Array.read(op.attr(name)!);
    if (list.length !== rank)
      return fail(`requires '${name}' with one entry for each of ${rank} spatial dimensions, got ${list.length}`);
    const bad = name === 'low' || name === 'high' ? undefined : list.find((v) => v < 1);
    if (bad !== undefined) return fail(`requires entries of at least 1 in '${name}', got ${bad}`);
  }
  const { reversed, featureGroups, batchGroups } = convWindow(op);
  const outside = reversed.find((d, i) => d < 0 || d >= rank || reversed.indexOf(d) !== i);
  if (outside !== undefined)
    return fail(`requires 'reversed' to name spatial dimensions (below ${rank}) once each, got ${outside}`);
  const groups = [featureGroups, batchGroups];
  if (groups.some((n) => n < 1)) return fail(`requires at least 1 group, got ${Math.min(...groups)}`);
  if (featureGroups > 1 && batchGroups > 1)
    return fail(`requires feature groups or batch groups, got ${featureGroups} and ${batchGroups}`);
  if (lhs.group >= 0 && Math.max(...groups) > 1)
    return fail(`has groups as dimension 'g' and needs no other ${Math.max(...groups)}`);
  return true;
}

function verifySizes(op: Operation, labels: ConvLabels): boolean {
  const [lhs, rhs, result] = [tensorType(op.operand(0)), tensorType(op.operand(1)), tensorType(op.result(0))];
  const window = convWindow(op);
  const { featureGroups, batchGroups } = window;
  const { lhs: l, rhs: r } = labels;
  const fail = (message: string): boolean => {
    op.emitError('array.conv-sizes', message);
    return false;
  };
  const empty = r.spatial.find((d) => rhs.shape[d] === 0);
  if (empty !== undefined) return fail(`requires a window of at least one element, got dimension ${empty} of ${rhs}`);
  if (l.group >= 0 && !sizesAgree(lhs.shape[l.group]!, rhs.shape[r.group]!))
    return fail(`requires equally many groups, got dimension ${l.group} of ${lhs} and dimension ${r.group} of ${rhs}`);
  const groups = Math.max(featureGroups, batchGroups);
  if (groups > 1) {
    const [what, at] = featureGroups > 1 ? (['features', l.feature] as const) : (['batches', l.batch] as const);
    if (at < 0) return fail(`has groups of ${what}, which the lhs has not`);
    const divides = (size: number) => size !== DYNAMIC && size % groups === 0;
    if (!divides(lhs.shape[at]!))
      return fail(`requires a multiple of ${groups} ${what}, got dimension ${at} of ${lhs}`);
    if (r.batch < 0 || !divides(rhs.shape[r.batch]!))
      return fail(`requires a multiple of ${groups} output features, got ${rhs}`);
  }
  if (l.feature >= 0) {
    const features = lhs.shape[l.feature]!;
    const each = features === DYNAMIC ? DYNAMIC : features / featureGroups;
    if (!sizesAgree(each, rhs.shape[r.feature]!))
      return fail(
        `requires an rhs of ${each} input features${featureGroups > 1 ? ' for each group' : ''}, got dimension ${r.feature} of ${rhs}`,
      );
  }
  const expected = op.context.tensor(convShape(labels, window, lhs.shape, rhs.shape), result.element);
  if (expected === result) return true;
  op.emitError('array.result-type', `requires a result of type ${expected}, got ${result}`);
  return false;
}
