import { calculus } from "./calculus.js";
import { cliffs } from "./cliffs.js";
import { cores } from "./cores.js";
import { evaluation } from "./evaluation.js";
import { gradients } from "./gradients.js";
import type { GroupName } from "./groups.js";
import { kernels } from "./kernels.js";
import { run } from "./run.js";
import type { Group, GroupResult, Setting } from "./setting.js";
import { sizes } from "./sizes.js";
import { start } from "./start.js";
import { step } from "./step.js";

const GROUPS: Readonly<Record<GroupName, Group>> = {
  kernels,
  gradients,
  step,
  evaluation,
  sizes,
  cliffs,
  calculus,
  start,
  cores,
  run,
};

/** Runs the races of a group. @throws {DisagreementError} if contenders come to different results. */
export async function runGroup(name: GroupName, setting: Setting): Promise<GroupResult> {
  const { title, about, run } = GROUPS[name];
  setting.agreements = [];
  const races = await run(setting);
  return { name, title, about, races, agreements: setting.agreements };
}

/** A stored result with the title and the explanation that this version of the program gives its group. */
export function withCurrentTexts(result: GroupResult): GroupResult {
  const { title, about } = GROUPS[result.name];
  return { ...result, title, about };
}
