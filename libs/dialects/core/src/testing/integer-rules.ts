// The integer rules of arith as programs, for the proofs: `I` stands for the type under test, `W` for one two bits wider,
// `$k` and `$l` for constants of the type (`$K` of the wider one); %x and %y are of the type, %c is an i1. The result is %r.

export interface IntegerRule {
  /** The pattern that must apply for some width and constants; '' for a fold. */
  readonly pattern: string;
  readonly body: string;
  /** Type of the result; default `I`. */
  readonly result?: 'I' | 'W' | 'i1' | 'index' | 'f32';
  /** What must be gone after it, where it applies at all; default the second op. */
  readonly gone?: string;
}

const rule = (pattern: string, body: string, result?: IntegerRule['result'], gone?: string): IntegerRule => ({
  pattern,
  body,
  ...(result ? { result } : {}),
  ...(gone ? { gone } : {}),
});

/** `%r = op ...` and what comes before it, each on a line. */
const lines = (...list: string[]) => list.join('\n');
const k = '%k = arith.constant $k : I';
const l = '%l = arith.constant $l : I';
const zero = '%z = arith.constant 0 : I';
const ones = '%m = arith.constant $ones : I';

const SYMMETRIC = ['addi', 'subi', 'muli', 'andi', 'ori', 'xori', 'maxsi', 'maxui', 'minsi', 'minui'];
const DIVISIONS = ['divsi', 'divui', 'ceildivsi', 'ceildivui', 'floordivsi', 'remsi', 'remui'];
const SHIFTS = ['shli', 'shrsi', 'shrui'];
const DUAL: Record<string, string> = { maxsi: 'minsi', minsi: 'maxsi', maxui: 'minui', minui: 'maxui' };

/** Both orders of the operands of the last op. */
function bothOrders(pattern: string, before: readonly string[], name: string, a: string, b: string): IntegerRule[] {
  return [
    rule(pattern, lines(...before, `%r = arith.${name} ${a}, ${b} : I`)),
    rule(pattern, lines(...before, `%r = arith.${name} ${b}, ${a} : I`)),
  ];
}

function absorption(name: string, dual: string, what: string): IntegerRule[] {
  return [
    ...bothOrders(`${what}-repeated`, [`%s = arith.${name} %x, %y : I`], name, '%s', '%x'),
    ...bothOrders(`${what}-repeated`, [`%s = arith.${name} %y, %x : I`], name, '%s', '%x'),
    ...bothOrders(`${what}-absorbs`, [`%s = arith.${dual} %x, %y : I`], name, '%s', '%x'),
    ...bothOrders(`${what}-absorbs`, [`%s = arith.${dual} %y, %x : I`], name, '%s', '%x'),
  ];
}

const PREDICATES = ['eq', 'ne', 'slt', 'sle', 'sgt', 'sge', 'ult', 'ule', 'ugt', 'uge'];

