/**
 * Selects the values that a line chart with `columns` columns of pixels needs: the first, the least, the largest and
 * the last value of each column. The line through these covers the same pixels as the line through all values, so no
 * spike is lost.
 *
 * @returns Indices of the values in ascending order; all indices if there are few values.
 * @see Jugel et al., M4: A Visualization-Oriented Time Series Data Aggregation, VLDB 2014
 */
export function thin(values: ArrayLike<number>, columns: number): number[] {
  const { length } = values;
  if (length <= 4 * columns) return Array.from({ length }, (_, i) => i);
  const kept = new Set<number>();
  for (let column = 0; column < columns; column++) {
    const first = Math.floor((column * length) / columns);
    const last = Math.floor(((column + 1) * length) / columns) - 1;
    let [least, largest] = [first, first];
    for (let i = first; i <= last; i++) {
      if (values[i]! < values[least]!) least = i;
      if (values[i]! > values[largest]!) largest = i;
    }
    for (const i of [first, last, least, largest]) kept.add(i);
  }
  return [...kept].sort((a, b) => a - b);
}
