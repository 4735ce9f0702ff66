import type { Plan } from "../run/plan.js";
import { variedOptions } from "../sweep/trials.js";
import type { TrialResult } from "../trial/job.js";

/** Operations of Optuna's journal. @see optuna/storages/journal/_storage.py, JournalOperation */
const CREATE_STUDY = 0;
const SET_STUDY_USER_ATTR = 2;
const CREATE_TRIAL = 4;

/** States of a trial. @see optuna/trial/_state.py, TrialState */
const STATES = { complete: 1, pruned: 2, fail: 3 } as const;

/** The direction of a study whose values are better if they are larger. */
const MAXIMIZE = 2;

/** From this quotient of the largest and the smallest value on, the values of a list are taken for a logarithmic scale. */
const LOGARITHMIC = 100;

const INTEGERS: readonly string[] = ["hidden", "batchSize", "seed"];

/** A distribution as Optuna's `distribution_to_json` writes it, and the internal number of a value. */
interface Distribution {
  readonly json: string;
  internal(value: unknown): number;
}

/**
 * A sweep as the lines of a journal that Optuna's `JournalFileBackend` reads. The value of a trial is its test accuracy.
 * A trial that halving has ended is pruned, and one that diverged has failed; trials without a result are left out.
 */
export function optunaJournal(plan: Plan, results: ReadonlyMap<string, TrialResult>): string {
  const { sweep } = plan;
  const distributions = distributionsOf(plan);
  const study = { study_name: sweep.name, directions: [MAXIMIZE] };
  const facts = { data: plan.dataHash, search: sweep.search, seed: sweep.seed };
  const lines = [
    line(CREATE_STUDY, study),
    ...Object.entries(facts).map(([name, value]) =>
      line(SET_STUDY_USER_ATTR, { study_id: 0, user_attr: { [name]: value } }),
    ),
    ...plan.trials.flatMap(({ number }) => {
      const rungs = plan.lengths.flatMap((_, rung) => results.get(plan.id(number, rung)) ?? []);
      return rungs.length === 0 ? [] : [line(CREATE_TRIAL, trial(plan, number, rungs, distributions))];
    }),
  ];
  return `${lines.join("\n")}\n`;
}

const line = (operation: number, fields: object) =>
  JSON.stringify({ op_code: operation, worker_id: "numgrad-sweep", ...fields });

function trial(
  plan: Plan,
  number: number,
  rungs: readonly TrialResult[],
  distributions: ReadonlyMap<string, Distribution>,
): object {
  const last = rungs.at(-1)!;
  const isWhole = JSON.stringify(last.length) === JSON.stringify(plan.lengths.at(-1));
  const state = last.status === "diverged" ? STATES.fail : isWhole ? STATES.complete : STATES.pruned;
  const options: Readonly<Record<string, unknown>> = { ...last.options };
  const names = [...distributions.keys()].filter((name) => options[name] !== undefined);
  const { status, id, steps, loss, trainAccuracy, worker } = last;
  const fixed = Object.entries(options).filter(([name]) => !distributions.has(name));
  return {
    study_id: 0,
    state,
    value: state === STATES.fail ? null : last.testAccuracy,
    values: null,
    datetime_start: timeOf(rungs[0]!.started),
    datetime_complete: timeOf(last.ended),
    distributions: Object.fromEntries(names.map((name) => [name, distributions.get(name)!.json])),
    params: Object.fromEntries(names.map((name) => [name, distributions.get(name)!.internal(options[name])])),
    user_attrs: { number, status, id, steps, loss, trainAccuracy, worker, ...Object.fromEntries(fixed) },
    system_attrs: {},
    intermediate_values: Object.fromEntries(
      rungs.map(({ length, testAccuracy }) => ["epochs" in length ? length.epochs : length.steps, testAccuracy]),
    ),
  };
}

/** Python's isoformat with microseconds, in UTC. */
const timeOf = (milliseconds: number) => new Date(milliseconds).toISOString().replace("Z", "000+00:00");

/** The distributions of the options that vary, and of the seeds. */
function distributionsOf({ sweep }: Plan): Map<string, Distribution> {
  const found = new Map<string, Distribution>();
  const seeds: [string, readonly unknown[]] = ["seed", sweep.seeds];
  for (const [name, choice] of [...variedOptions(sweep), seeds]) {
    if ("min" in choice) found.set(name, numeric(name, choice.min, choice.max, choice.scale === "log"));
    else if (choice.length === 1) continue;
    else if (typeof choice[0] === "number") found.set(name, ofList(name, choice as readonly number[]));
    else found.set(name, categorical(choice));
  }
  return found;
}

function ofList(name: string, values: readonly number[]): Distribution {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return numeric(name, low, high, low > 0 && high / low >= LOGARITHMIC);
}

function numeric(name: string, low: number, high: number, log: boolean): Distribution {
  const isInteger = INTEGERS.includes(name);
  const attributes = { log, step: isInteger ? 1 : null, low, high };
  const json = JSON.stringify({ name: isInteger ? "IntDistribution" : "FloatDistribution", attributes });
  return { json, internal: (value) => value as number };
}

function categorical(choices: readonly unknown[]): Distribution {
  const json = JSON.stringify({ name: "CategoricalDistribution", attributes: { choices } });
  return { json, internal: (value) => choices.indexOf(value) };
}
