import { DataFormatError, describe } from "../errors.js";

/** The dictionary in the header of a `.npy` file. */
export interface NpyHeader {
  /** Byte order, kind and size of an element, for instance `"<f8"`. */
  readonly descr: string;
  /** Whether the first index runs fastest; otherwise the last one does. */
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

/** Longest header that NumPy reads, in bytes. */
export const LONGEST_HEADER = 10_000;

/** NumPy pads a header so that the dimension that can grow has room for this many digits. */
const GROWING_DIGITS = 21;

// One token: a string without escapes, an integer (Python 2 wrote some with an L), a truth value, or punctuation.
const TOKEN = /[ \t\n]*(?:'([^'\\\n]*)'|"([^"\\\n]*)"|(\d{1,16})L?(?![\w.])|(True|False)(?!\w)|([{}(),:[]))/y;

type Token = string | number | boolean | { readonly text: string };

/** Writes a header as NumPy does, without the padding to 64 bytes. */
export function formatNpyHeader({ descr, fortranOrder, shape }: NpyHeader): string {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const room = shape.length === 0 ? 0 : GROWING_DIGITS - String(shape[fortranOrder ? shape.length - 1 : 0]).length;
  const order = fortranOrder ? "True" : "False";
  return `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${sizes}), }${" ".repeat(room)}`;
}

/**
 * Reads a header: a Python dictionary with the keys descr, fortran_order and shape, each once, and no others. Python
 * would accept more (`2 + 3j`, nested lists), but NumPy writes nothing else for plain numbers.
 *
 * @throws {DataFormatError} if the text is not such a dictionary; the error names `source` and the place.
 */
export function parseNpyHeader(text: string, source: string): NpyHeader {
  const tokens: Tokens = new Tokens(text, source);
  const found = new Map<string, unknown>();
  tokens.expect("{");
  while (!tokens.skip("}")) {
    const key = tokens.next();
    if (typeof key !== "string") tokens.fail("a key");
    if (found.has(key)) throw new DataFormatError(source, `the key ${key} comes twice in the header`);
    tokens.expect(":");
    if (key === "shape") found.set(key, readShape(tokens));
    else if (key === "descr") found.set(key, readDescr(tokens));
    else if (key === "fortran_order") found.set(key, readOrder(tokens));
    else tokens.fail("descr, fortran_order or shape");
    if (tokens.skip(",")) continue;
    tokens.expect("}");
    break;
  }
  tokens.end();
  for (const key of ["descr", "fortran_order", "shape"]) {
    if (!found.has(key)) throw new DataFormatError(source, `the header lacks the key ${key}`);
  }
  return {
    descr: found.get("descr") as string,
    fortranOrder: found.get("fortran_order") as boolean,
    shape: found.get("shape") as number[],
  };
}

function readDescr(tokens: Tokens): string {
  if (tokens.skip("[")) tokens.fail("elements that are plain numbers (structured arrays are not supported)");
  const descr = tokens.next();
  return typeof descr === "string" ? descr : tokens.fail("a string");
}

function readOrder(tokens: Tokens): boolean {
  const order = tokens.next();
  return typeof order === "boolean" ? order : tokens.fail("True or False");
}

/** Reads a tuple of integers: `()`, `(3,)`, `(3, 4)` or `(3, 4,)`. `(3)` is refused: in Python it is a number. */
function readShape(tokens: Tokens): number[] {
  const shape: number[] = [];
  tokens.expect("(");
  while (!tokens.skip(")")) {
    const size = tokens.next();
    if (!Number.isSafeInteger(size)) tokens.fail("a dimension");
    shape.push(size as number);
    if (tokens.skip(",")) continue;
    if (shape.length === 1) tokens.fail("a comma");
    tokens.expect(")");
    break;
  }
  return shape;
}

/** Reads the text of a header token by token. */
class Tokens {
  readonly #text: string;
  readonly #source: string;
  #position = 0;

  constructor(text: string, source: string) {
    this.#text = text;
    this.#source = source;
  }

  next(): Token {
    const [token, end] = this.#peek();
    this.#position = end;
    return token;
  }

  /** Passes the next token if it is this punctuation; returns whether it is. */
  skip(punctuation: string): boolean {
    const [token, end] = this.#peek();
    if (typeof token !== "object" || token.text !== punctuation) return false;
    this.#position = end;
    return true;
  }

  expect(punctuation: string): void {
    if (!this.skip(punctuation)) this.fail(punctuation);
  }

  /** Checks that only blanks are left. */
  end(): void {
    if (this.#text.slice(this.#position).trim() !== "") this.fail("the end");
  }

  fail(expected: string): never {
    const rest = this.#text.slice(this.#position, this.#position + 30).trim();
    throw new DataFormatError(this.#source, `no .npy header: expected ${expected} near ${describe(rest)}`);
  }

  #peek(): [Token, number] {
    TOKEN.lastIndex = this.#position;
    const match = TOKEN.exec(this.#text);
    if (!match) this.fail("a token");
    const [, single, double, digits, truth, text] = match;
    const quoted = single ?? double;
    const token = quoted ?? (digits ? Number(digits) : truth ? truth === "True" : { text: text as string });
    return [token, TOKEN.lastIndex];
  }
}
