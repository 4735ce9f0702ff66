import type { Gradients, NetworkParams } from "../network/parameters.js";

/** The values that an optimizer keeps from one step to the next, by name. */
export type OptimizerState = Readonly<Record<string, number | string | boolean | Float64Array>>;

/** An object that changes parameters by their gradient. */
export interface Optimizer {
  /** Changes the parameters in place. It must be done when it returns: a Promise is refused. */
  update(params: NetworkParams, grads: Gradients): void;
  /**
   * Returns all that the optimizer needs to go on later. Runs can be resumed if it has both methods; SGD needs neither.
   */
  getState?(): OptimizerState;
  /**
   * Sets the state that `getState` returned. If the state is not one of this optimizer's, throws and changes nothing.
   */
  setState?(state: OptimizerState): void;
}
