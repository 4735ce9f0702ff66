const SUPERSCRIPTS: Readonly<Record<string, string>> = {
  "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹",
}; // biome-ignore format: a table

/** A number as a book prints it: rounded, without zeros at its end, and as 2.6·10¹³ if it is very large or small. */
export function formatNumber(value: number, digits = 4): string {
  const magnitude = Math.abs(value);
  if (value === 0 || (magnitude >= 1e-4 && magnitude < 1e6))
    return withMinusSign(String(Number(value.toPrecision(digits))));
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e") as [string, string];
  const raised = Array.from(exponent.replace("+", ""), (digit) => SUPERSCRIPTS[digit]).join("");
  return withMinusSign(`${Number(mantissa)}·10${raised}`);
}

/** A fraction in percent: `94.8%`. */
export function formatPercent(fraction: number, decimals: number): string {
  return `${(100 * fraction).toFixed(decimals)}%`;
}

/** Replaces the hyphen by a minus sign, which is as wide as a plus. */
function withMinusSign(text: string): string {
  return text.replace("-", "−");
}
