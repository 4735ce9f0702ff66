/**
 * The book's `numerical_gradient` of any function: (f(x + h) − f(x − h)) / 2h for each element, which is moved in
 * place.
 */
export function numericalGradient(f: (x: Float64Array) => number, x: Float64Array, h = 1e-4): Float64Array {
  const gradient = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const kept = x[i]!;
    x[i] = kept + h;
    const plus = f(x);
    x[i] = kept - h;
    const minus = f(x);
    gradient[i] = (plus - minus) / (2 * h);
    x[i] = kept;
  }
  return gradient;
}
