import { checkFinite } from "../arguments.js";
import { isFloatArray } from "../brand.js";
import { ArgumentError, describe, printable, ShapeError } from "../errors.js";
import { isArrayLike, isMatrix, isPixels } from "../shape.js";
import type { Adapter } from "./adapter.js";

/** The largest number of objects and arrays around a number. */
const MOST_LEVELS = 500;

/** How a property is that an assignment makes. */
const ORDINARY = { configurable: true, enumerable: true, writable: true };

/** A value of a tree that holds numbers. */
export interface Leaf {
  /** How the value is reached from x: `".layers[1].w"`; empty for x itself. */
  readonly path: string;
  /** A value of another library (`"value"`), or one number, or an array of them in one or two dimensions. */
  readonly kind: "number" | "array" | "matrix" | "value";
  /** What x has here. */
  readonly value: unknown;
}

/** A tree as x has it: the objects and arrays, and the leaves in their order. */
type Node =
  | { readonly keys: readonly string[]; readonly nodes: readonly Node[] }
  | { readonly items: readonly Node[] }
  | { readonly leaf: number };

/**
 * The structure of a tree: objects and arrays whose innermost values are numbers, arrays of numbers, floating-point
 * arrays, Matrices, or values of another library.
 */
export class Tree {
  readonly leaves: readonly Leaf[];
  readonly #root: Node;
  readonly #adapter: Adapter<unknown> | undefined;

  /** @throws {ArgumentError} if a value is none of these, or a tree contains itself or no number. */
  constructor(x: unknown, adapter: Adapter<unknown> | undefined) {
    const leaves: Leaf[] = [];
    this.#adapter = adapter;
    this.#root = this.#read(x, "", [], leaves);
    this.leaves = leaves;
    if (leaves.length === 0) throw new ShapeError("x", "at least one number", `${describe(x)} without numbers`);
  }

