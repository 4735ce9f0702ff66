import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../support/main-job.js";
import { resultLines, runSweep, SWEEP_PROGRAM, sweepFolder } from "../support/sweep.js";

/** A Python with Optuna, if there is one. */
const python = [process.env.NUMGRAD_OPTUNA_PYTHON, join(ROOT, ".tools/python/bin/python"), "python3"].find(
  (command) => command && spawnSync(command, ["-c", "import optuna.storages.journal, optuna_dashboard"]).status === 0,
);

if (!python) {
  console.log(
    "Python with optuna and optuna-dashboard was not found, so the tests against them are skipped. To run it:",
  );
  console.log("  python3 -m pip install -r test/sweep/requirements.txt");
}

const READ = `
import json, sys, optuna
storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(sys.argv[1]))
study = optuna.load_study(study_name="rates & sizes", storage=storage)
trials = [[t.state.name, t.value, t.params, {str(k): v for k, v in t.intermediate_values.items()}] for t in study.trials]
print(json.dumps([study.direction.name, study.best_value, trials, len(study.get_trials())]))
`;

/** What the dashboard answers its page, without a server. */
const DASHBOARD = `
import io, json, sys, optuna, optuna_dashboard
storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(sys.argv[1]))
app = optuna_dashboard.wsgi(storage)
def get(path):
    request = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "x", "SERVER_PORT": "80",
               "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr, "wsgi.url_scheme": "http"}
    return json.loads(b"".join(app(request, lambda *more: None)))
[summary] = get("/api/studies")["study_summaries"]
study = get(f"/api/studies/{summary['study_id']}")
print(json.dumps([summary["study_name"], [trial["state"] for trial in study["trials"]]]))
`;

const sweep = {
  name: "rates & sizes",
  options: { learningRate: [0.01, 0.1, 1, 1e308], hidden: { min: 3, max: 6, points: 2 }, batchSize: 20, gradient: "backprop" },
  seeds: [0, 1],
  epochs: 2,
  halving: { minEpochs: 1, eta: 2 },
}; // biome-ignore format: one line each

/** The lines of the results, as the test of Optuna compares them. */
interface Line {
  readonly trial: number;
  readonly length: { readonly epochs: number };
  readonly status: string;
  readonly testAccuracy: number;
  readonly options: { readonly learningRate: number; readonly hidden: number; readonly seed: number };
}

describe("the folder of a sweep", () => {
  test("has a leaderboard, figures, and a report that needs nothing else", async () => {
    const folder = sweepFolder(sweep);
    await runSweep(folder, "run", "sweep.json", "--out", "out");
    const read = (name: string) => readFileSync(join(folder, "out", name), "utf8");
    const board = JSON.parse(read("leaderboard.json")) as { mean: number | null; rung: number; diverged: number }[];
    expect(board.length).toBe(8);
    expect(board.filter(({ diverged }) => diverged === 2).length).toBe(2);
    const means = board.filter(({ rung }) => rung === 1).map(({ mean }) => mean as number);
    expect(means).toEqual([...means].sort((a, b) => b - a));
    for (const theme of ["light", "dark"]) {
      expect(read(`learning-rates-${theme}.svg`)).toContain("learning rate");
      expect(read(`parallel-${theme}.svg`)).toContain("hidden");
    }
    const page = read("report.html");
    expect(page).toContain("<h1>rates &#38; sizes</h1>");
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)|src="(?!data:)/);
    const status = await runSweep(folder, "status", "out");
    expect(status).toMatchObject({ code: 0, stderr: "" });
    expect(status.stdout).toContain("1 epochs: 16 of 16 trials, 4 diverged");
  });

  test.skipIf(!python)(
    "is read by Optuna and its dashboard after export --optuna",
    async () => {
      const folder = sweepFolder(sweep);
      await runSweep(folder, "run", "sweep.json", "--out", "out");
      const path = join(folder, "journal.log");
      expect((await runSweep(folder, "export", "out", "--optuna", path)).stderr).toBe("");
      const run = (program: string) => spawnSync(python as string, ["-c", program, path], { encoding: "utf8" });
      const { stdout, stderr } = run(READ);
      expect(stdout, stderr).not.toBe("");
      const [direction, best, trials, rows] = JSON.parse(stdout);
      const text = readFileSync(join(folder, "out/results.jsonl"), "utf8");
      const lines = text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Line);
      const whole = lines.filter(({ length }) => length.epochs === 2);
      expect(direction).toBe("MAXIMIZE");
      expect(best).toBe(Math.max(...whole.map(({ testAccuracy }) => testAccuracy)));
      expect(rows).toBe(16);
      for (let number = 0; number < 16; number++) {
        const own = lines.filter(({ trial }) => trial === number).sort((a, b) => a.length.epochs - b.length.epochs);
        const last = own.at(-1)!;
        const state = last.status === "diverged" ? "FAIL" : last.length.epochs === 2 ? "COMPLETE" : "PRUNED";
        const values = Object.fromEntries(own.map(({ length, testAccuracy }) => [length.epochs, testAccuracy]));
        const { learningRate, hidden, seed } = last.options;
        const value = state === "FAIL" ? null : last.testAccuracy;
        expect(trials[number]).toEqual([state, value, { learningRate, hidden, seed }, values]);
      }
      const shown = run(DASHBOARD);
      const states = (trials as [string][]).map(([state]) => `${state[0]}${state.slice(1).toLowerCase()}`);
      expect(JSON.parse(shown.stdout || shown.stderr)).toEqual(["rates & sizes", states]);
    },
    60_000,
  );

  test("stays as it is if a journal cannot be written", async () => {
    const folder = sweepFolder({ ...sweep, halving: undefined });
    await runSweep(folder, "run", "sweep.json", "--out", "out");
    const { code, stderr } = await runSweep(folder, "export", "out", "--optuna", "nowhere/journal.log");
    expect(code).toBe(2);
    expect(stderr).toMatch(/^--optuna: nowhere\/journal.log cannot be written: [^\n]*\n$/);
    expect(existsSync(join(folder, "nowhere"))).toBe(false);
  });

  test("keeps its results when a file can hold no more, as on a full disk", async () => {
    const folder = sweepFolder({ ...sweep, halving: undefined });
    // No file may become larger than 3 KB: the last line that is begun is cut off again.
    const command = 'ulimit -f 3; exec "$0" "$1" run sweep.json --out out';
    const full = spawnSync("bash", ["-c", command, process.execPath, SWEEP_PROGRAM], { cwd: folder, encoding: "utf8" });
    expect(full.status).toBe(1);
    expect(full.stderr).toMatch(/results\.jsonl: cannot be written, the results before are kept: /);
    const kept = resultLines(join(folder, "out"));
    expect(kept.length).toBeGreaterThan(2);
    expect(readFileSync(join(folder, "out/results.jsonl"), "utf8")).toMatch(/\}\n$/);
    expect((await runSweep(folder, "resume", "out")).code).toBe(0);
    expect(resultLines(join(folder, "out")).slice(0, kept.length)).toEqual(kept);
  });
});
