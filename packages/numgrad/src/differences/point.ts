import { isFloat32Array, isFloat64Array, isFloatArray } from "../brand.js";
import { overlap } from "../bytes.js";
import { ArgumentError, describe, FunctionError } from "../errors.js";
import { checkAllFinite, checkMatrix, checkVector, isArrayLike, isMatrix, isPixels, type Matrix } from "../shape.js";
import { isTree } from "../trees/tree.js";
import { currentView, isLiveView } from "../view-registry.js";

/** An x whose elements can be moved: an array of numbers (a copy is moved), a floating-point array or a Matrix. */
export type PointLike = readonly number[] | Float64Array | Float32Array | Matrix<Float64Array | Float32Array>;

/** What f receives for x: x itself, or a copy of an array of numbers. */
export type Received<X extends PointLike> = X extends readonly number[]
  ? number[]
  : X extends Matrix<infer T>
    ? Matrix<T>
    : X;

/** The kind of x, but a Float64Array for an array of numbers. */
export type AsFloats<X extends PointLike> = X extends readonly number[] ? Float64Array : Received<X>;

/** Points beside x, one in each row. They are float32 numbers if those of x are. */
export type Points<X extends PointLike> =
  X extends Matrix<infer T> ? Matrix<T> : X extends Float32Array ? Matrix<Float32Array> : Matrix;

/** A gradient at x: a Matrix for a Matrix, else a Float64Array. */
export type GradientAt<X extends PointLike> = X extends Matrix<Float64Array | Float32Array> ? Matrix : Float64Array;

/** The x at which f is differentiated. */
export interface BasePoint {
  /** What f receives: x itself, or the copy of an array of numbers. */
  readonly input: unknown;
  /** What messages call the array of elements: `"x"`, or `"x.data"` for a Matrix. */
  readonly name: string;
  /** The elements of x, flat and row-major: a copy that f cannot reach. */
  readonly elements: Float64Array;
  /** Whether x rounds its elements to float32. */
  readonly single: boolean;
  /** What messages call the element with this index. */
  readonly label: (index: number) => string;
}

/**
 * The base point of a function of many numbers, whose elements are moved one at a time. The caller moves an element,
 * calls f, asks `checkMoved` whether the element is still there, and moves it back. After the last element the caller
 * calls `checkUnchanged()`. If anything throws, the caller calls `restore()`.
 */
export interface MovablePoint extends BasePoint {
  /** The arrays that hold the elements. */
  readonly memory: readonly unknown[];
  /** Whether x rounds this element to float32. */
  isSingle(index: number): boolean;
  /** f as a function of `input`. */
  bind(f: (x: unknown) => unknown, isScalar: boolean): (x: unknown) => unknown;
  /** Sets one element. */
  move(index: number, value: number): void;
  /**
   * Checks before an element is moved that it still has its value: f, or somebody else while an async f is at work, may
   * have changed an element to which the gradient has not come yet.
   *
   * @throws {FunctionError} if the element has another value.
   */
  checkUnmoved(index: number): void;
  /**
   * Checks after a call of f that element `index` still has this value. The check finds at once that f has changed the
   * element, or that x has lost its memory. If no element is moved (index −1), the first element is checked.
   *
   * @throws {FunctionError} if the element has another value.
   */
  checkMoved(index: number, value: number): void;
  /** Checks after a call of f with no element moved. @throws {FunctionError} as `checkMoved`. */
  checkHere(): void;
  /** @throws {FunctionError} if any bit of any element differs from the start. */
  checkUnchanged(): void;
  /** Gives every element the bits it had at the start, in the current memory of x. Never throws. */
  restore(): void;
  /** An error of f with the name of the element that was moved. */
  named(error: unknown): unknown;
}

/** The base point of a function of one number. */
export function scalarPoint(x: number): BasePoint {
  return { input: x, name: "x", elements: Float64Array.of(x), single: false, label: () => "x" };
}

/** A single array or Matrix as the base point of a function of many numbers. */
export class Point implements MovablePoint {
  readonly input: unknown;
  readonly name: string;
  readonly elements: Float64Array;
  readonly single: boolean;
  readonly #data: Float64Array | Float32Array | number[];
  /** The data once more, if they are of this kind. */
  readonly #doubles: Float64Array | undefined;
  readonly #floats: Float32Array | undefined;
  readonly #live: boolean;

