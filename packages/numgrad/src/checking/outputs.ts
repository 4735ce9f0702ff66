import { checkBeside, moveBeside, type ProbeLike } from "../derivatives/probe.js";
import { doneWork, type Work } from "../derivatives/work.js";
import { valueError, vectorValue } from "../differences/evaluation.js";
import { FloatType } from "../differences/float-type.js";
import type { MovablePoint } from "../differences/point.js";
import { FunctionError } from "../errors.js";

/** Calls a function of many outputs at x and beside x. The outputs beside x are kept as long as one element is moved. */
export class Outputs {
  readonly point: MovablePoint;
  /** Number of calls of f. */
  evaluations = 0;
  /** The outputs at x. */
  here: Float64Array = new Float64Array();
  readonly #f: (x: unknown) => unknown;
  #index = -1;
  #isChecked = false;
  readonly #kept = new Map<number, Float64Array>();

  constructor(f: (x: unknown) => unknown, point: MovablePoint) {
    this.#f = point.bind(f, false);
    this.point = point;
  }

  /**
   * Calls f at x.
   *
   * @throws {FunctionError} if an output is not finite, or f gives other outputs than before.
   */
  checkHere(): void {
    const outputs = this.call(-1);
    const k = outputs.findIndex((output) => !Number.isFinite(output));
    if (k >= 0) throw this.failureOf(k, outputs[k]!, -1);
    this.point.checkHere();
    if (this.here.length === 0) this.here = outputs;
    const other = outputs.findIndex((output, i) => output !== this.here[i]);
    if (other < 0) return;
    const [before, now] = [this.here[other], outputs[other]];
    const message = `f must give the same values for the same x, element ${other} was ${before} and then ${now}`;
    throw new FunctionError(message, -1, { value: now });
  }

  /** Calls f at x, unless that was done since this element was first moved. */
  checkHereOnce(): void {
    if (this.#isChecked) return;
    this.#isChecked = true;
    this.checkHere();
  }

  /** The outputs with element i at `value`. */
  at(i: number, value: number): Float64Array {
    if (i !== this.#index) this.#kept.clear();
    if (i !== this.#index) this.#isChecked = false;
    this.#index = i;
    const kept = this.#kept.get(value);
    if (kept) return kept;
    this.point.move(i, value);
    const outputs = this.call(i);
    this.point.checkMoved(i, value);
    this.#kept.set(value, outputs);
    return outputs;
  }

  /** The outputs with the elements where they are. @param index The element that is moved, −1 for none or several. */
  call(index: number): Float64Array {
    this.evaluations++;
    const { input, name } = this.point;
    const length = this.here.length === 0 ? undefined : this.here.length;
    return vectorValue(this.#f, input, { index, name, length, asyncHint: "checkJacobian takes no async f" });
  }

  /** The error for an output that is not finite. */
  failureOf(k: number, value: number, index: number): FunctionError {
    const { message } = valueError(value, this.point.input, index, this.point.name);
    return new FunctionError(`${message} as element ${k} of its result`, index, { value });
  }
}

/** One output of f, or a weighted sum of its outputs, as a function of its own. */
export class OutputProbe implements ProbeLike {
  readonly type = new FloatType();
  readonly here: number;
  readonly #outputs: Outputs;
  readonly #weights: Float64Array | number;
  #failure: FunctionError | undefined;

  /** @param weights The number of an output, or a weight for each. */
  constructor(outputs: Outputs, weights: Float64Array | number) {
    this.#outputs = outputs;
    this.#weights = weights;
    this.here = this.#sum(outputs.here);
    this.#see(outputs.here);
  }

  get point(): MovablePoint {
    return this.#outputs.point;
  }

  get evaluations(): number {
    return this.#outputs.evaluations;
  }

  checkHere(): Work<void> {
    return doneWork(this.#outputs.checkHereOnce());
  }

  at(i: number, value: number): Work<number | undefined> {
    return doneWork(this.#finite(this.#outputs.at(i, value), i));
  }

  along(indices: readonly number[], steps: ArrayLike<number>): Work<number | undefined> {
    const values = moveBeside(this.point, indices, steps);
    const index = indices.length === 1 ? indices[0]! : -1;
    const outputs = this.#outputs.call(index);
    checkBeside(this.point, indices, values);
    return doneWork(this.#finite(outputs, index));
  }

  failure(): FunctionError | undefined {
    return this.#failure;
  }

  #sum(outputs: Float64Array): number {
    const weights = this.#weights;
    if (typeof weights === "number") return outputs[weights]!;
    return outputs.reduce((sum, output, k) => sum + output * weights[k]!, 0);
  }

  /** The outputs tell the float type: a sum of float32 numbers need not be one. */
  #see(outputs: Float64Array): void {
    if (typeof this.#weights === "number") this.type.see(outputs[this.#weights]!);
    else for (const output of outputs) this.type.see(output);
  }

  #finite(outputs: Float64Array, index: number): number | undefined {
    const value = this.#sum(outputs);
    if (Number.isFinite(value)) {
      this.#see(outputs);
      return value;
    }
    const k = typeof this.#weights === "number" ? this.#weights : outputs.findIndex((one) => !Number.isFinite(one));
    this.#failure = this.#outputs.failureOf(Math.max(k, 0), outputs[Math.max(k, 0)]!, index);
    return undefined;
  }
}
