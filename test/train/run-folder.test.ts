import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Resvg } from "@resvg/resvg-js";
import { FileWriteError, History, loadMnist, RandomState, SGD, TwoLayerNet, train } from "numgrad";
import { loadParams, loadSafetensors } from "numgrad/files";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UsageError } from "../../packages/train/src/command-line.js";
import { type Options, parseOptions } from "../../packages/train/src/options.js";
import { type EndedRun, prepareRunFolder, writeRunFolder } from "../../packages/train/src/run-folder.js";
import { largestDifference } from "../support/difference.js";
import { idxFile, temporaryDirectory } from "../support/idx-files.js";
import { type Ended, run } from "../support/main-job.js";
import { python, runPython } from "../support/python.js";
import { rejectionOf } from "../support/thrown.js";
import { outsideOf, picturesIn, tagsThatDoNotMatch, textOf } from "./report/page.js";

const FIGURES = ["accuracies.svg", "confusion.svg", "losses.svg", "mistakes.svg", "weights.svg"];
const FILES = [...FIGURES, "history.json", "model.safetensors", "params.npz", "report.html"].sort();

/** Images of 5 × 4 pixels of three kinds: noise, and a bright row at the number of the kind. */
function images(count: number, seed: number): Uint8Array {
  const noise = new RandomState(seed).randint(0, 90, count * 20);
  const isBright = (i: number) => Math.floor((i % 20) / 4) === Math.floor(i / 20) % 3;
  return idxFile(
    [count, 5, 4],
    Array.from(noise, (dark, i) => dark + (isBright(i) ? 90 : 0)),
  );
}

/** Their kinds as labels. Every tenth label is wrong, so that there are mistakes to show. */
const labels = (count: number) =>
  idxFile(
    [count],
    Array.from({ length: count }, (_, i) => (i % 10 === 0 ? (i + 1) % 3 : i % 3)),
  );

const DATA = {
  "train-images-idx3-ubyte": images(60, 1),
  "train-labels-idx1-ubyte": labels(60),
  "t10k-images-idx3-ubyte": images(30, 2),
  "t10k-labels-idx1-ubyte": labels(30),
};

/** A name that must not become HTML. */
const HOSTILE = `"><img src=x onerror=alert(1)>&amp;'`;

const read = (folder: string, file: string) => readFileSync(join(folder, file), "utf8");
const readHistory = (folder: string) => History.fromJSON(JSON.parse(read(folder, "history.json")));

/** Draws an SVG; throws if the text is no SVG. */
const draw = (svg: string) => new Resvg(svg, { font: { loadSystemFonts: false } }).render();

