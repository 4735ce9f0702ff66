// Numbers as a reader writes them.

/** Writes a whole number: 39,760. */
export const COUNT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** A number with so many digits, also small and large ones: 1.2 × 10⁻⁹. */
export function formatNumber(value: number, digits: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-3 && size < 1e6)) return value.toPrecision(digits).replace("-", "−");
  const [factor, exponent] = value.toExponential(digits - 1).split("e") as [string, string];
  return `${factor.replace("-", "−")} × 10${raise(Number(exponent))}`;
}

/** A power of ten: 10⁻⁴. */
export function powerOfTen(exponent: number): string {
  return `10${raise(exponent)}`;
}

/** Index of the value whose ratio to the wanted one is nearest to 1. All are above 0. */
export function nearestIndex(values: readonly number[], wanted: number): number {
  const distances = values.map((value) => Math.abs(Math.log(value / wanted)));
  return distances.indexOf(Math.min(...distances));
}

function raise(exponent: number): string {
  return Array.from(String(exponent), (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)])).join("");
}
