import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { RandomState } from "../../packages/numgrad/src/random/random-state.js";
import type { Checkpoint } from "../../packages/numgrad/src/training/checkpoint.js";
import { loadCheckpoint, saveCheckpoint } from "../../packages/numgrad/src/training/checkpoint-file.js";
import { temporaryDirectory } from "../support/idx-files.js";
import { type Ended, run, smallImages } from "../support/main-job.js";

/** A folder with small images, the options that name it, and the path of a checkpoint in it. */
function place() {
  const folder = temporaryDirectory(smallImages());
  return {
    folder,
    data: `--data ${folder} --batch-size 20 --hidden 5 --gradient backprop`,
    path: join(folder, "run.ck"),
  };
}

/** The part of a checkpoint that is the same with and without a stop: everything but the times. */
function withoutTimes({ history: { losses, evaluations }, ...rest }: Checkpoint) {
  return { ...rest, losses, evaluations };
}

/** NUMGRAD_SEED=N draws the same moments again (but the processes may take another time). */
const SEED = Number(process.env.NUMGRAD_SEED ?? new RandomState().randint(0, 2 ** 31));

/** Number of runs. Each takes two or three processes, of half a second of a core. */
const RUNS = 20;

/** Number of runs at a time. */
const LANES = 3;

/**
 * Options of runs that are long enough to be stopped in the middle, with dozens of checkpoints in which they can be
 * stopped.
 */
const KINDS = [
  "--steps 500 --checkpoint-every 13 --gradient numerical",
  "--steps 500 --checkpoint-every 40 --sampling shuffle",
  "--epochs 40 --checkpoint-every 7 --sampling shuffle --batch-size 32 --gradient numerical",
  "--epochs 40 --seed 3",
] as const;

/** Ends a run by a signal, some milliseconds after its first output, or after its start if `early` is true. */
async function stopRun(line: string, signal: NodeJS.Signals, early: boolean, milliseconds: number): Promise<Ended> {
  let timer: NodeJS.Timeout | undefined;
  const ended = await run(line, (stdout, child) => {
    if (early || stdout !== "") timer ??= setTimeout(() => child.kill(signal), milliseconds);
  });
  clearTimeout(timer);
  return ended;
}

