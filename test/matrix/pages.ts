// Tests in browsers: pages without a bundler, bundles, and pages of development servers and of Next.js.
import { type Browser, type PageReport, type Site, visit } from "./browsers.js";
import type { Environment, Finding } from "./environment.js";
import { checkHashes, checkThreads } from "./hashes.js";
import type { Project } from "./project.js";

/** The strictest policy under which WebAssembly runs. */
export const POLICY = "script-src 'self' 'wasm-unsafe-eval'";

export const SEND_AND_PAGES = "bundle";

/** One finding for each browser that opens the page. */
export function* inBrowsers(
  browsers: readonly Browser[],
  what: string,
  page: () => Promise<string | Site>,
  check: (report: PageReport) => string = checkReport,
): Iterable<Finding> {
  for (const browser of browsers) {
    yield { what, where: browser.name, outcome: async () => check(await visit(browser, await page())) };
  }
}

/** Checks the hashes of each thread of the page, and that the page was not cross-origin isolated. */
function checkReport({ error, crossOriginIsolated, ...threads }: PageReport): string {
  if (error) throw new Error(`${error.name}: ${error.message}`);
  if (crossOriginIsolated) throw new Error("the page should not be cross-origin isolated");
  const found = Object.values(threads).map(checkHashes);
  return found[0] ?? checkHashes(undefined);
}

function checkRefusal({ error }: PageReport): string {
  const wanted = /Content-Security-Policy .*script-src.*'wasm-unsafe-eval'/;
  if (error?.name === "CoreError" && wanted.test(error.message)) return "CoreError that names the directive";
  throw new Error(`expected a CoreError that names the directive, got ${JSON.stringify(error)}`);
}

const checkTeam =
  (isIsolated: boolean) =>
  ({ error, crossOriginIsolated, team }: PageReport): string => {
    if (error) throw new Error(`${error.name}: ${error.message}`);
    if (crossOriginIsolated !== isIsolated) throw new Error(`crossOriginIsolated is ${crossOriginIsolated}`);
    return checkThreads(team, isIsolated);
  };

/** Two threads in a page with the headers by which it is cross-origin isolated, and without them. */
function* twoThreads(
  browsers: readonly Browser[],
  tool: string,
  page: (isIsolated: boolean) => Promise<string | Site>,
): Iterable<Finding> {
  for (const isIsolated of [true, false]) {
    const what = `${tool}, threads, ${isIsolated ? "with" : "without"} COOP and COEP`;
    yield* inBrowsers(browsers, what, () => page(isIsolated), checkTeam(isIsolated));
  }
}

export const plain: Environment = {
  name: "plain",
  packages: [],
  *run(project, browsers) {
    project.copy(SEND_AND_PAGES);
    project.copy("plain");
    const folder = project.directory;
    // An import map stands in the page itself, which a strict policy forbids. It has no effect in workers.
    yield* inBrowsers(browsers, "import map, no policy", async () => ({ folder, page: "import-map.html" }));
    project.copy(SEND_AND_PAGES, "direct");
    for (const name of ["two-hundred-steps.js", "all-hashes.js", "loads.js"]) {
      const code = project.read(name).replace(/from "numgrad(?:\/(\w+))?"/g, (_, entry = "index") => {
        return `from "/node_modules/numgrad/dist/${entry}.js"`;
      });
      project.write(`direct/${name}`, code);
    }
    for (const page of ["page", "page-with-worker"]) {
      const html = project.read("index.html").replace("/page.js", `/direct/${page}.js`);
      project.write(`direct/${page}.html`, html);
    }
    const page = "direct/page-with-worker.html";
    yield* inBrowsers(browsers, "page and Web Worker", async () => ({ folder, page, policy: POLICY }));
    const refused = async () => ({ folder, page: "direct/page.html", policy: "script-src 'self'" });
    yield* inBrowsers(browsers, "policy without 'wasm-unsafe-eval'", refused, checkRefusal);
  },
};

/** A bundler, with the command that bundles a page. */
interface Bundler {
  readonly name: string;
  readonly packages: readonly string[];
  /** Whether it bundles the worker in `new Worker(new URL(…))`. */
  readonly workers: boolean;
  /** Bundles `entry` into `out`/`entry`. */
  bundle(project: Project, entry: string, out: string): Promise<unknown>;
}

const vite: Bundler = {
  name: "vite",
  packages: ["vite@8.3.8"],
  workers: true,
  bundle(project, entry, out) {
    const build = {
      outDir: out,
      emptyOutDir: true,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: entry, output: { entryFileNames: entry } },
    };
    project.write("vite.config.js", `export default ${JSON.stringify({ build })};\n`);
    return project.command(project.program("vite"), ["build"]);
  },
};

const webpack: Bundler = {
  name: "webpack",
  packages: ["webpack@5.112.2", "webpack-cli@7.3.1"],
  workers: true,
  bundle(project, entry, out) {
    const output = { path: project.path(out), filename: entry };
    const config = { mode: "production", entry: `./${entry}`, output, performance: false };
    project.write("webpack.config.js", `export default ${JSON.stringify(config)};\n`);
    return project.command(project.program("webpack"), []);
  },
};

const rollup: Bundler = {
  name: "rollup",
  packages: ["rollup@4.68.7", "@rollup/plugin-node-resolve@16.0.3"],
  workers: false,
  bundle(project, entry, out) {
    const args = [entry, "--plugin", "@rollup/plugin-node-resolve", "--format", "es", "--file", `${out}/${entry}`];
    return project.command(project.program("rollup"), [...args, "--silent"]);
  },
};