  /** A tree of the same structure, with new objects and arrays around the values that `leaf` gives. */
  map(leaf: (leaf: Leaf, index: number) => unknown): unknown {
    const build = (node: Node): unknown => {
      if ("leaf" in node) return leaf(this.leaves[node.leaf]!, node.leaf);
      if ("items" in node) return node.items.map(build);
      const result: Record<string, unknown> = {};
      for (const [i, key] of node.keys.entries()) {
        const value = build(node.nodes[i]!);
        // An assignment would take this key for the prototype.
        if (key === "__proto__") Object.defineProperty(result, key, { ...ORDINARY, value });
        else result[key] = value;
      }
      return result;
    };
    return build(this.#root);
  }

  /**
   * The values of another tree of the same structure, one for each leaf.
   *
   * @param name What messages call the tree.
   * @param mayBeShort Whether one number may stand for all below an object or an array.
   * @throws {ArgumentError} if the structure is another one.
   */
  valuesOf(name: string, value: unknown, mayBeShort = false): unknown[] {
    const values: unknown[] = [];
    const read = (node: Node, part: unknown, path: string): void => {
      if ("leaf" in node) values[node.leaf] = part;
      else if (mayBeShort && typeof part === "number") for (const inner of nodesOf(node)) read(inner, part, path);
      else if ("items" in node) {
        // The elements of a typed array are numbers, and stand where x has numbers too.
        if (!isArrayLike(part) || part.length !== node.items.length) {
          throw new ShapeError(path, `an array of length ${node.items.length}, as in x`, describe(part));
        }
        for (const [i, item] of node.items.entries()) read(item, part[i], `${path}[${i}]`);
      } else {
        const entries = entriesOf(part);
        if (!entries) throw new ArgumentError(path, `an object { ${node.keys.join(", ")} }, as in x`, describe(part));
        const unknown = entries.find(([key]) => !node.keys.includes(key));
        if (unknown) throw new ArgumentError(path + keyPath(unknown[0]), "no such key, as in x", describe(unknown[1]));
        const parts = new Map(entries);
        for (const [i, key] of node.keys.entries()) {
          if (!parts.has(key)) throw new ArgumentError(path + keyPath(key), "a value, as in x", "none");
          read(node.nodes[i]!, parts.get(key), path + keyPath(key));
        }
      }
    };
    read(this.#root, value, name);
    return values;
  }

  #read(value: unknown, path: string, outer: readonly unknown[], leaves: Leaf[]): Node {
    const kind = this.#kindOf(value, path);
    if (kind) return { leaf: leaves.push({ path, kind, value }) - 1 };
    if (outer.includes(value)) throw new ArgumentError(`x${path}`, "a tree", "an object that contains itself");
    if (outer.length > MOST_LEVELS) throw new ArgumentError("x", `a tree of at most ${MOST_LEVELS} levels`, "more");
    const around = [...outer, value];
    if (isArrayLike(value) && Array.isArray(value)) {
      // A hole of an array is read as undefined, and is an error.
      return { items: Array.from(value, (item, i) => this.#read(item, `${path}[${i}]`, around, leaves)) };
    }
    const entries = entriesOf(value);
    if (!entries) throw this.#noLeaf(value, path);
    const nodes = entries.map(([key, item]) => this.#read(item, path + keyPath(key), around, leaves));
    return { keys: entries.map(([key]) => key), nodes };
  }

  /** The kind of a leaf; undefined for an object or an array around others. */
  #kindOf(value: unknown, path: string): Leaf["kind"] | undefined {
    if (this.#adapter?.is(value)) return "value";
    if (typeof value === "number") {
      checkFinite(`x${path}`, value);
      return "number";
    }
    if (isMatrix(value) && typeof value.data !== "function") return "matrix";
    return isFloatArray(value) || (isArrayLike(value) && typeof value[0] === "number" && !isTree(value))
      ? "array"
      : undefined;
  }

  #noLeaf(value: unknown, path: string): ArgumentError {
    const expected = "numbers, an array, a Matrix, or an object or array of them";
    return new ArgumentError(`x${path}`, expected, describe(value) + this.#hint(value));
  }

  /** What to do about a value that is no part of a tree. */
  #hint(value: unknown): string {
    if (isPixels(value) || isArrayLike(value)) return ", which cannot hold x + h";
    if (isMatrix(value)) return `, a tensor of another library${this.#adapter ? "" : ": pass options.adapter"}`;
    if (typeof value !== "object" || value === null) return ": x has numbers only";
    return this.#adapter ? "" : ": pass its fields as an object, or options.adapter";
  }
}

/** Whether x is a tree, and not a single array or Matrix: an object or an array around other values. */
export function isTree(x: unknown): boolean {
  // In [2, [3]] the number is a leaf of its own. Where no element is an object, one that is no number is a mistake.
  if (isArrayLike(x)) return Array.isArray(x) && x.some((item) => typeof item === "object" && item !== null);
  return !isMatrix(x) && entriesOf(x) !== undefined;
}

const nodesOf = (node: Exclude<Node, { leaf: number }>) => ("items" in node ? node.items : node.nodes);

/** The keys and values of a plain object; undefined for any other value. Each value is read once. */
function entriesOf(value: unknown): [key: string, value: unknown][] | undefined {
  if (typeof value !== "object" || value === null || isArrayLike(value) || isPixels(value)) return undefined;
  try {
    const prototype: unknown = Object.getPrototypeOf(value);
    // The prototype of plain objects of any realm has no prototype itself.
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return undefined;
    const entries = Object.entries(value);
    // Objects like { 0: 1, 1: 2, length: 2 } are no arrays, and are meant as such.
    return "length" in value && "0" in value ? undefined : entries;
  } catch {
    return undefined; // a Proxy that has been revoked
  }
}

/** A key as programs write it: `.w`, or `["a.b"]`. */
function keyPath(key: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${printable(JSON.stringify(key))}]`;
}
