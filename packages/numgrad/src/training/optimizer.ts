import type { Gradients, NetworkParams } from "../network/parameters.js";

/** What an optimizer keeps from one step to the next, by name. */
export type OptimizerState = Readonly<Record<string, number | string | boolean | Float64Array>>;

/** Whatever changes parameters by their gradient. */
export interface Optimizer {
  /** Moves the parameters, in place. */
  update(params: NetworkParams, grads: Gradients): void;
  /** All that it needs to go on later. With `setState` it makes runs that can be resumed; SGD needs neither. */
  getState?(): OptimizerState;
  /** Goes on where `getState` was called; throws if the state is not one of this optimizer's, and changes nothing then. */
  setState?(state: OptimizerState): void;
}