export const INTEGER_RULES: readonly IntegerRule[] = [
  // Folds of every op with a constant on either side, and with itself.
  ...[...SYMMETRIC, ...DIVISIONS, ...SHIFTS].flatMap((name) => [
    rule('', lines(k, `%r = arith.${name} %x, %k : I`)),
    rule('', lines(k, `%r = arith.${name} %k, %x : I`)),
    rule('', `%r = arith.${name} %x, %x : I`),
  ]),
  ...PREDICATES.flatMap((p) => [
    rule('', lines(k, `%r = arith.cmpi ${p}, %x, %k : I`), 'i1'),
    rule('compare-constant-right', lines(k, `%r = arith.cmpi ${p}, %k, %x : I`), 'i1', 'none'),
    rule('', `%r = arith.cmpi ${p}, %x, %x : I`, 'i1'),
  ]),
  rule('', lines('%s = arith.xori %x, %y : I', '%r = arith.xori %s, %y : I')),
  rule('', lines('%s = arith.xori %x, %y : I', '%r = arith.xori %y, %s : I')),
  rule('', lines('%s = arith.xori %y, %x : I', '%r = arith.xori %y, %s : I')),

  // Regrouping.
  rule('add-add-constant', lines(k, l, '%s = arith.addi %x, %k : I', '%r = arith.addi %s, %l : I')),
  rule('sub-add-constant', lines(k, l, '%s = arith.subi %x, %k : I', '%r = arith.addi %s, %l : I')),
  rule('negated-add-constant', lines(k, l, '%s = arith.subi %k, %x : I', '%r = arith.addi %s, %l : I')),
  rule('add-sub-constant', lines(k, l, '%s = arith.addi %x, %k : I', '%r = arith.subi %s, %l : I')),
  rule('sub-sub-constant', lines(k, l, '%s = arith.subi %x, %k : I', '%r = arith.subi %s, %l : I')),
  rule('constant-sub-add', lines(k, l, '%s = arith.addi %x, %k : I', '%r = arith.subi %l, %s : I')),
  rule('constant-sub-sub', lines(k, l, '%s = arith.subi %k, %x : I', '%r = arith.subi %l, %s : I')),
  rule('mul-mul-constant', lines(k, l, '%s = arith.muli %x, %k : I', '%r = arith.muli %s, %l : I')),
  ...['andi', 'ori', 'xori', 'maxsi', 'maxui', 'minsi', 'minui'].map((name) =>
    rule(`${name}-constant`, lines(k, l, `%s = arith.${name} %x, %k : I`, `%r = arith.${name} %s, %l : I`)),
  ),
  ...SHIFTS.map((name) =>
    rule(`${name}-${name}`, lines(k, l, `%s = arith.${name} %x, %k : I`, `%r = arith.${name} %s, %l : I`)),
  ),

  // Sums and differences.
  ...bothOrders('add-sub-same', ['%s = arith.subi %x, %y : I'], 'addi', '%s', '%y'),
  rule('sum-minus-term', lines('%s = arith.addi %x, %y : I', '%r = arith.subi %s, %y : I')),
  rule('sum-minus-term', lines('%s = arith.addi %y, %x : I', '%r = arith.subi %s, %y : I')),
  ...bothOrders('add-negation', [zero, '%s = arith.subi %z, %y : I'], 'addi', '%x', '%s'),
  ...bothOrders('add-negation', [ones, '%s = arith.muli %y, %m : I'], 'addi', '%x', '%s'),
  rule('sub-negation', lines(zero, '%s = arith.subi %z, %y : I', '%r = arith.subi %x, %s : I')),
  rule('sub-negation', lines(ones, '%s = arith.muli %y, %m : I', '%r = arith.subi %x, %s : I')),
  rule('minus-difference', lines('%s = arith.subi %x, %y : I', '%r = arith.subi %x, %s : I')),
  rule('difference-minus-first', lines('%s = arith.subi %x, %y : I', '%r = arith.subi %s, %x : I')),
  rule('difference-minus-first', lines('%s = arith.addi %x, %y : I', '%r = arith.subi %x, %s : I')),
  rule('difference-minus-first', lines('%s = arith.addi %y, %x : I', '%r = arith.subi %x, %s : I')),

  // Bits, maxima and minima.
  ...absorption('andi', 'ori', 'and'),
  ...absorption('ori', 'andi', 'or'),
  ...Object.entries(DUAL).flatMap(([name, dual]) => absorption(name, dual, name)),
  ...bothOrders('and-complement', [ones, '%s = arith.xori %x, %m : I'], 'andi', '%s', '%x'),
  ...bothOrders('or-complement', [ones, '%s = arith.xori %x, %m : I'], 'ori', '%s', '%x'),
  // Done by the fold of (x ^ y) ^ y.
  ...bothOrders('', [ones, '%s = arith.xori %x, %m : I'], 'xori', '%x', '%s'),
  ...['and', 'or', 'xor'].flatMap((what) =>
    ['extui', 'extsi'].map((ext) =>
      rule(
        `${what}-of-extensions`,
        lines(`%a = arith.${ext} %x : I to W`, `%b = arith.${ext} %y : I to W`, `%r = arith.${what}i %a, %b : W`),
        'W',
        'none',
      ),
    ),
  ),

  ...['mulsi', 'mului'].map((name) =>
    rule(
      `${name}-extended-low-only`,
      lines(`%p, %q = arith.${name}_extended %x, %y : I`, '%r = arith.addi %p, %x : I'),
      'I',
      'none',
    ),
  ),
  rule(
    'addui-extended-low-only',
    lines('%p, %q = arith.addui_extended %x, %y : I, i1', '%r = arith.muli %p, %x : I'),
    'I',
    'none',
  ),

  // Comparisons.
  ...PREDICATES.flatMap((p) => [
    rule(
      'not-compare',
      lines('%t = arith.constant true', `%s = arith.cmpi ${p}, %x, %y : I`, '%r = arith.xori %s, %t : i1'),
      'i1',
      'arith.xori',
    ),
    ...['extui', 'extsi'].flatMap((ext) => [
      rule(
        'compare-extensions',
        lines(`%a = arith.${ext} %x : I to W`, `%b = arith.${ext} %y : I to W`, `%r = arith.cmpi ${p}, %a, %b : W`),
        'i1',
        'arith.ext',
      ),
      rule(
        'compare-extension-constant',
        lines('%k = arith.constant $K : W', `%a = arith.${ext} %x : I to W`, `%r = arith.cmpi ${p}, %a, %k : W`),
        'i1',
        'none',
      ),
    ]),
    ...['subi', 'xori'].map((name) =>
      rule(
        p === 'eq' || p === 'ne' ? 'compare-difference-with-zero' : '',
        lines(zero, `%s = arith.${name} %x, %y : I`, `%r = arith.cmpi ${p}, %s, %z : I`),
        'i1',
        'none',
      ),
    ),
    rule(
      p === 'eq' || p === 'ne' ? 'compare-sum-with-constant' : '',
      lines(k, l, '%s = arith.addi %x, %k : I', `%r = arith.cmpi ${p}, %s, %l : I`),
      'i1',
      'none',
    ),
  ]),

  // Selection.
  ...PREDICATES.map((p) =>
    rule('', lines(`%s = arith.cmpi ${p}, %x, %y : I`, '%r = arith.select %s, %x, %y : I'), 'I', 'none'),
  ),
  ...PREDICATES.map((p) =>
    rule('', lines(`%s = arith.cmpi ${p}, %x, %y : I`, '%r = arith.select %s, %y, %x : I'), 'I', 'none'),
  ),
  rule('', lines(k, l, '%r = arith.select %c, %k, %l : I'), 'I', 'none'),
  rule('', '%r = arith.select %c, %x, %x : I'),
  rule('select-is-extension', lines(k, l, '%r = arith.select %c, %k, %l : I'), 'I', 'none'),
  rule(
    'select-is-not',
    lines('%t = arith.constant true', '%f = arith.constant false', '%r = arith.select %c, %f, %t : i1'),
    'i1',
    'arith.select',
  ),
  rule(
    'select-of-condition',
    lines('%s = arith.cmpi slt, %x, %y : I', '%r = arith.select %c, %c, %s : i1'),
    'i1',
    'none',
  ),
  rule(
    'select-of-condition',
    lines('%s = arith.cmpi slt, %x, %y : I', '%r = arith.select %c, %s, %c : i1'),
    'i1',
    'none',
  ),
  rule(
    'select-not',
    lines('%t = arith.constant true', '%n = arith.xori %c, %t : i1', '%r = arith.select %n, %x, %y : I'),
    'I',
    'arith.xori',
  ),
  rule(
    'select-same-condition',
    lines('%s = arith.select %c, %x, %y : I', '%u = arith.addi %x, %y : I', '%r = arith.select %c, %s, %u : I'),
    'I',
    'none',
  ),
  rule(
    'select-same-condition',
    lines('%s = arith.select %c, %x, %y : I', '%u = arith.addi %x, %y : I', '%r = arith.select %c, %u, %s : I'),
    'I',
    'none',
  ),

  // Conversions.
  rule(
    'extsi-extsi',
    lines('%s = arith.extsi %x : I to W', '%t = arith.extsi %s : W to i9', '%r = arith.trunci %t : i9 to I'),
  ),
  rule(
    'extui-extsi',
    lines(
      '%s = arith.extui %x : I to W',
      '%t = arith.extsi %s : W to i9',
      '%u = arith.shrui %t, %t : i9',
      '%r = arith.trunci %u : i9 to W',
    ),
    'W',
    'none',
  ),
  rule(
    'extui-extui',
    lines('%s = arith.extui %x : I to W', '%t = arith.extui %s : W to i9', '%r = arith.trunci %t : i9 to I'),
  ),
  rule('trunc-ext', lines('%s = arith.extsi %x : I to i9', '%r = arith.trunci %s : i9 to W'), 'W', 'arith.trunci'),
  rule('trunc-ext', lines('%s = arith.extui %x : I to i9', '%r = arith.trunci %s : i9 to W'), 'W', 'arith.trunci'),
  rule(
    'trunci-trunci',
    lines(
      '%s = arith.extsi %x : I to i9',
      '%p = arith.muli %s, %s : i9',
      '%q = arith.trunci %p : i9 to W',
      '%r = arith.trunci %q : W to I',
    ),
    'I',
    'none',
  ),
  rule('', lines('%s = arith.extui %x : I to W', '%r = arith.trunci %s : W to I')),
  rule(
    'extsi-index-cast',
    lines('%s = arith.extsi %x : I to W', '%r = arith.index_cast %s : W to index'),
    'index',
    'arith.extsi',
  ),
  rule(
    'extui-index-cast',
    lines('%s = arith.extui %x : I to W', '%r = arith.index_cast %s : W to index'),
    'index',
    'arith.extui',
  ),
  rule(
    'extui-index-castui',
    lines('%s = arith.extui %x : I to W', '%r = arith.index_castui %s : W to index'),
    'index',
    'arith.extui',
  ),
  rule('', lines('%s = arith.index_cast %x : I to index', '%r = arith.index_cast %s : index to I')),
  rule('', lines('%s = arith.index_castui %x : I to index', '%r = arith.index_castui %s : index to I')),
  rule(
    'index-cast-trunci',
    lines(
      '%i = arith.index_cast %x : I to index',
      '%p = arith.muli %i, %i : index',
      '%s = arith.index_cast %p : index to i9',
      '%r = arith.trunci %s : i9 to W',
    ),
    'W',
    'arith.trunci',
  ),
  rule(
    'index-castui-trunci',
    lines(
      '%i = arith.index_cast %x : I to index',
      '%p = arith.muli %i, %i : index',
      '%s = arith.index_castui %p : index to i9',
      '%r = arith.trunci %s : i9 to W',
    ),
    'W',
    'arith.trunci',
  ),
  rule('extsi-sitofp', lines('%s = arith.extsi %x : I to W', '%r = arith.sitofp %s : W to f32'), 'f32', 'arith.extsi'),
  rule('extui-sitofp', lines('%s = arith.extui %x : I to W', '%r = arith.sitofp %s : W to f32'), 'f32', 'arith.extui'),
  rule('extui-uitofp', lines('%s = arith.extui %x : I to W', '%r = arith.uitofp %s : W to f32'), 'f32', 'arith.extui'),
];
