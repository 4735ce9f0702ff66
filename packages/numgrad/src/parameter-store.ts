/**
 * What keeps the parameters of a network, for those who read or set all of them at once. They need no view on the
 * parameters, which a team of threads would have to bring up to date in each step from then on.
 */
export interface ParameterStore {
  /** @throws {DisposedError | CoreError} if the network can no longer be used. */
  checkAlive(): void;
  /** Sets all parameters, each to as many numbers as it has. */
  setParameters(values: Readonly<Record<"w1" | "b1" | "w2" | "b2", Float64Array | Float32Array>>): void;
}

/**
 * The store of each network. A static block could read a private field instead, but bundlers never drop such a class.
 */
const stores = new WeakMap<object, ParameterStore>();

/** Notes the store of a new network. */
export function noteStore(net: object, store: ParameterStore): void {
  stores.set(net, store);
}

/**
 * The store of a network; undefined for any other value. The store of a TwoLayerNet is its `Session`. The package does not
 * export this function.
 */
export function storeOf<Store extends ParameterStore>(net: unknown): Store | undefined {
  return stores.get(net as object) as Store | undefined;
}
