// `instanceof` is false for objects of another realm: a frame of a page, a context of node:vm, a test runner with
// jsdom. So the package asks for the brand of a built-in object, which is the same in every realm.

/** The brand of a value, such as `"Promise"` or `"Float64Array"`; empty for a Proxy that has been revoked. */
export function brandOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value).slice(8, -1);
  } catch {
    return "";
  }
}

/**
 * The getter of every typed array's name. It is ten times as fast as `brandOf`, and no property can hide it. (A pure call
 * is dropped by bundlers where nothing needs it.)
 */
const typedArrayName = /* @__PURE__ */ (() =>
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)?.get)() as (
  this: unknown,
) => string | undefined;

/** Whether `value` is a Float64Array of any realm. */
export function isFloat64Array(value: unknown): value is Float64Array {
  return typedArrayName.call(value) === "Float64Array";
}

/** Whether `value` is a Float32Array of any realm. */
export function isFloat32Array(value: unknown): value is Float32Array {
  return typedArrayName.call(value) === "Float32Array";
}

/** Whether `value` is a Float64Array or a Float32Array of any realm. */
export function isFloatArray(value: unknown): value is Float64Array | Float32Array {
  const name = typedArrayName.call(value);
  return name === "Float64Array" || name === "Float32Array";
}

/** Whether `value` is a Uint8Array of any realm. Node's Buffer is one. */
export function isUint8Array(value: unknown): value is Uint8Array {
  return typedArrayName.call(value) === "Uint8Array";
}

/** Whether `value` is an Int32Array of any realm. */
export function isInt32Array(value: unknown): value is Int32Array {
  return typedArrayName.call(value) === "Int32Array";
}

/** Whether `value` is a Uint8Array or a Uint8ClampedArray, as a canvas gives it, of any realm. */
export function isBytes(value: unknown): boolean {
  return /^Uint8/.test(typedArrayName.call(value) ?? "");
}

/** Whether `value` is a typed array of integers, of any realm. */
export function isIntegerArray(value: unknown): boolean {
  return /int/i.test(typedArrayName.call(value) ?? "");
}

/** Whether `value` is a Promise of any realm. */
export function isPromise(value: unknown): value is Promise<unknown> {
  return brandOf(value) === "Promise";
}
