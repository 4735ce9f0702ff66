import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { noteChecks } from "../support/chapter-4-notes.js";
import { readGolden } from "../support/golden.js";
import { type NoteExample, noteExample } from "../support/notes.js";
import { type Ended, numbersIn, ProgramOutput, runProgram } from "../support/program-output.js";
import { expectAllClose, expectClose, type Tolerance } from "../support/ulp.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const source = "examples/chapter-4/src";
const programs = readdirSync(join(root, source))
  .filter((file) => /^\d/.test(file))
  .map((file) => file.slice(0, -3));
const run = (program: string, ...args: string[]) => runProgram(`${source}/${program}.ts`, ...args);

/** Losses of functions that are not polynomials: see test/golden/README.md. */
const LOSS: Tolerance = { ulps: 8, relative: 2e-15 };

/** The end and the output of `npm run chapter-4`, and the part of the output that each program printed. */
let whole: Ended;
let outputs: ProgramOutput[];

/** The output of the program with this number. */
const output = (number: number) => outputs[number - 1] as ProgramOutput;

beforeAll(async () => {
  whole = await run("main");
  const sections = whole.stdout.split("\n\n\n");
  outputs = programs.map((name, i) => new ProgramOutput(name, `${sections[i]?.trimEnd()}\n`));
}, 300_000);

describe("the programs print what the notes print", () => {
  test("every example of golden/notes.json has a check", () => {
    const ids = readGolden<{ examples: NoteExample[] }>("notes.json").examples.map(({ id }) => id);
    expect(Object.keys(noteChecks)).toEqual(ids);
  });

  test.each(Object.entries(noteChecks))("%s", (id, check) => check(noteExample(id), output));
});

