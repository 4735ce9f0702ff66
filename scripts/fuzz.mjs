// Coverage-guided fuzzing of the readers by Jazzer.js, which is installed on demand:
// `npm run test:long -- --fuzz SECONDS [reader …]`, with the time for each reader. Files that lead to an error, and those
// that reach new code, are kept in target/fuzz.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";
import { Failure, must, ROOT, run, step } from "./tools.mjs";

const JAZZER = "@jazzer.js/core@4.0.0";

const FOLDER = join(ROOT, "target/fuzz");

/** The checksums by which a reader would refuse nearly every changed file, and what takes their place. */
const CHECKSUMS = /(crc32|fingerprint)\.ts$/;
const NO_CHECKSUM = "export const crc32 = () => 0; export const fingerprint = () => '0'.repeat(32);";

/**
 * Fuzzes the readers, one after the other.
 *
 * @param {string[]} args Seconds for each reader, and the names of the readers; all of them if there are none.
 */
export async function fuzz([seconds = "60", ...names]) {
  if (!/^\d+$/.test(seconds)) throw new Failure(`--fuzz: expected a number of seconds, got ${seconds}`);
  install();
  await bundle();
  const seeds = await writeSeeds();
  for (const name of names) if (!seeds.includes(name)) throw new Failure(`--fuzz: the readers are ${seeds.join(", ")}`);
  const failed = (names.length > 0 ? names : seeds).filter((name) => !fuzzReader(name, seconds));
  if (failed.length > 0)
    throw new Failure(`found errors in: ${failed.join(", ")} (the files are in ${FOLDER}/findings)`);
}

function install() {
  if (!existsSync(join(FOLDER, "node_modules/.bin/jazzer"))) installJazzer();
  const loaded = run("node", ["-e", 'require("@jazzer.js/fuzzer")'], { cwd: FOLDER });
  if (loaded.ok) return;
  const reason = loaded.output.match(/^Error: .*/m)?.[0] ?? loaded.output;
  throw new Failure(`Jazzer.js does not run here. On Linux it needs glibc 2.38. ${reason}`);
}

function installJazzer() {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, "package.json"), '{ "private": true, "type": "commonjs" }\n');
  // The fuzzer comes compiled in the package, so no script needs to run.
  step(`installing ${JAZZER}`, () =>
    must("npm", ["install", "--ignore-scripts", "--no-audit", JAZZER], { cwd: FOLDER }),
  );
}

async function bundle() {
  await build({
    entryPoints: [join(ROOT, "test/fuzz/readers.ts")],
    outfile: join(FOLDER, "readers.js"),
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    alias: {
      "numgrad/files": join(ROOT, "packages/numgrad/src/files.ts"),
      numgrad: join(ROOT, "packages/numgrad/src/index.ts"),
    },
    logLevel: "error",
    plugins: [
      {
        name: "no-checksums",
        setup({ onLoad }) {
          onLoad({ filter: CHECKSUMS }, () => ({ contents: NO_CHECKSUM }));
          // As tsup.config.ts of numgrad does it.
          onLoad({ filter: /\.wasm$/ }, ({ path }) => ({ contents: readFileSync(path, "hex"), loader: "text" }));
        },
      },
    ],
  });
}

/** Writes the files to begin with, each reader's into a folder of its name. Returns the names. */
async function writeSeeds() {
  /** @type {Record<string, Uint8Array[]>} */
  const seeds = await createRequire(import.meta.url)(join(FOLDER, "readers.js")).seeds();
  for (const [name, files] of Object.entries(seeds)) {
    const folder = join(FOLDER, "corpus", name);
    mkdirSync(folder, { recursive: true });
    for (const [i, file] of files.entries()) writeFileSync(join(folder, `seed-${i}`), file);
  }
  return Object.keys(seeds);
}

/**
 * @param {string} name
 * @param {string} seconds
 */
function fuzzReader(name, seconds) {
  const corpus = join(FOLDER, "corpus", name);
  const findings = join(FOLDER, "findings", `${name}-`);
  mkdirSync(join(FOLDER, "findings"), { recursive: true });
  console.log(`fuzz: ${name}, ${seconds} s, from ${readdirSync(corpus).length} files`);
  const limits = [
    "-verbosity=0",
    "-print_final_stats=1",
    `-max_total_time=${seconds}`,
    "-timeout=10",
    "-rss_limit_mb=1500",
    "-max_len=4096",
  ];
  const jazzer = ["readers", "-f", name, "-i", "readers", ...(name === "gzip" ? [] : ["--sync"]), corpus];
  return run(join(FOLDER, "node_modules/.bin/jazzer"), [...jazzer, "--", ...limits, `-artifact_prefix=${findings}`], {
    cwd: FOLDER,
    show: true,
  }).ok;
}
