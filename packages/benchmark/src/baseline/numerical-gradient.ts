/**
 * The book's `numerical_gradient` of any function: (f(x + h) − f(x − h)) / 2h for each element. The elements of x are
 * changed in place and restored.
 */
export function numericalGradient(f: (x: Float64Array) => number, x: Float64Array, h = 1e-4): Float64Array {
  const gradient = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const before = x[i]!;
    x[i] = before + h;
    const plus = f(x);
    x[i] = before - h;
    const minus = f(x);
    gradient[i] = (plus - minus) / (2 * h);
    x[i] = before;
  }
  return gradient;
}
