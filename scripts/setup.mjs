// Sets everything up from a fresh clone. What is already there is skipped, so the other commands run this first. What
// the set-up needs is checked before anything is installed.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  build,
  bundleStep,
  figuresStep,
  hashFiles,
  isCurrent,
  readStamps,
  sweepStep,
  trainStep,
  wasmStep,
  writeStamp,
} from "./build.mjs";
import { addWasmTools, checkRust } from "./rust.mjs";
import { atLeast, Failure, follow, main, ROOT, readSetting, seconds } from "./tools.mjs";

await main(async () => {
  const force = process.argv.includes("--force");
  const start = performance.now();
  checkNode();
  // A clone whose core is built needs no Rust.
  const needsRust = () => force || !isCurrent(wasmStep);
  if (needsRust()) checkRust();
  const done = [await installPackages()];
  if (needsRust()) done.push(await addWasmTools());
  for (const buildStep of [wasmStep, bundleStep, figuresStep, trainStep, sweepStep])
    done.push(build(buildStep, { force }));
  if (done.includes(true)) console.log(`setup: ready after ${seconds(start)}\n`);
});

function checkNode() {
  const needed = readSetting("package.json", /"node": ">=([\d.]+)"/);
  if (atLeast(process.versions.node, needed)) return;
  throw new Failure(
    `Node ${process.versions.node} is too old, numgrad needs ${needed} or newer. Install it with: nvm install 22`,
  );
}

async function installPackages() {
  const manifests = ["packages", "examples"].flatMap((room) =>
    readdirSync(join(ROOT, room)).map((name) => `${room}/${name}/package.json`),
  );
  const inputs = hashFiles(["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json", ...manifests]);
  if (readStamps().install === inputs) return false;
  const pnpm = readSetting("package.json", /"packageManager": "(pnpm@[\d.]+)"/);
  // pnpm replaces a node_modules of another package manager without a question, which nobody might answer.
  const install = ["install", "--frozen-lockfile", "--config.confirmModulesPurge=false", "--reporter=append-only"];
  await follow("installing the npm packages (pnpm)", "npx", ["--yes", pnpm, ...install], {
    progressOf: (line) => {
      const [, reused, downloaded] = /^Progress: .*reused (\d+), downloaded (\d+)/.exec(line) ?? [];
      return reused === undefined ? undefined : `${Number(reused) + Number(downloaded)} packages`;
    },
  });
  writeStamp("install", inputs);
  return true;
}