test(`${RUNS} runs, stopped by SIGKILL and Ctrl-C at random moments, end with the bits of one that is not`, async () => {
  const { folder, data } = place();
  const wholeRun = async (kind: string, path: string) => {
    expect(await run(`${data} ${kind} --checkpoint ${path} --quiet`)).toMatchObject({ code: 0, stderr: "" });
    return withoutTimes(await loadCheckpoint(path));
  };
  const whole = await Promise.all(KINDS.map((kind, i) => wholeRun(kind, join(folder, `whole-${i}.ck`))));

  const random = new RandomState(SEED);
  const stops = { SIGKILL: 0, SIGINT: 0, midway: 0 };
  let next = 0;
  const lane = async () => {
    for (let number = next++; number < RUNS; number = next++) {
      const kind = number % KINDS.length;
      const path = join(folder, `${number}.ck`);
      const line = `${data} ${KINDS[kind]} --checkpoint ${path} --resume --json`;
      const about = `run ${number}, NUMGRAD_SEED=${SEED}`;
      for (let left = random.random() < 0.2 ? 2 : 1; left > 0; left--) {
        const signal = random.random() < 0.5 ? "SIGKILL" : "SIGINT";
        const early = random.random() < 0.2;
        const { code, stderr } = await stopRun(line, signal, early, (early ? 1000 : 200) * random.random());
        // The run may have ended before the signal. Before it listens to signals, Ctrl-C ends it as SIGKILL does.
        expect([0, null, ...(signal === "SIGINT" ? [130] : [])], about).toContain(code);
        expect(stderr, about).toBe("");
        if (code !== 0) stops[signal]++;
        if (!existsSync(path)) continue;
        const { step, options } = await loadCheckpoint(path);
        if (step > 0 && step < options.steps) stops.midway++;
      }
      const { code, stdout, stderr } = await run(line);
      expect([code, stderr], about).toEqual([0, ""]);
      expect(JSON.parse(stdout.trimEnd().split("\n").at(-1)!), about).toMatchObject({ status: "finished" });
      expect(withoutTimes(await loadCheckpoint(path)), about).toEqual(whole[kind]);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  console.log(`seed ${SEED}: ${JSON.stringify(stops)}`);
  expect(stops.midway).toBeGreaterThan(0);
}, 400_000);

describe("--resume", () => {
  test("begins if there is no file, continues if there is one, and ends a finished run again", async () => {
    const { data, path } = place();
    const line = `${data} --steps 40 --checkpoint ${path} --resume`;
    const first = await run(line);
    expect([first.code, first.stderr]).toEqual([0, ""]);
    expect(first.stdout).toContain(`\nThere is no ${path} yet: the run begins at its start\n\ntrain acc, test acc | `);
    const kept = withoutTimes(await loadCheckpoint(path));

    const again = await run(line);
    expect([again.code, again.stderr]).toEqual([0, ""]);
    expect(again.stdout).toContain(`\nAll steps are in ${path}: none is left\n\nFinished after 40 steps.\n`);
    expect(again.stdout).not.toContain("train acc");
    // The line of times is left out: opening the checkpoint again takes a few microseconds.
    const summary = (text: string) => text.slice(text.indexOf("Finished")).replace(/^ *time .*\n/m, "");
    expect(summary(again.stdout)).toBe(summary(first.stdout));
    expect(withoutTimes(await loadCheckpoint(path))).toEqual(kept);
  });

  test("takes the options that are not given from the file, also more steps than it was to make", async () => {
    const { folder, data, path } = place();
    const [only, whole] = [`--data ${folder} --checkpoint ${path} --resume`, join(folder, "whole.ck")];
    const unusual = `--sampling shuffle --learning-rate 0.3 --seed 7 --weight-init-std 0.2`;
    expect((await run(`${data} ${unusual} --steps 40 --checkpoint ${path}`)).code).toBe(0);
    const again = await run(only);
    expect([again.code, again.stderr]).toEqual([0, ""]);
    expect(again.stdout).toContain("40 steps of 20 images, learning rate 0.3, seed 7\n");
    for (const [longer, steps] of [
      ["--steps 55", 55],
      ["--epochs 5", 75],
    ] as const) {
      const { code, stdout, stderr } = await run(`${only} ${longer}`);
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toContain(`Finished after ${steps} steps.`);
    }
    expect((await run(`${data} ${unusual} --steps 75 --checkpoint ${whole}`)).code).toBe(0);
    expect(withoutTimes(await loadCheckpoint(path))).toEqual(withoutTimes(await loadCheckpoint(whole)));
  });

  test("measures the accuracies before which a run was stopped, first of all", async () => {
    const { data, path } = place();
    // 15 steps are an epoch, so accuracies are measured after the last step.
    const first = await run(`${data} --steps 16 --checkpoint ${path}`);
    const last = first.stdout.match(/^train acc, test acc .*$/gm)?.at(-1);
    const whole = await loadCheckpoint(path);
    const { evaluations, times, losses } = whole.history;
    const history = { ...whole.history, evaluations: evaluations.slice(0, -1), times: times.slice(0, -1) };
    const continueTo = async (steps: number) => {
      await saveCheckpoint(path, { ...whole, history, options: { ...whole.options, steps } });
      const { code, stdout, stderr } = await run(`${data} --steps ${steps} --checkpoint ${path} --resume`);
      expect([code, stderr]).toEqual([0, ""]);
      return stdout;
    };
    const ended = `All steps are in ${path}: none is left\n\n${last}\n\nFinished after 16 steps.`;
    expect(await continueTo(16)).toContain(`\n${ended}\n`);
    expect(withoutTimes(await loadCheckpoint(path))).toEqual(withoutTimes(whole));
    const continued = `The run continues after step 16, from ${path}\n\nstep 16/17 | loss ${losses[15]?.toFixed(4)}\n${last}`;
    expect(await continueTo(17)).toContain(`\n${continued}\n`);
  });

  test("continues after a Ctrl-C, also if no checkpoint was due", async () => {
    const { data, path } = place();
    const line = `${data} --steps 100000 --checkpoint ${path} --checkpoint-every 1000000 --resume`;
    // The accuracies are printed before any step, and again after an epoch.
    const stopAfterAnEpoch = () => {
      let isSent = false;
      return run(line, (stdout, child) => {
        if (isSent || (stdout.match(/train acc/g)?.length ?? 0) < 2) return;
        isSent = child.kill("SIGINT");
      });
    };
    const { code } = await stopAfterAnEpoch();
    expect(code).toBe(130);
    const { step, history } = await loadCheckpoint(path);
    expect(step).toBeGreaterThan(0);
    // A few more steps, and a second stop.
    const { stdout } = await stopAfterAnEpoch();
    expect(stdout).toContain(`\nThe run continues after step ${step}, from ${path}\n`);
    const later = await loadCheckpoint(path);
    expect(later.step).toBeGreaterThan(step);
    expect(later.history.losses.slice(0, step)).toEqual(history.losses);
    expect(later.history.times.slice(0, history.times.length)).toEqual(history.times);
    expect(later.history.elapsed).toBeGreaterThan(history.elapsed);
  });

  test("removes temporary files of processes that were killed, if they are old", async () => {
    const { folder, data, path } = place();
    const old = `${path}.0123456789abcdef.tmp`;
    const others = [`${path}.fedcba9876543210.tmp`, `${path}.backup.tmp`, join(folder, "a.ck.0123456789abcdef.tmp")];
    for (const file of [old, ...others]) writeFileSync(file, "");
    const before = new Date(Date.now() - 120_000);
    for (const file of [old, ...others.slice(1)]) utimesSync(file, before, before);
    expect((await run(`${data} --steps 3 --checkpoint ${path}`)).code).toBe(0);
    expect(existsSync(old)).toBe(false);
    expect(others.map((file) => existsSync(file))).toEqual([true, true, true]);
  });
});

test("a run whose checkpoints can no longer be written says so once, continues, and ends with exit code 1", async () => {
  const { folder, data } = place();
  const gone = join(folder, "gone");
  mkdirSync(gone);
  const line = `${data} --steps 2000 --checkpoint ${gone}/run.ck --checkpoint-every 20`;
  const { code, stdout, stderr } = await run(line, (text) => {
    if (text.includes("train acc") && existsSync(gone)) renameSync(gone, `${gone}-away`);
  });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^.*run\.ck: cannot be written: there is no folder .*\n$/);
  expect(stdout).toContain("Finished after 2,000 steps.");
});

describe("is refused before anything happens, with exit code 2", () => {
  /** Checks that the main job changes no file, and returns the one line that it prints. */
  async function refusal(folder: string, line: string): Promise<string> {
    const contents = () =>
      readdirSync(folder)
        .filter((name) => name.endsWith(".ck"))
        .map((name) => [name, readFileSync(join(folder, name), "hex")]);
    const before = contents();
    const { code, stdout, stderr } = await run(line);
    expect([code, stdout, contents()], line).toEqual([2, "", before]);
    expect(stderr, line).toMatch(/^[^\n]+\n$/);
    return stderr.trimEnd();
  }

  async function inLanes<T>(items: readonly T[], action: (item: T) => Promise<void>): Promise<void> {
    let next = 0;
    const lane = async () => {
      for (let i = next++; i < items.length; i = next++) await action(items[i]!);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }

  test("a checkpoint of other options or other data; the message names the difference", async () => {
    const { folder, data, path } = place();
    expect((await run(`${data} --steps 30 --checkpoint ${path}`)).code).toBe(0);
    const moreData = temporaryDirectory(smallImages(2));
    const steps = `${data} --steps 30`;
    await inLanes(
      [
        [`${data} --steps 29`, `--steps: expected at least 30, the steps that ${path} has made, got 29`],
        [`${data} --epochs 1`, `--epochs (in steps): expected at least 30, the steps that ${path} has made, got 15`],
        [`${data} --epochs 2 --batch-size 10`, `--batch-size: expected 20, as in ${path}, got 10`],
        [`${steps} --gradient numerical`, `--gradient: expected "backprop", as in ${path}, got "numerical"`],
        [`${steps} --batch-size 10`, `--batch-size: expected 20, as in ${path}, got 10`],
        [`${steps} --learning-rate 1`, `--learning-rate: expected 0.1, as in ${path}, got 1`],
        [`${steps} --hidden 6`, `--hidden: expected 5, as in ${path}, got 6`],
        [`${steps} --seed 1`, `--seed: expected 0, as in ${path}, got 1`],
        [`${steps} --sampling shuffle`, `--sampling: expected "replacement", as in ${path}, got "shuffle"`],
        [`${steps} --weight-init-std .1`, `--weight-init-std: expected 0.01, as in ${path}, got 0.1`],
        [`${steps} --data ${moreData}`, `--data: expected data with the fingerprint .*, as in ${path}, got .*`],
      ],
      async ([line, message]) => {
        const printed = await refusal(folder, `${line} --checkpoint ${path} --resume`);
        if (message?.includes(".*")) expect(printed).toMatch(new RegExp(`^${message}$`));
        else expect(printed).toBe(message);
      },
    );
  });

  test("a file that exists already, is no file, or is not a checkpoint", async () => {
    const { folder, data, path } = place();
    expect((await run(`${data} --steps 5 --checkpoint ${path}`)).code).toBe(0);
    const foreign = join(folder, "foreign.ck");
    await saveCheckpoint(foreign, { ...(await loadCheckpoint(path)), notes: undefined });
    const damaged = join(folder, "damaged.ck");
    writeFileSync(damaged, readFileSync(path).subarray(0, -1));
    const long = join(folder, "n".repeat(250));
    await inLanes<[options: string, message: RegExp]>(
      [
        [
          path,
          /^--checkpoint: .*run\.ck exists already: --resume continues from it; for another run, delete it or name another file$/,
        ],
        [folder, /^--checkpoint: .* is not a file$/],
        [join(folder, "no", "run.ck"), /^--checkpoint: there is no folder .*no$/],
        [join(path, "run.ck"), /^--checkpoint: /],
        // The name of its temporary file is too long.
        [long, /^--checkpoint: .*n: cannot be written: ENAMETOOLONG/],
        [`${foreign} --resume`, /^--checkpoint: .*foreign\.ck is not a checkpoint of this program$/],
        [`${damaged} --resume`, /^--checkpoint: .*damaged\.ck: /],
        [`${join(folder, "train-labels-idx1-ubyte")} --resume`, /^--checkpoint: .*ubyte: /],
      ],
      async ([options, message]) => {
        expect(await refusal(folder, `${data} --steps 5 --checkpoint ${options}`)).toMatch(message);
      },
    );
    expect(existsSync(long)).toBe(false);
  });
});
