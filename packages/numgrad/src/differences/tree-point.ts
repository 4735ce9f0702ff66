import { isFloat32Array, isFloat64Array, isPromise } from "../brand.js";
import { overlap } from "../bytes.js";
import { ArgumentError, describe, FunctionError } from "../errors.js";
import { isArrayLike, isMatrix, makeMatrix } from "../shape.js";
import { type Adapter, readAdapter } from "../trees/adapter.js";
import { isTree, type Leaf, Tree } from "../trees/tree.js";
import { type MovablePoint, Point, type PointLike } from "./point.js";

/** A leaf of a tree, as a point of its own. */
export interface Part {
  readonly leaf: Leaf;
  readonly point: Point;
  /** The indices of its elements in the whole tree. */
  readonly start: number;
  readonly end: number;
  /** What messages call it: `layers[1].w`. */
  readonly name: string;
  /** The lengths of its dimensions; none for a single number. */
  readonly shape: readonly number[];
}

/**
 * A tree at which f is differentiated. Its elements are those of its leaves, one leaf after the other. For each call f
 * receives a tree with new objects and arrays. The floating-point arrays and Matrices in it are the caller's own, which
 * are moved and restored; arrays of numbers are copies, and values of another library are made new for each call.
 */
export class TreePoint implements MovablePoint {
  readonly input: unknown;
  readonly name = "x";
  readonly elements: Float64Array;
  readonly single: boolean;
  readonly tree: Tree;
  readonly parts: readonly Part[];
  readonly #adapter: Adapter<unknown> | undefined;
  /** The values that were freed since f was called last. */
  readonly #freed = new Set<unknown>();
  /** The number of the part of the last element that was asked for: the next one is often the same. */
  #last = 0;