describe("a finished run", () => {
  const options = "--gradient backprop --steps 200 --batch-size 10 --hidden 6 --learning-rate 0.5 --seed 7".split(" ");
  let base = "";
  let data = "";
  let folder = "";
  let ended: Ended;

  /** The same run in this process. */
  async function trainAgain() {
    const both = await loadMnist({ directory: data });
    const random = new RandomState(7);
    const net = new TwoLayerNet({ inputSize: 20, hiddenSize: 6, outputSize: 10, random });
    const settings = {
      optimizer: new SGD({ learningRate: 0.5 }),
      gradient: "backprop",
      steps: 200,
      batchSize: 10,
    } as const;
    return { ...both, net, history: await train(net, both, { ...settings, random }).finish() };
  }

  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), "numgrad-"));
    data = join(base, HOSTILE);
    folder = join(base, "deep", "run");
    mkdirSync(data);
    for (const [file, bytes] of Object.entries(DATA)) writeFileSync(join(data, file), bytes);
    ended = await run([...options, "--data", data, "--out", folder]);
  });

  afterAll(() => rmSync(base, { recursive: true }));

  test("leaves its files and nothing else, and says where they are", () => {
    expect([ended.code, ended.stderr]).toEqual([0, ""]);
    expect(ended.stdout).toMatch(/\nFinished after 200 steps\.\n/);
    expect(ended.stdout.endsWith(`\n  folder     ${folder}: open its report.html in a browser\n`)).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(FILES);
  });

  test("history.json has the history with the same bits", async () => {
    const { history } = await trainAgain();
    const written = readHistory(folder);
    expect(written).toEqual(history);
    expect(written.losses).toHaveLength(200);
    expect(written.elapsed).toBeGreaterThan(0);
  });

  test.each(["params.npz", "model.safetensors"])("%s has the network with the same predictions", async (file) => {
    const { net, test } = await trainAgain();
    const loaded = new TwoLayerNet({ inputSize: 20, hiddenSize: 6, outputSize: 10, random: 99 });
    await loadParams(join(folder, file), loaded);
    expect(loaded.predict(test.x())).toEqual(net.predict(test.x()));
    expect(ended.stdout).toContain(`test ${(100 * loaded.accuracy(test.x(), test.labels)).toFixed(2)} %`);
  });

  test("model.safetensors says how it was trained", async () => {
    const { metadata } = await loadSafetensors(join(folder, "model.safetensors"));
    expect(Object.fromEntries(metadata)).toMatchObject({
      gradient: "backprop",
      seed: "7",
      status: "finished",
      steps: "200",
    });
  });

  test.skipIf(!python)("NumPy predicts the same with params.npz", async () => {
    const { net, test } = await trainAgain();
    const program = `
import json, sys
import numpy as np
p = np.load(sys.argv[1])
assert sorted(p) == ["W1", "W2", "b1", "b2"]
images = open(sys.argv[2], "rb").read()[16:]
x = (np.frombuffer(images, np.uint8).astype(np.float32) / 255).reshape(-1, 20).astype(float)
hidden = 1 / (1 + np.exp(-(x @ p["W1"] + p["b1"])))
scores = np.exp(hidden @ p["W2"] + p["b2"])
print(json.dumps((scores / scores.sum(axis=1, keepdims=True)).ravel().tolist()))`;
    const predicted = runPython(program, join(folder, "params.npz"), join(data, "t10k-images-idx3-ubyte")) as number[];
    // The tolerance is a few ulp of numbers below 1: sums of 20 and of 6 products, each followed by an exponential.
    expect(largestDifference(predicted, net.predict(test.x()).data)).toBeLessThan(5e-15);
  });

  test.each(FIGURES)("%s is a picture with a title", (file) => {
    const svg = read(folder, file);
    const { width, height } = draw(svg);
    expect(Math.min(width, height)).toBeGreaterThan(60);
    expect(svg).toMatch(/role-title-text/);
  });

  test("report.html is a complete page with complete figures", () => {
    const page = read(folder, "report.html");
    expect(tagsThatDoNotMatch(page)).toEqual([]);
    expect(textOf(page)).toContain("A 20-6-10 network, trained by backpropagation");
    const pictures = picturesIn(page);
    expect(pictures).toHaveLength(4);
    for (const { sources } of pictures) {
      const drawn = Object.values(sources).map(draw);
      expect(drawn).toHaveLength(4);
      // The first two variants are for narrow pages.
      expect(drawn[0]!.width).toBeLessThanOrEqual(340);
      expect(drawn[3]!.width).toBeLessThanOrEqual(736);
    }
  });

  test("report.html loads nothing, whatever the name of the data's folder", () => {
    const page = read(folder, "report.html");
    expect(textOf(page)).toContain(data);
    expect(outsideOf(page)).toEqual([]);
  });
});

