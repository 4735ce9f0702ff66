import { registerLiveView } from "../view-registry.js";
import { type ParameterName, parameterSizes } from "./dimensions.js";
import type { Session } from "./session.js";

/** A number for every parameter of a network: flat arrays, row-major. */
export interface Gradients {
  /** Weights of the hidden layer, [inputSize, hiddenSize]. */
  w1: Float64Array;
  /** Biases of the hidden layer, [hiddenSize]. */
  b1: Float64Array;
  /** Weights of the output layer, [hiddenSize, outputSize]. */
  w2: Float64Array;
  /** Biases of the output layer, [outputSize]. */
  b2: Float64Array;
}

/**
 * A network's parameters or its gradient, as live views on WebAssembly memory: reading or writing an element reads or
 * writes the network.
 *
 * Look a view up when you need it (`net.params.w1[3]`) and do not keep it: if a new network makes the memory grow,
 * JavaScript detaches older views without an error. A view keeps its network alive, but a `subarray` of a view does
 * not. No view may be used after `net.dispose()`, because its memory may belong to another network then.
 */
export interface NetworkParams extends Gradients {
  /** Copies of the four arrays, which stay as they are. */
  toArrays(): Gradients;
}

/** The live views of one network on its parameters or on its gradient. */
export class LiveParameters implements NetworkParams {
  declare readonly w1: Float64Array;
  declare readonly b1: Float64Array;
  declare readonly w2: Float64Array;
  declare readonly b2: Float64Array;
  readonly #session: Session;
  readonly #kind: "params" | "grads";

  constructor(session: Session, kind: "params" | "grads") {
    this.#session = session;
    this.#kind = kind;
    let end = 0;
    for (const [name, size] of Object.entries(parameterSizes(session.dimensions))) {
      const start = end;
      end += size;
      this.#define(name as ParameterName, start, end);
    }
    // So that assigning to another name, as the book's W1, is an error.
    Object.preventExtensions(this);
  }

  toArrays(): Gradients {
    this.#session.refresh(this.#kind);
    let end = 0;
    const copies = Object.entries(parameterSizes(this.#session.dimensions)).map(([name, size]) => {
      const start = end;
      end += size;
      return [name, this.#session[this.#kind].array.slice(start, end)];
    });
    return Object.fromEntries(copies);
  }

  /** The session of both, if `params` and `grads` are the parameters and the gradient of one network. */
  static sharedSession(params: unknown, grads: unknown): Session | undefined {
    if (!(params instanceof LiveParameters && grads instanceof LiveParameters)) return undefined;
    const belong = params.#session === grads.#session && params.#kind === "params" && grads.#kind === "grads";
    return belong ? params.#session : undefined;
  }

  /** Defines the property `name`: the current view on the elements from `start` to `end`. */
  #define(name: ParameterName, start: number, end: number): void {
    let view: Float64Array | undefined;
    const get = () => {
      this.#session.openView(this.#kind);
      const { array } = this.#session[this.#kind];
      if (view?.buffer !== array.buffer) {
        view = array.subarray(start, end);
        // `get` holds the session and so the network's memory: a view that is still in use keeps that memory alive.
        registerLiveView(view, get);
      }
      return view;
    };
    // An own, enumerable property, so that Object.keys, spreading and the book's loop over the names find it.
    Object.defineProperty(this, name, { enumerable: true, get });
  }
}
