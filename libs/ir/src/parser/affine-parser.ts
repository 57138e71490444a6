// affine_map and affine_set: `(d0, d1)[s0] -> (d0 + s0, d1 mod 4)` and `(d0)[s0] : (d0 >= 0, d0 - s0 == 0)`.
import { AffineExpr, type AffineMap, IntegerSet } from '../affine.js';
import { C_DIGIT, CLASS, Lexer } from './lexer.js';

/** Terms in one expression; far more than any real map has, and few enough for the simplifier's recursion. */
const MAX_TERMS = 256;

export abstract class AffineParser extends Lexer {
  private identifiers = new Map<string, AffineExpr>();
  private terms = 0;
  /** Set while SSA values stand for dimensions (`affineMapOfOperands`). */
  private operandDim: (() => AffineExpr) | null = null;

  /** `(dims)[symbols] -> (results)` */
  affineMapBody(): AffineMap {
    const { dims, symbols } = this.affineInputs();
    if (!this.acceptArrow()) this.failExpected("'->' in affine map");
    const results = this.affineList(() => this.affineExpr());
    return this.context.affineMap(dims, symbols, results);
  }

  /** `(dims)[symbols] : (constraints)` */
  integerSetBody(): IntegerSet {
    const { dims, symbols } = this.affineInputs();
    this.expect(0x3a, "':' in affine set");
    const equalities: boolean[] = [];
    const constraints = this.affineList(() => {
      const lhs = this.affineExpr();
      const { bytes, pos } = this;
      const op = bytes[pos + 1] === 0x3d ? bytes[pos] : 0;
      if (op !== 0x3e && op !== 0x3c && op !== 0x3d) this.failExpected("'>=', '<=' or '==' in an affine constraint");
      this.advance(2);
      const rhs = this.affineExpr();
      equalities.push(op === 0x3d);
      return op === 0x3c ? difference(rhs, lhs) : difference(lhs, rhs);
    });
    // Nothing to hold always holds.
    if (constraints.length === 0) {
      constraints.push(AffineExpr.constant(0));
      equalities.push(true);
    }
    return this.context.integerSetAttr(new IntegerSet(dims, symbols, constraints, equalities)).set;
  }

  /** Results in brackets over SSA values: `(%i + 1, %j)`; `dim` parses a value and returns its dimension. */
  affineExprsOfOperands(delimiter: 'paren' | 'square', dim: () => AffineExpr): AffineExpr[] {
    const open = this.pos;
    const close = delimiter === 'paren' ? 0x29 : 0x5d;
    this.expect(delimiter === 'paren' ? 0x28 : 0x5b, delimiter === 'paren' ? "'('" : "'['");
    this.identifiers = new Map();
    this.operandDim = dim;
    const results: AffineExpr[] = [];
    if (this.bytes[this.pos] !== close) {
      do results.push(this.affineExpr());
      while (this.accept(0x2c));
    }
    this.expectClose(close, delimiter === 'paren' ? "')'" : "']'", open);
    this.operandDim = null;
    return results;
  }

  private affineInputs(): { dims: number; symbols: number } {
    this.identifiers = new Map();
    const declare = (close: number, what: string, make: (i: number) => AffineExpr): number => {
      const open = this.pos;
      let n = 0;
      this.advance(1);
      if (this.bytes[this.pos] !== close) {
        do {
          const at = this.pos;
          const name = this.bare(`a ${what} name`);
          if (this.identifiers.has(name)) this.fail('parse.affine', `redefinition of affine identifier '${name}'`, at);
          this.identifiers.set(name, make(n++));
        } while (this.accept(0x2c));
      }
      this.expectClose(close, close === 0x29 ? "')' after the dimensions" : "']' after the symbols", open);
      return n;
    };
    if (this.bytes[this.pos] !== 0x28) this.failExpected("'(' before the dimensions of an affine map or set");
    const dims = declare(0x29, 'dimension', (i) => AffineExpr.dim(i));
    const symbols = this.bytes[this.pos] === 0x5b ? declare(0x5d, 'symbol', (i) => AffineExpr.symbol(i)) : 0;
    return { dims, symbols };
  }

  private affineList<T>(item: () => T): T[] {
    const open = this.pos;
    this.expect(0x28, "'('");
    const list: T[] = [];
    if (this.bytes[this.pos] !== 0x29) {
      do list.push(item());
      while (this.accept(0x2c));
    }
    this.expectClose(0x29, "')'", open);
    return list;
  }

  /** A whole expression. */
  affineExpr(): AffineExpr {
    this.terms = 0;
    return this.affineSum();
  }

  private affineSum(): AffineExpr {
    let left = this.affineProduct();
    for (;;) {
      const c = this.bytes[this.pos]!;
      if (c === 0x2b) {
        this.advance(1);
        left = AffineExpr.asWritten('add', left, this.affineProduct());
      } else if (c === 0x2d && this.bytes[this.pos + 1] !== 0x3e) {
        this.advance(1);
        left = difference(left, this.affineProduct());
      } else return left;
    }
  }

  private affineProduct(): AffineExpr {
    let left = this.affineOperand();
    for (;;) {
      const at = this.pos;
      if (this.bytes[at] === 0x2a) {
        this.advance(1);
        const right = this.affineOperand();
        if (!left.symbolic && !right.symbolic)
          this.fail('parse.affine', 'not affine: one factor of a product must be a constant or symbolic', at);
        left = AffineExpr.asWritten('mul', left, right);
      } else {
        const op = this.isWord('mod')
          ? 'mod'
          : this.isWord('floordiv')
            ? 'floordiv'
            : this.isWord('ceildiv')
              ? 'ceildiv'
              : null;
        if (op === null) return left;
        this.advance(op.length);
        const right = this.affineOperand();
        if (!right.symbolic)
          this.fail('parse.affine', `not affine: the right side of ${op} must be a constant or symbolic`, at);
        left = AffineExpr.asWritten(op, left, right);
      }
    }
  }

  private affineOperand(): AffineExpr {
    if (++this.terms > MAX_TERMS) this.fail('parse.affine', `affine expression of more than ${MAX_TERMS} terms`);
    const at = this.pos;
    const c = this.bytes[at]!;
    if (c === 0x28) {
      this.advance(1);
      this.enter();
      const inner = this.affineSum();
      this.leave();
      this.expectClose(0x29, "')'", at);
      return inner;
    }
    if (c === 0x2d) {
      this.advance(1);
      this.enter();
      const inner = negated(this.affineOperand());
      this.leave();
      return inner;
    }
    if (CLASS[c]! & C_DIGIT) return AffineExpr.constant(this.decimal64('affine constant'));
    if (c === 0x25 && this.operandDim) return this.operandDim();
    if (this.operandDim && this.isWord('symbol')) {
      // Custom assembly keeps one list of values; symbols are dimensions there.
      this.advance(6);
      const open = this.pos;
      this.expect(0x28, "'(' after 'symbol'");
      this.enter();
      const inner = this.affineSum();
      this.leave();
      this.expectClose(0x29, "')'", open);
      return inner;
    }
    const name = this.bare('an affine expression');
    const known = this.identifiers.get(name);
    if (!known) this.fail('parse.affine', `use of undeclared affine identifier '${name}'`, at);
    return known;
  }
}

function negated(e: AffineExpr): AffineExpr {
  return AffineExpr.asWritten('mul', e, AffineExpr.constant(-1));
}
function difference(l: AffineExpr, r: AffineExpr): AffineExpr {
  return AffineExpr.asWritten('add', l, negated(r));
}
