// Whether a system of linear equations and inequalities has integer solutions: equations are eliminated exactly, then
// variables one by one (Fourier and Motzkin), with every row tightened to integers. "No" is a proof; "yes" may be the lack
// of one, as the shadow of real solutions is taken for that of integer ones, and elimination stops when it grows too large.
// (Pugh, The Omega Test, 1991, without its dark shadows.)

/** sum of coefficients[v] * v + constant; variables that do not occur are absent. */
export interface LinearRow {
  readonly coefficients: ReadonlyMap<number, number>;
  readonly constant: number;
}

/** Rows that elimination may make before it gives up. */
const MAX_ROWS = 600;
/** Numbers beyond are no longer surely exact. */
const LARGE = 2 ** 40;

export class IntegerSystem {
  private variables = 0;
  private equations: LinearRow[] = [];
  private inequalities: LinearRow[] = [];

  variable(): number {
    return this.variables++;
  }

  /** row == 0 */
  addEquation(row: LinearRow): void {
    this.equations.push(row);
  }

  /** row >= 0 */
  addInequality(row: LinearRow): void {
    this.inequalities.push(row);
  }

  /** A system with the same rows, to which more can be added. */
  copy(): IntegerSystem {
    const other = new IntegerSystem();
    other.variables = this.variables;
    other.equations = this.equations.slice();
    other.inequalities = this.inequalities.slice();
    return other;
  }

  /** True when there surely is no integer solution. */
  isEmpty(): boolean {
    const work = this.copy();
    return work.eliminateEquations() || work.eliminateVariables();
  }

  /** Substitutes until no equation is left; true when one has no solution. */
  private eliminateEquations(): boolean {
    for (let budget = 200; this.equations.length > 0 && budget > 0; budget--) {
      const row = reduced(this.equations.pop()!, 'equation');
      if (row === 'empty') return true;
      if (row === 'all') continue;
      let pivot = -1;
      let least = Infinity;
      for (const [v, c] of row.coefficients) {
        if (Math.abs(c) >= least) continue;
        least = Math.abs(c);
        pivot = v;
      }
      if (least === 1) {
        // c v + rest == 0  ==>  v == -c rest
        this.substitute(pivot, without(row, pivot), -row.coefficients.get(pivot)!);
        continue;
      }
      // A new variable makes the coefficients smaller: m s == sum of (c mod m) v, with m = least + 1.
      const m = least + 1;
      const sign = Math.sign(row.coefficients.get(pivot)!);
      const s = this.variable();
      const rest = new Map<number, number>([[s, -sign * m]]);
      for (const [v, c] of row.coefficients) if (v !== pivot && centred(c, m) !== 0) rest.set(v, sign * centred(c, m));
      const value: LinearRow = { coefficients: rest, constant: sign * centred(row.constant, m) };
      this.equations.push(row);
      this.substitute(pivot, value, 1);
    }
    for (const row of this.equations.splice(0)) this.inequalities.push(row, scaled(row, -1));
    return false;
  }

  /** v := factor * value in every row. */
  private substitute(v: number, value: LinearRow, factor: number): void {
    const replace = (row: LinearRow): LinearRow => {
      const c = row.coefficients.get(v);
      return c === undefined ? row : sum(without(row, v), 1, value, c * factor);
    };
    this.equations = this.equations.map(replace);
    this.inequalities = this.inequalities.map(replace);
  }

  private eliminateVariables(): boolean {
    for (;;) {
      const rows = tightest(this.inequalities);
      if (rows === null) return true;
      this.inequalities = rows;
      const counts = new Map<number, { lower: number; upper: number }>();
      for (const { coefficients } of rows) {
        for (const [v, c] of coefficients) {
          const count = counts.get(v) ?? { lower: 0, upper: 0 };
          if (c > 0) count.lower++;
          else count.upper++;
          counts.set(v, count);
        }
      }
      let best = -1;
      let cost = Infinity;
      for (const [v, { lower, upper }] of counts) {
        const own = lower * upper - lower - upper;
        if (own >= cost) continue;
        cost = own;
        best = v;
      }
      if (best < 0 || rows.length + cost > MAX_ROWS) return false;
      const [lower, upper, rest]: [LinearRow[], LinearRow[], LinearRow[]] = [[], [], []];
      for (const row of rows) {
        const c = row.coefficients.get(best) ?? 0;
        (c > 0 ? lower : c < 0 ? upper : rest).push(row);
      }
      for (const l of lower) {
        for (const u of upper) {
          const [a, b] = [l.coefficients.get(best)!, -u.coefficients.get(best)!];
          rest.push(sum(l, b, u, a));
        }
      }
      this.inequalities = rest;
    }
  }
}

/** c modulo m, between -m/2 and m/2; -sign for |c| == m - 1, which is what eliminates the pivot. */
function centred(c: number, m: number): number {
  return c - m * Math.floor(c / m + 0.5);
}

function scaled(row: LinearRow, factor: number): LinearRow {
  return sum({ coefficients: new Map(), constant: 0 }, 1, row, factor);
}

function without(row: LinearRow, v: number): LinearRow {
  const coefficients = new Map(row.coefficients);
  coefficients.delete(v);
  return { coefficients, constant: row.constant };
}

function sum(a: LinearRow, x: number, b: LinearRow, y: number): LinearRow {
  const coefficients = new Map<number, number>();
  for (const [v, c] of a.coefficients) coefficients.set(v, c * x);
  for (const [v, c] of b.coefficients) {
    const total = (coefficients.get(v) ?? 0) + c * y;
    if (total === 0) coefficients.delete(v);
    else coefficients.set(v, total);
  }
  return { coefficients, constant: a.constant * x + b.constant * y };
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** Divided by what all coefficients have in common; `all` holds for all points, `empty` for none. */
function reduced(row: LinearRow, kind: 'equation' | 'inequality'): LinearRow | 'all' | 'empty' {
  let common = 0;
  for (const c of row.coefficients.values()) common = gcd(Math.abs(c), common);
  if (common === 0) {
    const holds = kind === 'equation' ? row.constant === 0 : row.constant >= 0;
    return holds ? 'all' : 'empty';
  }
  if (common === 1) return row;
  if (kind === 'equation' && row.constant % common !== 0) return 'empty';
  const coefficients = new Map<number, number>();
  for (const [v, c] of row.coefficients) coefficients.set(v, c / common);
  return { coefficients, constant: Math.floor(row.constant / common) };
}

/** Of rows with equal coefficients the tightest; rows that overflow go. Null when two contradict each other. */
function tightest(rows: readonly LinearRow[]): LinearRow[] | null {
  const kept = new Map<string, LinearRow>();
  const key = (coefficients: ReadonlyMap<number, number>, sign: number): string =>
    [...coefficients]
      .sort(([a], [b]) => a - b)
      .map(([v, c]) => `${v}:${sign * c}`)
      .join();
  for (const given of rows) {
    const row = reduced(given, 'inequality');
    if (row === 'empty') return null;
    if (row === 'all') continue;
    if (Math.abs(row.constant) > LARGE || [...row.coefficients.values()].some((c) => Math.abs(c) > LARGE)) continue;
    const name = key(row.coefficients, 1);
    const other = kept.get(name);
    if (other && other.constant <= row.constant) continue;
    const opposite = kept.get(key(row.coefficients, -1));
    if (opposite && opposite.constant + row.constant < 0) return null;
    kept.set(name, row);
  }
  return [...kept.values()];
}