const esbuild: Bundler = {
  name: "esbuild",
  packages: ["esbuild@0.28.2"],
  workers: false,
  bundle(project, entry, out) {
    const args = ["--bundle", "--minify", "--format=esm", `--outfile=${out}/${entry}`];
    return project.command(project.program("esbuild"), [entry, ...args]);
  },
};

/** Most bytes of a bundle that imports only `numericalDiff`: the function, its checks and errors. */
const SHAKEN = 8 * 1024;

export const bundlers: readonly Environment[] = [vite, webpack, rollup, esbuild].map((bundler) => ({
  name: bundler.name,
  packages: bundler.packages,
  *run(project, browsers) {
    project.copy(SEND_AND_PAGES);
    const version = `${bundler.name} ${project.version(bundler.name)}`;
    const entry = bundler.workers ? "page-with-worker.js" : "page.js";
    let built: Promise<Site> | undefined;
    const site = async (): Promise<Site> => {
      await bundler.bundle(project, entry, "built");
      project.write("built/index.html", project.read("index.html").replace("page.js", entry));
      return { folder: project.path("built"), policy: POLICY };
    };
    const what = `${version}${bundler.workers ? ", page and Web Worker" : ""}`;
    yield* inBrowsers(browsers, what, () => {
      built ??= site();
      return built;
    });
    let threads: Promise<string> | undefined;
    yield* twoThreads(browsers, version, async (isolated) => {
      threads ??= bundleThreads(bundler, project);
      return { folder: await threads, isolated };
    });
    yield {
      what: `${version}, only numericalDiff`,
      where: `Node ${process.versions.node}`,
      outcome: () => shake(bundler, project),
    };
  },
}));

/** Bundles the page with threads, and the program of their workers if the bundler does not find it. */
async function bundleThreads(bundler: Bundler, project: Project): Promise<string> {
  project.copy("threads");
  const entry = bundler.workers ? "threads.js" : "threads-by-file.js";
  await bundler.bundle(project, entry, "threads");
  if (!bundler.workers) await bundler.bundle(project, "numgrad-worker.js", "threads");
  project.write("threads/index.html", project.read("index.html").replace("page.js", entry));
  return project.path("threads");
}

/** Checks that a program that imports only `numericalDiff` works, and that its bundle does not contain the core. */
async function shake(bundler: Bundler, project: Project): Promise<string> {
  const entry = "only-numerical-diff.js";
  await bundler.bundle(project, entry, "shaken");
  const code = project.read(`shaken/${entry}`);
  const printed = (await project.command(process.execPath, [`shaken/${entry}`])).trim();
  if (printed !== "0.1999999999990898") throw new Error(`the bundle prints ${printed}`);
  // These are the first bytes of every WebAssembly module, in hexadecimal digits and in base64.
  if (/0061736d|AGFzbQ/.test(code)) throw new Error("the core is in the bundle");
  if (code.length > SHAKEN) throw new Error(`${code.length} bytes, more than ${SHAKEN}`);
  return `${code.length} bytes, no WebAssembly`;
}

export const viteDev: Environment = {
  name: "vite-dev",
  packages: vite.packages,
  *run(project, browsers) {
    project.copy(SEND_AND_PAGES);
    project.write("index.html", project.read("index.html").replace("page.js", "page-with-worker.js"));
    let server: Promise<string> | undefined;
    yield* inBrowsers(browsers, `vite ${project.version("vite")}, development server, page and Web Worker`, () => {
      const args = (port: number) => ["--host", "127.0.0.1", "--strictPort", "--port", `${port}`];
      server ??= project.serve(project.program("vite"), args);
      return server;
    });
  },
};

export const next: Environment = {
  name: "next",
  packages: ["next@16.4.6", "react@19.3.1", "react-dom@19.3.1"],
  *run(project, browsers) {
    project.copy("next");
    project.copy(SEND_AND_PAGES);
    project.copy("threads");
    let server: Promise<string> | undefined;
    const start = async () => {
      const env = { NEXT_TELEMETRY_DISABLED: "1" };
      await project.command(project.program("next"), ["build"], env);
      const args = (port: number) => ["start", "--hostname", "127.0.0.1", "--port", `${port}`];
      return project.serve(project.program("next"), args, env);
    };
    const version = `Next.js ${project.version("next")}`;
    yield* inBrowsers(browsers, `${version}, server and client`, () => {
      server ??= start();
      return server;
    });
    yield* twoThreads(browsers, version, async (isIsolated) => {
      server ??= start();
      return `${await server}${isIsolated ? "isolated" : "plain"}`;
    });
  },
};

export const sveltekit: Environment = {
  name: "sveltekit",
  packages: [
    "@sveltejs/kit@2.70.4", "@sveltejs/adapter-node@5.5.7", "@sveltejs/vite-plugin-svelte@6.2.4", "svelte@5.57.3",
    "vite@7.3.8",
  ], // biome-ignore format: a list
  *run(project, browsers) {
    project.copy("sveltekit");
    project.copy(SEND_AND_PAGES);
    let server: Promise<string> | undefined;
    const start = async () => {
      await project.command(project.program("vite"), ["build"]);
      const args = (port: number) => ["-e", `process.env.PORT = ${port}; import("./build/index.js");`];
      return project.serve(process.execPath, args, { HOST: "127.0.0.1" });
    };
    yield* inBrowsers(browsers, `SvelteKit ${project.version("@sveltejs/kit")}, server and client`, () => {
      server ??= start();
      return server;
    });
  },
};