describe("npm run chapter-4", () => {
  test("runs the twelve programs in order", () => {
    expect([whole.code, whole.stderr]).toEqual([0, ""]);
    const titles = outputs.map(({ text }) => text.split("\n", 2) as [string, string]);
    expect(titles.map(([title]) => Number.parseInt(title, 10))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    for (const [title, line] of titles) expect(line).toBe("─".repeat(title.length));
    expect(whole.stdout).not.toMatch(/NaN|undefined|\[object/);
    const text = readFileSync(join(root, "package.json"), "utf8");
    expect(JSON.parse(text).scripts["chapter-4"]).toBe(`node scripts/setup.mjs && node --import tsx ${source}/main.ts`);
  });

  // Two programs are left out: they take seconds, and print how many.
  test.each(programs.filter((name) => !/^1[01]/.test(name)))("%s prints the same when it runs alone", async (name) => {
    expect(await run(name)).toEqual({ code: 0, stdout: output(Number.parseInt(name, 10)).text, stderr: "" });
  });

  test("--help lists every program", async () => {
    const { code, stdout, stderr } = await run("main", "--help");
    expect([code, stderr]).toEqual([0, ""]);
    for (const name of programs) {
      expect(stdout).toContain(`  ${Number(name.slice(0, 2))}  ${name.slice(3).replaceAll("-", " ")}\n`);
    }
  });

  test("with numbers it runs those programs, each once", async () => {
    const { code, stdout, stderr } = await run("main", "8", "1", "8");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toBe([8, 1].map((number) => output(number).text).join("\n\n"));
  });

  test.skipIf(process.platform === "win32")("ends without a message when nobody reads its output any more", () => {
    const command = `"${process.execPath}" --import tsx ${source}/main.ts | head -2; echo "code \${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", command], { cwd: root, encoding: "utf8" });
    const [title, line] = output(1).text.split("\n");
    expect([stdout, stderr]).toEqual([`${title}\n${line}\ncode 141\n`, ""]);
  });

  test.each(["13", "01", "losses"])("%s, which is no program, leads to one line and exit code 2", async (number) => {
    const message = `${number}: expected the number of a program, 1 to 12 (--help lists them)\n`;
    expect(await run("main", "1", number)).toEqual({ code: 2, stdout: "", stderr: message });
  });
});

describe("what else they print", () => {
  test("losses: certain and wrong costs −log 1e-7, a batch the sum or the mean", () => {
    const [right, wrong] = ["chapter-entropy-a", "chapter-entropy-b"].map((id) => noteExample(id).value as number);
    const sum = (right as number) + (wrong as number);
    expectAllClose(output(1).numbers("  0.0 for the 3:"), [-Math.log(1e-7)], LOSS);
    expectAllClose(output(1).numbers("  sum:"), [sum], LOSS);
    expectAllClose(output(1).numbers("  mean:"), [sum / 2], LOSS);
  });

  test("mini-batch: NumPy's images, and a loss near log 10", () => {
    const [stream] = readGolden<{ streams: { seed: number; choice_60000: number[] }[] }>("random.json").streams;
    expect(stream?.seed).toBe(0);
    expect(output(2).numbers("images")).toEqual(stream?.choice_60000.slice(0, 10));
    expect(output(2).after("same loss either way:")).toMatch(/ true$/);
    for (const label of ["loss of the batch:", "loss of all the images:"]) {
      // With weights of about 0.01 the network nearly guesses.
      expectAllClose(output(2).numbers(label), [Math.log(10)], { absolute: 0.01 });
    }
  });

  test("accuracy has slope 0 everywhere, its loss nowhere", () => {
    expect(output(3).numbers("  of the accuracy:")).toEqual([500]);
    expect(output(3).numbers("  of the loss:")).toEqual([0]);
    const table = output(3).below("bias moved", 11).map(numbersIn);
    const column = (k: number) => table.map((row) => row[k] as number);
    expect(new Set(column(1)).size).toBe(11);
    expect(column(2).slice(2, 8)).toEqual(Array(6).fill(0.32));
    expect(new Set(column(2)).size).toBeGreaterThan(3);
  });

  test("the step function has slope 0 except at 0, and so have the weights before it", () => {
    const table = output(4).below("slope at", 5).map(numbersIn);
    expect(table.map(([x, step]) => [x, step])).toEqual([[-2, 0], [-0.5, 0], [0, 5000], [0.5, 0], [2, 0]]); // biome-ignore format: pairs
    expect(table.every(([, , smooth]) => (smooth as number) > 0.1)).toBe(true);
    expect(output(4).below("dW1 with the step function", 2).flatMap(numbersIn)).toEqual(Array(6).fill(0));
    const smooth = output(4).below("dW1 with the sigmoid", 2).flatMap(numbersIn);
    expect([smooth.length, smooth.every((slope) => slope < 0)]).toEqual([6, true]);
  });

  test("the error of the central quotient falls with h², that of the forward quotient with h", () => {
    const table = output(5).below("       h", 8).map(numbersIn);
    expect(table.slice(0, 4)).toEqual([[0.1, 0.31, 0.01], [0.01, 0.03, 1e-4], [1e-3, 3e-3, 1e-6], [1e-4, 3e-4, 1e-8]]); // biome-ignore format: rows
    expect(table.at(-1)?.every((value) => value < 1e-5)).toBe(true);
    const [value, error] = output(5).numbers("extrapolated:") as [number, number];
    expect(Math.abs(value - 3) <= error).toBe(true);
    expect(output(5).after("  f'(5) with h = 1e-50:")).toBe(" 0");
  });

  test("the arrows of the gradient field point where golden/differences.json says", () => {
    const golden = readGolden<{ grid_gradients: [number, number][][] }>("differences.json").grid_gradients;
    const directions: Record<string, [number, number]> = {
      ...{ "→": [1, 0], "↗": [1, 1], "↑": [0, 1], "↖": [-1, 1] },
      ...{ "←": [-1, 0], "↙": [-1, -1], "↓": [0, -1], "↘": [1, -1], "●": [0, 0] },
    };
    const rows = output(7).below("downhill", 18).reverse();
    const arrows = rows.flatMap((row) => row.trim().split(" "));
    const gradients = golden.flat();
    expect(arrows.length).toBe(gradients.length);
    for (const [i, mark] of arrows.entries()) {
      const [[a, b], [g0, g1]] = [directions[mark], gradients[i]] as [[number, number], [number, number]];
      // An arrow stands for an eighth of a turn: 22.5° to either side.
      const cosine = -(a * g0 + b * g1) / (Math.hypot(a, b) * Math.hypot(g0, g1));
      if (mark === "●") expect([g0, g1]).toEqual([0, 0]);
      else expect(cosine >= Math.cos(Math.PI / 8) - 1e-9).toBe(true);
    }
  });

  test("an array of integers is refused, and a start stays where it is", () => {
    expect(output(7).after("integers are refused: ")).toMatch(/Int32Array of length 2, which cannot hold x \+ h$/);
    expect(output(8).numbers("  the start is still")).toEqual([3, 4]);
  });

  test("a gradient that is stopped leaves W as it was, except for that of the notes", () => {
    expect(output(9).after("numgrad's gradient, stopped, has moved W[0][0] by")).toBe(" 0");
  });

  test("two layers: random targets cost about five times log 10, and the book's loop agrees", () => {
    const [sum] = output(10).numbers("sum of all targets / 100:") as [number];
    expectClose(sum, 5, { absolute: 0.3 });
    expectAllClose(output(10).numbers("loss:"), [sum * Math.log(10)], { relative: 0.01 });
    // The tolerance is for the cancellation in the loop: see "Chapter's loop against the exact quotient" in test/golden/README.md.
    for (const name of ["b1", "w2", "b2"]) {
      const [difference] = output(10).numbers(`  ${name} `, { from: "largest difference" });
      expect((difference as number) <= 2e-11).toBe(true);
    }
  });

  test("training has the accuracies that NumPy gets, and its last loss", () => {
    interface Run {
      train_accuracy: number[];
      test_accuracy: number[];
      losses: number[];
    }
    const [golden] = readGolden<{ runs: Run[] }>("mnist-train-quotient.json").runs as [Run];
    const printed = output(11).text.match(/^train acc, test acc \| .*$/gm) ?? [];
    const expected = printed.map((_, i) => [golden.train_accuracy[i], golden.test_accuracy[i]]);
    expect(printed.length).toBe(6);
    expect(printed.map(numbersIn)).toEqual(expected);
    expectAllClose(output(11).numbers("last loss:"), [golden.losses[3000] as number], { absolute: 1e-12 });
  });

  test("backpropagation differs because of the 1e-7 inside the logarithm, and a wrong slope is found", () => {
    for (const key of ["w1", "b1", "w2", "b2"]) {
      const [mean] = output(12).numbers(`  ${key}:`) as [number];
      // The difference is 1e-7 / p of a gradient below 1, with p near 0.1.
      expect(mean > 0 && mean < 1e-6).toBe(true);
    }
    expect(output(12).after("W1:")).toMatch(/^ gradient ok: 5 directions /);
    expect(output(12).after("W2 with one wrong slope:")).toMatch(/^ gradient wrong: 1 of 500 elements /);
    expect(output(12).after("  x[123]")).toMatch(/\d/);
  });
});
