import { registerLiveView } from "../live-view.js";
import type { Session } from "./session.js";

/** A number for every parameter of a network; flat and row-major. */
export interface Gradients {
  /** [inputSize, hiddenSize] */
  w1: Float64Array;
  /** [hiddenSize] */
  b1: Float64Array;
  /** [hiddenSize, outputSize] */
  w2: Float64Array;
  /** [outputSize] */
  b2: Float64Array;
}

/**
 * A network's parameters or its gradient, as live windows on WebAssembly memory: reading and writing an element reads
 * and writes the network. Look them up when you need them (`net.params.w1[3]`) instead of keeping them: when a new network
 * makes the memory grow, JavaScript detaches older windows without a word. A window keeps its network alive; a `subarray` of
 * one does not, and none must be used after `net.dispose()`, when its memory may belong to another network.
 */
export interface NetworkParams extends Gradients {
  /** Copies that stay as they are. */
  toArrays(): Gradients;
}

/** The names in the order in which they lie in memory. */
export const PARAMETER_NAMES = ["w1", "b1", "w2", "b2"] as const;

type ParameterName = (typeof PARAMETER_NAMES)[number];

/** The windows of one network on its parameters, or on its gradient. */
export class LiveParameters implements NetworkParams {
  declare readonly w1: Float64Array;
  declare readonly b1: Float64Array;
  declare readonly w2: Float64Array;
  declare readonly b2: Float64Array;
  readonly #session: Session;
  readonly #kind: "params" | "grads";
  readonly #bounds: Record<ParameterName, readonly [start: number, end: number]>;
  readonly #views = new Map<ParameterName, Float64Array>();

  constructor(session: Session, kind: "params" | "grads") {
    const { inputSize, hiddenSize, outputSize } = session.dimensions;
    const sizes = [inputSize * hiddenSize, hiddenSize, hiddenSize * outputSize, outputSize];
    const ends = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((sum, size) => sum + size));
    const bounds = PARAMETER_NAMES.map((name, i) => [name, [ends[i]! - sizes[i]!, ends[i]!]]);
    this.#session = session;
    this.#kind = kind;
    this.#bounds = Object.fromEntries(bounds);
    // Properties of their own, so that Object.keys, spreading and the book's loop over the names find them.
    for (const name of PARAMETER_NAMES) {
      Object.defineProperty(this, name, { enumerable: true, get: () => this.#view(name) });
    }
  }

  toArrays(): Gradients {
    return { w1: this.w1.slice(), b1: this.b1.slice(), w2: this.w2.slice(), b2: this.b2.slice() };
  }

  /** The session, if `params` and `grads` are parameters and gradient of one network. */
  static session(params: unknown, grads: unknown): Session | undefined {
    if (!(params instanceof LiveParameters && grads instanceof LiveParameters)) return undefined;
    const fits = params.#session === grads.#session && params.#kind === "params" && grads.#kind === "grads";
    return fits ? params.#session : undefined;
  }

  /** All elements, in the order of PARAMETER_NAMES. */
  get all(): Float64Array {
    // Asking for the session's object throws after dispose().
    void this.#session.raw;
    return this.#session[this.#kind].array;
  }

  #view(name: ParameterName): Float64Array {
    const { all } = this;
    let view = this.#views.get(name);
    if (view?.buffer !== all.buffer) {
      view = all.subarray(...this.#bounds[name]);
      this.#views.set(name, view);
      // The closure holds this object and so the network's memory: a view that is still in use keeps it alive.
      registerLiveView(view, () => this.#view(name));
    }
    return view;
  }
}