describe("a folder that exists", () => {
  test("keeps its other files; a run that diverges replaces those of the run before it", async () => {
    const [data, folder] = [temporaryDirectory(DATA), temporaryDirectory({ "notes.txt": Buffer.from("mine") })];
    writeFileSync(join(folder, "report.html"), "old");
    writeFileSync(join(folder, "mistakes.svg"), "old");
    const args = "--gradient backprop --steps 200 --batch-size 10 --hidden 3 --learning-rate 1e308".split(" ");
    const { code, stdout, stderr } = await run([...args, "--data", data, "--out", folder]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^training diverged .+\n$/);
    expect(stdout).toMatch(/\nDiverged after \d+ of 200 steps\.\n[\s\S]*\n {2}folder {5}/);
    expect(read(folder, "notes.txt")).toBe("mine");
    const names = readdirSync(folder);
    expect([...FILES, "notes.txt"]).toEqual(expect.arrayContaining(names));
    for (const name of names.filter((file) => file.endsWith(".svg"))) draw(read(folder, name));
    expect(readHistory(folder).status).toBe("diverged");
    const page = read(folder, "report.html");
    expect(tagsThatDoNotMatch(page)).toEqual([]);
    expect(textOf(page)).toMatch(/Diverged after \d+ of 200 steps/);
    expect(textOf(page)).not.toMatch(/NaN|undefined/);
  });

  test("gets the files of a run that Ctrl-C stops", async () => {
    const folder = temporaryDirectory({});
    let sent = false;
    const args = [
      "--gradient",
      "backprop",
      "--steps",
      "100000000",
      "--data",
      temporaryDirectory(DATA),
      "--out",
      folder,
    ];
    const { code, stdout, stderr } = await run(args, (text, child) => {
      if (sent || !text.includes("train acc")) return;
      sent = true;
      child.kill("SIGINT");
    });
    expect([code, stderr]).toEqual([130, ""]);
    expect(stdout).toMatch(/\nStopped after [\d,]+ of 100,000,000 steps\.\n/);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(["history.json", "params.npz", "report.html"]));
    const history = readHistory(folder);
    expect([history.status, history.stoppedAt]).toEqual(["aborted", history.losses.length]);
    expect(textOf(read(folder, "report.html"))).toMatch(/Stopped after [\d,]+ of 100,000,000 steps/);
  });
});

describe("with the other options", () => {
  const OPTIONS = "--gradient backprop --steps 60 --batch-size 10 --hidden 4".split(" ");

  test("--resume on a finished run writes the folder again, from the checkpoint alone", async () => {
    const [data, folder] = [temporaryDirectory(DATA), temporaryDirectory({})];
    const args = [...OPTIONS, "--data", data, "--checkpoint", join(folder, "run.checkpoint")];
    expect((await run(args)).code).toBe(0);
    expect(readdirSync(folder)).toEqual(["run.checkpoint"]);
    const { code, stdout } = await run([...args, "--resume", "--out", folder]);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`\n  folder     ${folder}`)]);
    expect(readdirSync(folder).sort()).toEqual([...FILES, "run.checkpoint"].sort());
    const history = readHistory(folder);
    expect([history.status, history.losses.length, history.times.every(Number.isFinite)]).toEqual([
      "finished",
      60,
      true,
    ]);
    expect(history.elapsed).toBeGreaterThan(0);
  });

  test("--json prints nothing about the folder, --quiet one line after the summary", async () => {
    const data = temporaryDirectory(DATA);
    const json = temporaryDirectory({});
    const { stdout } = await run([...OPTIONS, "--data", data, "--json", "--out", json]);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.at(-1)).toMatchObject({ status: "finished", steps: 60 });
    expect(readdirSync(json).sort()).toEqual(FILES);
    const quiet = temporaryDirectory({});
    const silent = await run([...OPTIONS, "--data", data, "--quiet", "--out", quiet]);
    expect(silent.stdout).toMatch(
      /^Finished after 60 steps\.\n {2}accuracy .+\n {2}time .+\n {2}threads .+\n {2}folder .+\n$/,
    );
  });
});