  /** @throws {ArgumentError} if x is not a tree, or one of its leaves not a point. */
  constructor(x: unknown, adapter: unknown) {
    this.#adapter = readAdapter(adapter);
    this.input = x;
    this.tree = new Tree(x, this.#adapter);
    let start = 0;
    this.parts = this.tree.leaves.map((leaf) => {
      const part = this.#partOf(leaf, start);
      start = part.end;
      return part;
    });
    this.elements = new Float64Array(start);
    for (const { point, start: first } of this.parts) this.elements.set(point.elements, first);
    this.single = this.parts.some(({ point }) => point.single);
    checkApart(this.parts);
  }

  readonly label = (index: number): string => `${this.partOf(index).name}${this.placeOf(index)}`;

  /** The place of an element in its part: `[3, 17]`; empty for a single number. */
  placeOf(index: number): string {
    const { start, shape } = this.partOf(index);
    const places: number[] = [];
    let rest = index - start;
    for (const length of [...shape].reverse()) {
      places.unshift(rest % length);
      rest = Math.floor(rest / length);
    }
    return places.length === 0 ? "" : `[${places.join(", ")}]`;
  }

  isSingle(index: number): boolean {
    return this.partOf(index).point.single;
  }

  /** The part that has the element with this index. */
  partOf(index: number): Part {
    const { parts } = this;
    if (index >= parts[this.#last]!.end) this.#last = this.#last + 1 < parts.length ? this.#last + 1 : this.#last;
    const part = parts[this.#last]!;
    if (index >= part.start && index < part.end) return part;
    let [low, high] = [0, parts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (parts[middle]!.start <= index) low = middle;
      else high = middle - 1;
    }
    this.#last = low;
    return parts[low]!;
  }

  move(index: number, value: number): void {
    const { point, start } = this.partOf(index);
    point.move(index - start, value);
  }

  checkUnmoved(index: number): void {
    const { point, start } = this.partOf(index);
    try {
      point.checkUnmoved(index - start);
    } catch (error) {
      throw inTree(error, start);
    }
  }

  checkMoved(index: number, value: number): void {
    const { point, start } = this.partOf(index);
    try {
      point.checkMoved(index < 0 ? index : index - start, value);
    } catch (error) {
      throw inTree(error, start);
    }
  }

  checkHere(): void {
    for (const { point } of this.parts) point.checkHere();
  }

  checkUnchanged(): void {
    for (const { point } of this.parts) point.checkUnchanged();
  }

  restore(): void {
    for (const { point } of this.parts) point.restore();
  }

  get memory(): readonly unknown[] {
    return this.parts.flatMap(({ point }) => point.memory);
  }

  /** f as a function that makes its own tree each time. It may return a value of the other library. */
  bind(f: (x: unknown) => unknown, isScalar: boolean): () => unknown {
    return () => {
      // A library may give a value that was freed once more.
      this.#freed.clear();
      const made: unknown[] = [];
      let isPending = false;
      try {
        const value = f(this.tree.map((leaf, k) => this.#received(leaf, this.parts[k]!.point, made)));
        isPending = isPromise(value);
        if (!isPending) return this.#returned(value, isScalar, made);
        const settled = (value as Promise<unknown>).then((result) => this.#returned(result, isScalar, made));
        return settled.finally(() => this.#free(made));
      } finally {
        if (!isPending) this.#free(made);
      }
    };
  }

  /** A tree of x's structure with these numbers, or with those of a leaf as `form` makes them. */
  shaped(numbers: Float64Array): unknown {
    return this.tree.map((leaf, k) => {
      const { point, start, end } = this.parts[k]!;
      const part = numbers.slice(start, end);
      if (leaf.kind === "number") return part[0];
      if (leaf.kind === "value") return this.#adapter?.fromArray(alike(point, part), leaf.value);
      if (!isMatrix(point.input)) return part;
      return makeMatrix(point.input.shape[0], point.input.shape[1], part);
    });
  }

  /**
   * The numbers of another tree of x's structure.
   *
   * @param read The numbers of an array or a Matrix for a part.
   * @param isOwn Whether values of another library are freed.
   */
  numbersOf(
    name: string,
    value: unknown,
    read: (value: unknown, point: Point, name: string) => Float64Array,
    isOwn = false,
  ): Float64Array {
    const result = new Float64Array(this.elements.length);
    const values = this.tree.valuesOf(name, value);
    try {
      for (const [k, { leaf, point, start }] of this.parts.entries()) {
        result.set(read(this.#holderOf(leaf, name, values[k]), point, `${name}${leaf.path}`), start);
      }
    } finally {
      if (isOwn) this.#free(values);
    }
    return result;
  }

  /** The error with the name of the element that was moved. */
  named(error: unknown): unknown {
    if (!(error instanceof FunctionError) || error.index < 0) return error;
    const { message, index, cause, value } = error;
    const named = message.replace(`with x[${index}] moved`, `with ${this.label(index)} moved`);
    return new FunctionError(named, index, cause === undefined ? { value } : { cause, value });
  }

  /** What holds the numbers of a value that stands for a leaf. */
  #holderOf({ kind, path }: Leaf, name: string, value: unknown): unknown {
    if (this.#adapter?.is(value)) return this.#adapter.toArray(value);
    if (kind !== "number") return value;
    if (typeof value === "number") return [value];
    throw new ArgumentError(`${name}${path}`, "a number, as in x", describe(value));
  }

  #partOf(leaf: Leaf, start: number): Part {
    const value = leaf.kind === "value" ? this.#adapter?.toArray(leaf.value) : leaf.value;
    const numbers = leaf.kind === "number" ? [value] : leaf.kind === "value" ? copyOf(value) : value;
    const point = new Point(numbers as PointLike, { name: `x${leaf.path}` });
    const end = start + point.elements.length;
    const name = leaf.path.startsWith(".") ? leaf.path.slice(1) : `x${leaf.path}`;
    return { leaf, point, start, end, name, shape: shapeOf(leaf, end - start) };
  }

  #received(leaf: Leaf, { input }: Point, made: unknown[]): unknown {
    if (leaf.kind === "number") return (input as number[])[0];
    if (leaf.kind !== "value") return input;
    const value = this.#adapter?.fromArray(copyOf(input) as number[], leaf.value);
    made.push(value);
    return value;
  }

  /** What f returned; for a value of the other library, which is freed, its numbers. */
  #returned(value: unknown, isScalar: boolean, made: unknown[]): unknown {
    if (!this.#adapter?.is(value)) return value;
    made.push(value);
    const numbers = this.#adapter.toArray(value);
    return isScalar && numbers.length === 1 ? numbers[0] : Array.from(numbers);
  }

  #free(values: readonly unknown[]): void {
    const adapter = this.#adapter;
    if (!adapter?.dispose) return;
    for (const value of values) {
      // f and a gradient may return what they received.
      if (!adapter.is(value) || this.#freed.has(value)) continue;
      this.#freed.add(value);
      adapter.dispose(value);
    }
  }
}

/** An error of a part. The index is that in the whole tree. */
function inTree(error: unknown, start: number): unknown {
  if (!(error instanceof FunctionError) || error.index < 0) return error;
  return new FunctionError(error.message, error.index + start, { value: error.value });
}

/**
 * The point for x: a tree, or a single array or Matrix.
 *
 * @throws {ArgumentError} if x is neither.
 */
export function pointOf(x: unknown, adapter: unknown, options?: { asFloat64: boolean }): Point | TreePoint {
  return adapter !== undefined || isTree(x) ? new TreePoint(x, adapter) : new Point(x as PointLike, options);
}

/** A copy of an array of numbers; another value as it is. */
function copyOf(value: unknown): unknown {
  return isArrayLike(value) ? (value as number[]).slice() : value;
}

/** Numbers in an array of the kind that a point has. */
function alike({ input }: Point, numbers: Float64Array): Float64Array | Float32Array | number[] {
  if (isFloat32Array(input)) return Float32Array.from(numbers);
  return isFloat64Array(input) ? numbers : Array.from(numbers);
}

function shapeOf({ kind, value }: Leaf, length: number): readonly number[] {
  if (kind === "number") return [];
  const shape: unknown = kind === "array" ? undefined : (value as { shape?: unknown }).shape;
  const fits = isArrayLike(shape) && Array.from(shape).reduce((product, n) => product * n, 1) === length;
  return fits ? Array.from(shape) : [length];
}

/** @throws {ArgumentError} if two parts share memory: to move an element of one would move one of the other. */
function checkApart(parts: readonly Part[]): void {
  const views = parts.flatMap(({ point, name, leaf }) =>
    point.memory.filter(ArrayBuffer.isView).map((view) => ({ view, name, leaf })),
  );
  // Sorted by their place in each buffer, only neighbours can overlap.
  const byBuffer = new Map<unknown, typeof views>();
  for (const entry of views) {
    const group = byBuffer.get(entry.view.buffer);
    if (group) group.push(entry);
    else byBuffer.set(entry.view.buffer, [entry]);
  }
  for (const group of byBuffer.values()) {
    group.sort((a, b) => a.view.byteOffset - b.view.byteOffset);
    for (let i = 1; i < group.length; i++) {
      const [one, other] = [group[i - 1]!, group[i]!];
      if (!overlap(one.view, other.view)) continue;
      throw new ArgumentError(`x${other.leaf.path}`, "memory of its own", `memory that it shares with ${one.name}`);
    }
  }
}
