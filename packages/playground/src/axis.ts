// Numbers for an axis.

/** The smallest of 1, 2, 5, 10, 20, 50, … that is not below `value`; 1 for what is smaller. */
export function roundUp(value: number): number {
  if (!(value > 1)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5].find((factor) => value <= factor * power) ?? 10);
}

/** Round numbers from 0 to `max`, in about `count` equal steps. */
export function ticks(max: number, count: number): number[] {
  const rough = max / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  // Tolerant of the last digit: a third of 0.6 is to be 0.2.
  const step = power * ([1, 2, 5].find((factor) => rough <= factor * power * (1 + 1e-9)) ?? 10);
  return Array.from({ length: Math.floor((max / step) * (1 + 1e-9)) + 1 }, (_, i) => i * step);
}
