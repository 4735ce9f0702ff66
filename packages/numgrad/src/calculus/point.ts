import { ArgumentError, describe, FunctionError } from "../errors.js";
import { checkAllFinite, checkMatrix, checkVector, isMatrix, isPixels, type Matrix } from "../shape.js";
import { currentView, isLiveView } from "../view-registry.js";

/** What can be moved element by element: an array of numbers (a copy is moved), a floating-point array or a Matrix. */
export type PointLike = readonly number[] | Float64Array | Float32Array | Matrix<Float64Array | Float32Array>;

/**
 * A place where a function of many numbers is evaluated: what the function receives, its elements, which are moved one
 * at a time, and the way back. The caller moves an element, calls f, asks with `checkMoved` whether it is still there,
 * and puts it back; when all are done it calls `checkUnchanged()`, and if anything throws, `restore()`.
 */
export class Point {
  /** What f receives: x itself, or the copy of a `number[]`. */
  readonly input: unknown;
  /** What messages call the elements: `"x"`, or `"x.data"` of a Matrix. */
  readonly name: string;
  /** The elements as they were at the start, flat and row-major: a copy that f cannot reach. */
  readonly elements: Float64Array;
  /** Whether x rounds what is written to it to float32. */
  readonly single: boolean;
  readonly #data: Float64Array | Float32Array | number[];
  readonly #live: boolean;

  /**
   * @param asFloat64 Whether the copy of a `number[]` is a Float64Array.
   * @param name What messages call x.
   * @throws {ArgumentError} if x is nothing that can be moved, is empty, or has an element that is NaN or infinite.
   */
  constructor(x: PointLike, { asFloat64 = false, name = "x" } = {}) {
    const shaped = isMatrix(x);
    this.name = shaped ? `${name}.data` : name;
    const data: unknown = shaped ? x.data : x;
    this.#live = typeof data === "object" && data !== null && isLiveView(data);
    if (this.#live) checkAttached(this.name, data as Float64Array);
    if (shaped) checkMatrix(name, x);
    else checkMovable(name, x);
    if (Array.isArray(data)) this.#data = asFloat64 ? Float64Array.from(data) : Array.from(data as number[]);
    else this.#data = data as Float64Array | Float32Array;
    this.input = Array.isArray(data) ? this.#data : x;
    this.single = data instanceof Float32Array;
    this.elements = new Float64Array(this.#data);
    checkAllFinite(this.name, this.elements);
  }

  /** What messages call element `index`. */
  readonly label = (index: number): string => `${this.name}[${index}]`;

  /** Sets one element. */
  move(index: number, value: number): void {
    const data = this.#data;
    // A line for each kind of array: one store that meets all of them is megamorphic, and a gradient four times slower.
    if (data instanceof Float64Array) data[index] = value;
    else if (data instanceof Float32Array) data[index] = value;
    else data[index] = value;
  }

  /**
   * Checks after a call of f that element `index` is still at `value`: that shows at once whether f changed it, or x
   * lost its memory. Where none is moved (−1), the first element stands for all.
   *
   * @throws {FunctionError} if not.
   */
  checkMoved(index: number, value: number): void {
    const watched = Math.max(index, 0);
    // A disposed network's memory may belong to another network by now: nothing may be written there.
    if (this.#data[watched] !== value || (this.#live && !this.#isCurrent())) throw this.#disturbed(index, watched);
  }

  /** Checks after a call of f with no element moved. @throws {FunctionError} as `checkMoved`. */
  checkHere(): void {
    this.checkMoved(-1, this.elements[0] as number);
  }

  /** @throws {FunctionError} if any element differs by a bit from what it was at the start. */
  checkUnchanged(): void {
    const { elements } = this;
    const { input } = this;
    if (isMatrix(input) && input.data !== this.#data) throw new FunctionError("f must not replace x.data", -1);
    const now = new Float64Array(this.#data);
    if (now.length !== elements.length) {
      throw new FunctionError(`f must not change x, but its length went from ${elements.length} to ${now.length}`, -1);
    }
    for (let i = 0; i < elements.length; i++) {
      if (Object.is(now[i], elements[i])) continue;
      throw new FunctionError(`f must not change x, but ${this.name}[${i}] went from ${elements[i]} to ${now[i]}`, -1);
    }
  }

  /** Gives every element the bits it had at the start, through a fresh view where x lost its memory. Never throws. */
  restore(): void {
    let data: Float64Array | Float32Array | number[] | undefined;
    try {
      data = currentView(this.#data);
    } catch {
      // The network was disposed while f ran: there is nothing left to restore.
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

  #disturbed(index: number, watched: number): FunctionError {
    if (this.#live && !this.#isCurrent()) {
      const reason = "f must not create or dispose networks while it is differentiated at a network's own parameters";
      return new FunctionError(`${reason}: ${this.name} lost its memory`, index);
    }
    if (this.#data.length <= watched) return new FunctionError(`f must not detach or shorten ${this.name}`, index);
    return new FunctionError(`f must not change x, but ${this.name}[${watched}] became ${this.#data[watched]}`, index);
  }
}

function checkAttached(name: string, view: Float64Array): void {
  currentView(view); // throws DisposedError if its network is gone
  if (view.length > 0) return;
  const expected = "a view on the parameters as they are now (look net.params up again)";
  throw new ArgumentError(name, expected, "a view from before WebAssembly's memory grew");
}

function checkMovable(name: string, x: unknown): void {
  const expected = "an array of numbers, a Float64Array, a Float32Array or a Matrix";
  if (!(Array.isArray(x) || x instanceof Float64Array || x instanceof Float32Array)) {
    const rigid = isPixels(x) || (ArrayBuffer.isView(x) && !(x instanceof DataView));
    const what = isPixels(x) ? "Pixels" : describe(x);
    throw new ArgumentError(name, expected, rigid ? `${what}, which cannot hold x + h` : what);
  }
  checkVector(name, x);
}