describe("a folder that cannot be written", () => {
  test("is found before the training, and leads to one line and exit code 2", async () => {
    const file = join(temporaryDirectory({ file: new Uint8Array() }), "file");
    const { code, stdout, stderr } = await run(["--data", temporaryDirectory(DATA), "--out", join(file, "run")]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^--out: cannot write to .+\n$/);
  });

  test("a directory in the place of a file is found, too", async () => {
    const folder = temporaryDirectory({});
    mkdirSync(join(folder, "report.html"));
    const { message } = await rejectionOf(UsageError, prepareRunFolder(folder));
    expect(message).toBe(`--out: ${join(folder, "report.html")} is a directory, not a file to replace`);
    expect(readdirSync(folder)).toEqual(["report.html"]);
  });

  test("the test of the folder leaves nothing behind but the folder itself", async () => {
    const folder = join(temporaryDirectory({}), "a", "b");
    await prepareRunFolder(folder);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("writeRunFolder", () => {
  /** A run without steps of a new network. */
  async function noSteps(args: string, change: (net: TwoLayerNet) => void = () => {}): Promise<EndedRun> {
    const { hyperparameters } = parseOptions(args.split(" ")) as Options;
    const hiddenSize = hyperparameters.hidden;
    const both = await loadMnist({ directory: temporaryDirectory(DATA) });
    const net = new TwoLayerNet({ inputSize: 20, hiddenSize, outputSize: 10, random: 1 });
    change(net);
    const history = new History();
    Object.assign(history, { status: "diverged", stoppedAt: 0 });
    const outcome = {
      status: "diverged",
      steps: 0,
      milliseconds: 1,
      threads: 1,
      pace: { steps: 0, milliseconds: 0 },
      trainAccuracy: 0.1,
      testAccuracy: 0.1,
    } as const;
    const layers = [20, hiddenSize, 10] as const;
    return { hyperparameters, dataDirectory: undefined, layers, totalSteps: 9, outcome, net, history, ...both };
  }

  test("removes a figure of an earlier run for which this run has nothing to show", async () => {
    const folder = temporaryDirectory(Object.fromEntries(FILES.map((name) => [name, Buffer.from("old")])));
    await writeRunFolder(folder, await noSteps("--steps 9"));
    expect(readdirSync(folder).sort()).toEqual(FILES.filter((name) => !/^(losses|accuracies)/.test(name)));
    for (const name of readdirSync(folder)) expect(read(folder, name)).not.toBe("old");
  });

  test("counts the epochs of shuffled data, whose last batches are short", async () => {
    const folder = temporaryDirectory({});
    const run = await noSteps("--gradient backprop --epochs 3 --batch-size 40 --sampling shuffle");
    const settings = { gradient: "backprop", epochs: 3, batchSize: 40, sampling: "shuffle", random: 1 } as const;
    // An epoch of 60 images has a batch of 40 and one of 20; accuracies are measured after each first batch.
    const data = { train: run.train, test: run.test };
    const history = await train(run.net, data, { ...settings, evaluateEvery: 2 }).finish();
    const outcome = { ...run.outcome, status: "finished", steps: 6 } as const;
    await writeRunFolder(folder, { ...run, totalSteps: 6, outcome, history });
    const page = read(folder, "report.html");
    expect(textOf(page)).toMatch(/Steps63\.0 epochs/);
    expect(page).toContain('<tr><td class="number">4</td><td class="number">2</td>');
    expect(page).toContain('<tr><td class="number">5</td><td class="number">3</td>');
  });

  test("a network that overflows has no predictions, but a folder", async () => {
    const folder = temporaryDirectory({});
    const run = await noSteps("--steps 9 --hidden 4", ({ params }) => params.w2.fill(1.7e308));
    await writeRunFolder(folder, run);
    expect(run.net.predict(run.test.x()).data.every(Number.isNaN)).toBe(true);
    expect(readdirSync(folder)).not.toContain("mistakes.svg");
    expect(textOf(read(folder, "report.html"))).toContain("Overflow in 30 of 30 test images");
  });

  test("shows a hundred of many hidden units, each with its own weights", async () => {
    const [few, many] = [temporaryDirectory({}), temporaryDirectory({})];
    // Two networks whose first 100 units are the same.
    const large = await noSteps("--steps 9 --hidden 130");
    const small = await noSteps("--steps 9 --hidden 100", ({ params }) => {
      for (let i = 0; i < 20; i++) params.w1.set(large.net.params.w1.subarray(130 * i, 130 * i + 100), 100 * i);
    });
    await writeRunFolder(few, small);
    await writeRunFolder(many, large);
    expect(read(many, "weights.svg")).toBe(read(few, "weights.svg"));
    expect(read(many, "weights.svg").match(/<image /g)).toHaveLength(100);
    expect(textOf(read(many, "report.html"))).toContain("100 of 130 hidden units");
  });

  test("a folder that has disappeared leads to an error that names the file", async () => {
    const folder = join(temporaryDirectory({}), "gone");
    const { path } = await rejectionOf(FileWriteError, writeRunFolder(folder, await noSteps("--steps 9")));
    expect(path).toBe(join(folder, "history.json"));
  });
});
