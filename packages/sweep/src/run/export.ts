import { join } from "node:path";
import { replaceFile } from "numgrad-program/files";
import { messageOf, printable, UsageError } from "../errors.js";
import { optunaJournal } from "../report/optuna.js";
import { RESULTS_FILE } from "./folder.js";
import { readResults } from "./results.js";
import { openPlan } from "./status.js";

/** Writes the sweep in a folder as a journal of Optuna, which replaces the file. */
export async function exportSweep(folder: string, path: string): Promise<number> {
  const plan = await openPlan(folder);
  const results = await readResults(join(folder, RESULTS_FILE), () => {});
  await replaceFile(path, optunaJournal(plan, results)).catch((error: unknown) => {
    throw new UsageError(`--optuna: ${path} cannot be written: ${messageOf(error)}`);
  });
  console.log(printable(`${path}: the study "${plan.sweep.name}", to be read by optuna and optuna-dashboard`));
  return 0;
}