  /**
   * @param asFloat64 Whether the copy of an array of numbers is a Float64Array.
   * @param name What messages call x.
   * @throws {ArgumentError} if x is not a PointLike, is empty, or has an element that is NaN or infinite.
   */
  constructor(x: PointLike, { asFloat64 = false, name = "x" } = {}) {
    const isShaped = isMatrix(x);
    this.name = isShaped ? `${name}.data` : name;
    const data: unknown = isShaped ? x.data : x;
    this.#live = typeof data === "object" && data !== null && isLiveView(data);
    if (this.#live) checkAttached(this.name, data as Float64Array);
    checkNoTensor(name, x);
    if (isShaped) checkMatrix(name, x);
    else checkMovable(name, x);
    if (Array.isArray(data)) this.#data = asFloat64 ? Float64Array.from(data) : Array.from(data as number[]);
    else this.#data = data as Float64Array | Float32Array;
    this.input = Array.isArray(data) ? this.#data : x;
    this.#doubles = isFloat64Array(this.#data) ? this.#data : undefined;
    this.#floats = isFloat32Array(this.#data) ? this.#data : undefined;
    this.single = this.#floats !== undefined;
    this.elements = new Float64Array(this.#data);
    checkAllFinite(this.name, this.elements);
  }

  readonly label = (index: number): string => `${this.name}[${index}]`;

  get memory(): readonly unknown[] {
    return [this.#data];
  }

  isSingle(): boolean {
    return this.single;
  }

  bind(f: (x: unknown) => unknown): (x: unknown) => unknown {
    return f;
  }

  named(error: unknown): unknown {
    return error;
  }

  move(index: number, value: number): void {
    // Each kind of array has a line of its own: one store for all of them is megamorphic, and a gradient takes four
    // times as long.
    if (this.#doubles) this.#doubles[index] = value;
    else if (this.#floats) this.#floats[index] = value;
    else this.#data[index] = value;
  }

  checkUnmoved(index: number): void {
    if (this.#data[index] !== this.elements[index]) throw this.#changedError(index, index);
  }

  checkMoved(index: number, value: number): void {
    const checked = Math.max(index, 0);
    // The memory of a disposed network may belong to another network by now, and must not be written to.
    if (this.#data[checked] !== value || (this.#live && !this.#isCurrent())) throw this.#changedError(index, checked);
  }

  checkHere(): void {
    this.checkMoved(-1, this.elements[0]!);
  }

  checkUnchanged(): void {
    const { elements, input } = this;
    if (isMatrix(input) && input.data !== this.#data) throw new FunctionError("f must not replace x.data", -1);
    const now = new Float64Array(this.#data);
    if (now.length !== elements.length) {
      const change = `the length of ${this.name} went from ${elements.length} to ${now.length}`;
      throw new FunctionError(`f must not change x, but ${change}`, -1);
    }
    for (let i = 0; i < elements.length; i++) {
      if (Object.is(now[i], elements[i])) continue;
      throw new FunctionError(`f must not change x, but ${this.label(i)} went from ${elements[i]} to ${now[i]}`, -1);
    }
  }

  restore(): void {
    let data: Float64Array | Float32Array | number[] | undefined;
    try {
      data = currentView(this.#data);
    } catch {
      // The network was disposed while f ran, so there is nothing left to restore.
    }
    if (Array.isArray(data) || data?.length !== this.elements.length) return;
    data.set(this.elements);
  }

  #isCurrent(): boolean {
    try {
      return (currentView(this.#data) as Float64Array).buffer === (this.#data as Float64Array).buffer;
    } catch {
      return false;
    }
  }

  #changedError(index: number, checked: number): FunctionError {
    const label = this.label(checked);
    if (this.#live && !this.#isCurrent()) {
      const reason = "f must not create or dispose networks while it is differentiated at a network's own parameters";
      return new FunctionError(`${reason}: ${this.name} lost its memory`, index);
    }
    if (this.#data.length <= checked) return new FunctionError(`f must not detach or shorten ${this.name}`, index);
    return new FunctionError(`f must not change x, but ${label} became ${this.#data[checked]}`, index);
  }
}

/** Whether two points have memory in common. */
export function shareMemory(one: MovablePoint, other: MovablePoint): boolean {
  return one.memory.some((a) => other.memory.some((b) => overlap(a, b)));
}

function checkAttached(name: string, view: Float64Array): void {
  currentView(view); // throws a DisposedError if the network was disposed
  if (view.length > 0) return;
  const expected = "a view on the parameters as they are now (look net.params up again)";
  throw new ArgumentError(name, expected, "a view from before WebAssembly's memory grew");
}

/**
 * Checks that a value is not a tensor of another library, whose `data` is a method: the numbers are not in the object.
 *
 * @throws {ArgumentError} if it is one.
 */
export function checkNoTensor(name: string, value: unknown): void {
  if (!isMatrix(value) || typeof value.data !== "function") return;
  const expected = "numbers (an array, a Float64Array, a Float32Array or a Matrix)";
  const hint = "dataSync" in value ? `pass ${name}.dataSync(), or options.adapter` : "pass options.adapter";
  throw new ArgumentError(name, expected, `${describe(value)}, a tensor of another library: ${hint}`);
}

/**
 * Checks that a value is not a tree, for functions that take no trees.
 *
 * @param hint What to do instead.
 * @throws {ArgumentError} if it is one.
 */
export function checkNoTree(name: string, value: unknown, hint: string): void {
  if (!isTree(value)) return;
  const expected = "an array of numbers, a Float64Array, a Float32Array or a Matrix";
  throw new ArgumentError(name, expected, `${describe(value)}, a tree: ${hint}`);
}

function checkMovable(name: string, x: unknown): void {
  const expected = "an array of numbers, a Float64Array, a Float32Array or a Matrix";
  if (!(isFloatArray(x) || (isArrayLike(x) && !ArrayBuffer.isView(x)))) {
    const isOfIntegers = isPixels(x) || isArrayLike(x);
    const received = isPixels(x) ? "Pixels" : describe(x);
    // Such as `net.params`.
    const isObject = typeof x === "object" && x !== null;
    const hint = isOfIntegers
      ? ", which cannot hold x + h"
      : isObject
        ? ": pass its arrays, or { ...x } as a tree"
        : "";
    throw new ArgumentError(name, expected, received + hint);
  }
  checkVector(name, x);
}
