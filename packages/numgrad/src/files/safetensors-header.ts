import { DataFormatError, describe } from "../errors.js";
import { encodeText } from "../text.js";

/** Entry of one tensor in the header of a safetensors file. */
export interface TensorInfo {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Position of the first byte and of the byte after the last one, counted from the end of the header. */
  readonly offsets: readonly [start: number, end: number];
}

/** The header of a safetensors file. */
export interface SafetensorsHeader {
  readonly tensors: Map<string, TensorInfo>;
  readonly metadata: Map<string, string>;
}

/**
 * Reads the JSON of a header. `JSON.parse` would silently take the last of two equal names, and would turn the name
 * `__proto__` into a prototype. Here each name is one entry of a Map, and a name that comes twice is an error. Values
 * that the format does not have are refused, so no nesting can exhaust the stack.
 *
 * @throws {DataFormatError} if the text is not such a header; the error names `source` and the place.
 */
export function parseSafetensorsHeader(text: string, source: string): SafetensorsHeader {
  const scanner = new Scanner(text, source);
  const tensors = new Map<string, TensorInfo>();
  let metadata: Map<string, string> | undefined;
  scanner.members((name) => {
    if (name !== "__metadata__") {
      if (tensors.has(name)) scanner.fail(`each name once, but found ${describe(name)} again,`);
      tensors.set(name, readTensorInfo(scanner));
      return;
    }
    if (metadata) scanner.fail("__metadata__ only once");
    const entries = new Map<string, string>();
    scanner.members((key) => {
      if (entries.has(key)) scanner.fail(`each key once, but found ${describe(key)} again,`);
      entries.set(key, scanner.string());
    });
    metadata = entries;
  });
  scanner.end();
  return { tensors, metadata: metadata ?? new Map() };
}

/** Writes a header as JSON, padded with blanks to a multiple of 8 bytes, as the format's own library does. */
export function formatSafetensorsHeader({ tensors, metadata }: SafetensorsHeader): Uint8Array {
  const members: string[] = [];
  const objectOf = (texts: readonly string[]) => `{${texts.join(",")}}`;
  const strings = [...metadata].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  if (strings.length > 0) members.push(`"__metadata__":${objectOf(strings)}`);
  for (const [name, { dtype, shape, offsets }] of tensors) {
    members.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: offsets })}`);
  }
  const json = encodeText(objectOf(members));
  const padded = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(0x20);
  padded.set(json);
  return padded;
}

function readTensorInfo(scanner: Scanner): TensorInfo {
  let dtype: string | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  scanner.members((key) => {
    if (key === "dtype" && dtype === undefined) dtype = scanner.string();
    else if (key === "shape" && !shape) shape = scanner.integers();
    else if (key === "data_offsets" && !offsets) offsets = scanner.integers();
    else scanner.fail("dtype, shape and data_offsets, each once");
  });
  if (dtype === undefined || !shape || offsets?.length !== 2)
    scanner.fail("a tensor with dtype, shape and two data_offsets");
  return { dtype, shape, offsets: offsets as [number, number] };
}

const BLANKS = /[ \t\n\r]*/y;
const INTEGER = /(?:0|[1-9]\d{0,15})(?![\d.eE])/y;
const [QUOTE, BACKSLASH] = [0x22, 0x5c];

/** Reads JSON that consists of objects, strings and arrays of integers. */
class Scanner {
  readonly #text: string;
  readonly #source: string;
  #position = 0;

  constructor(text: string, source: string) {
    this.#text = text;
    this.#source = source;
  }

  /** Reads an object: calls `read` after each name and its colon. */
  members(read: (name: string) => void): void {
    this.#expect("{");
    if (this.#skip("}")) return;
    do {
      const name = this.string();
      this.#expect(":");
      read(name);
    } while (this.#skip(","));
    this.#expect("}");
  }

  string(): string {
    this.#blanks();
    const start = this.#position;
    if (this.#text[start] !== '"') this.fail("a string");
    let end = start + 1;
    for (let code = 0; code !== QUOTE; end++) {
      if (end >= this.#text.length) this.fail("a string that ends");
      code = this.#text.charCodeAt(end);
      if (code === BACKSLASH) end++;
    }
    this.#position = end;
    try {
      return JSON.parse(this.#text.slice(start, end));
    } catch {
      this.#position = start;
      this.fail("a string as JSON has it");
    }
  }

  integers(): number[] {
    const values: number[] = [];
    this.#expect("[");
    if (this.#skip("]")) return values;
    do values.push(this.#integer());
    while (this.#skip(","));
    this.#expect("]");
    return values;
  }

  /** Checks that only blanks are left. */
  end(): void {
    this.#blanks();
    if (this.#position < this.#text.length) this.fail("the end");
  }

  fail(expected: string): never {
    const rest = this.#text.slice(this.#position, this.#position + 30);
    const place = `character ${this.#position} of the header, near ${describe(rest)}`;
    throw new DataFormatError(this.#source, `not a safetensors file: expected ${expected} at ${place}`);
  }

  #integer(): number {
    this.#blanks();
    INTEGER.lastIndex = this.#position;
    const value = Number(INTEGER.exec(this.#text)?.[0]);
    if (!Number.isSafeInteger(value)) this.fail("an integer of at least 0");
    this.#position = INTEGER.lastIndex;
    return value;
  }

  #skip(character: string): boolean {
    this.#blanks();
    if (this.#text[this.#position] !== character) return false;
    this.#position++;
    return true;
  }

  #expect(character: string): void {
    if (!this.#skip(character)) this.fail(character);
  }

  #blanks(): void {
    BLANKS.lastIndex = this.#position;
    BLANKS.test(this.#text);
    this.#position = BLANKS.lastIndex;
  }
}
