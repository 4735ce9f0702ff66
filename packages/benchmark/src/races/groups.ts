/** The groups of races, in the order in which they are run. */
export const GROUP_NAMES = [
  "kernels", "gradients", "step", "evaluation", "sizes", "cliffs", "calculus", "start", "cores", "run",
] as const; // biome-ignore format: a list

export type GroupName = (typeof GROUP_NAMES)[number];
