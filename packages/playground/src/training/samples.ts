/** Whether the accuracy on the sample is measured after so many steps: more often in the beginning, when it rises fast. */
export function isSampled(steps: number): boolean {
  if (steps <= 10) return [1, 2, 5, 10].includes(steps);
  return steps % (steps <= 100 ? 10 : steps <= 1000 ? 50 : 100) === 0;
}
