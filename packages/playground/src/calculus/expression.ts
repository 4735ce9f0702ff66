// Expressions in x that a reader types, such as "x^2 sin(x)". They are parsed and computed here, and never run as code.

/** A function of x, with its exact derivative, for numbers of two precisions. */
export interface Expression {
  /** f(x); each operation is rounded by `round`. */
  value(x: number, round: (value: number) => number): number;
  /** f′(x), by the rules of differentiation. */
  slope(x: number): number;
}

/** Says at which character an expression is wrong. */
export class ExpressionError extends Error {
  /** Number of characters before the wrong one. */
  readonly position: number;

  constructor(position: number) {
    super(`the expression is wrong after ${position} characters`);
    this.position = position;
  }
}

/** A value and its derivative. */
interface Dual {
  readonly value: number;
  readonly slope: number;
}

type Compute = (x: Dual, round: (value: number) => number) => Dual;

/** Most characters and nested parentheses of an expression. */
const LONGEST = 100;
const DEEPEST = 30;

/** The functions by their names, each with its derivative. */
const FUNCTIONS: Readonly<Record<string, readonly [f: (v: number) => number, slope: (v: number) => number]>> = {
  sin: [Math.sin, Math.cos],
  cos: [Math.cos, (v) => -Math.sin(v)],
  tan: [Math.tan, (v) => 1 / Math.cos(v) ** 2],
  exp: [Math.exp, Math.exp],
  log: [Math.log, (v) => 1 / v],
  ln: [Math.log, (v) => 1 / v],
  sqrt: [Math.sqrt, (v) => 0.5 / Math.sqrt(v)],
  tanh: [Math.tanh, (v) => 1 - Math.tanh(v) ** 2],
  // Math.sign is 0 at 0, where |x| has no slope.
  abs: [Math.abs, (v) => v / Math.abs(v)],
  sigmoid: [sigmoid, (v) => sigmoid(v) * (1 - sigmoid(v))],
};

const CONSTANTS: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E };

/**
 * Parses an expression of numbers, x, + − * / ^, parentheses, functions (sin, exp, …), e and pi. A product needs no
 * sign: 2x, x sin(x).
 *
 * @throws {ExpressionError} if the text is no such expression.
 */
export function parseExpression(text: string): Expression {
  if (text.length > LONGEST) throw new ExpressionError(LONGEST);
  const compute = new Parser(text).parse();
  return {
    value: (x, round) => compute({ value: x, slope: 0 }, round).value,
    slope: (x) => compute({ value: x, slope: 1 }, (value) => value).slope,
  };
}

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text.replaceAll("−", "-").replaceAll("·", "*").replaceAll("×", "*");
  }

  parse(): Compute {
    const sum = this.#sum();
    if (this.#next() !== "") throw new ExpressionError(this.#at);
    return sum;
  }

  #sum(): Compute {
    let left = this.#product();
    for (let sign = this.#next(); sign === "+" || sign === "-"; sign = this.#next()) {
      this.#at++;
      const [a, b, factor] = [left, this.#product(), sign === "+" ? 1 : -1];
      left = (x, round) => {
        const [u, v] = [a(x, round), b(x, round)];
        return { value: round(u.value + factor * v.value), slope: u.slope + factor * v.slope };
      };
    }
    return left;
  }

  #product(): Compute {
    let left = this.#signed();
    for (let sign = this.#next(); sign !== "" && !"+-)^".includes(sign); sign = this.#next()) {
      const divides = sign === "/";
      if (divides || sign === "*") this.#at++;
      // Without a sign between them, the second factor begins with no sign of its own.
      const [a, b] = [left, divides || sign === "*" ? this.#signed() : this.#power()];
      left = divides ? quotient(a, b) : product(a, b);
    }
    return left;
  }

  #signed(): Compute {
    const sign = this.#next();
    if (sign !== "-" && sign !== "+") return this.#power();
    this.#at++;
    const inner = this.#nested(() => this.#signed());
    if (sign === "+") return inner;
    return (x, round) => {
      const { value, slope } = inner(x, round);
      return { value: -value, slope: -slope };
    };
  }

  /** A power binds more tightly than a sign before it: −x^2 is −(x²). */
  #power(): Compute {
    let base = this.#atom();
    for (; this.#next() === "²"; this.#at++) base = power(base, () => ({ value: 2, slope: 0 }));
    if (this.#next() !== "^") return base;
    this.#at++;
    return power(
      base,
      this.#nested(() => this.#signed()),
    );
  }

  #atom(): Compute {
    const first = this.#next();
    if (first === "(") {
      this.#at++;
      const inner = this.#nested(() => this.#sum());
      if (this.#next() !== ")") throw new ExpressionError(this.#at);
      this.#at++;
      return inner;
    }
    const rest = this.#text.slice(this.#at);
    const number = /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?/.exec(rest)?.[0];
    if (number !== undefined) {
      this.#at += number.length;
      return (_, round) => ({ value: round(Number(number)), slope: 0 });
    }
    return this.#named(/^[a-z]+/i.exec(rest)?.[0].toLowerCase() ?? "");
  }

  #named(name: string): Compute {
    if (name === "x") {
      this.#at++;
      return (x, round) => ({ value: round(x.value), slope: x.slope });
    }
    const start = this.#at;
    const entry = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (entry) {
      this.#at += name.length;
      if (this.#next() !== "(") throw new ExpressionError(this.#at);
      const inner = this.#atom();
      return (x, round) => {
        const { value, slope } = inner(x, round);
        return { value: round(entry[0](value)), slope: entry[1](value) * slope };
      };
    }
    if (!Object.hasOwn(CONSTANTS, name)) throw new ExpressionError(start);
    this.#at += name.length;
    return (_, round) => ({ value: round(CONSTANTS[name]!), slope: 0 });
  }

  /** The next character that is no space; "" at the end. */
  #next(): string {
    while (this.#text[this.#at] === " ") this.#at++;
    return this.#text[this.#at] ?? "";
  }

  #nested(parse: () => Compute): Compute {
    if (++this.#depth > DEEPEST) throw new ExpressionError(this.#at);
    const inner = parse();
    this.#depth--;
    return inner;
  }
}

function product(a: Compute, b: Compute): Compute {
  return (x, round) => {
    const [u, v] = [a(x, round), b(x, round)];
    return { value: round(u.value * v.value), slope: u.slope * v.value + u.value * v.slope };
  };
}

function quotient(a: Compute, b: Compute): Compute {
  return (x, round) => {
    const [u, v] = [a(x, round), b(x, round)];
    return { value: round(u.value / v.value), slope: (u.slope - (u.value / v.value) * v.slope) / v.value };
  };
}

function power(a: Compute, b: Compute): Compute {
  return (x, round) => {
    const [u, v] = [a(x, round), b(x, round)];
    const value = round(u.value ** v.value);
    const ofBase = u.slope === 0 ? 0 : v.value * u.value ** (v.value - 1) * u.slope;
    // An exponent without x needs no logarithm, which a negative base does not have.
    const ofExponent = v.slope === 0 ? 0 : value * Math.log(u.value) * v.slope;
    return { value, slope: ofBase + ofExponent };
  };
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
