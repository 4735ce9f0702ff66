// Tests in runtimes other than browsers: Node, Bun, Deno, workerd.
import { type Environment, type Finding, Skipped } from "./environment.js";
import { checkHashes } from "./hashes.js";
import type { Project } from "./project.js";

/** The npm package that holds Node for this system. */
const NODE = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;

/** Versions of Node: the one that runs the matrix, the oldest that `engines` allows, and the newest of each line. */
export const nodes: readonly Environment[] = [
  node("current"),
  node("20.16.0"),
  node("20.20.2"),
  node("22.23.3"),
  node("24.21.0"),
];

function node(version: string): Environment {
  return {
    name: `node-${version}`,
    packages: version === "current" ? [] : [`${NODE}@${version}`],
    *run(project) {
      project.copy("node");
      const current = version === "current";
      const program = current ? process.execPath : project.path(`node_modules/${NODE}/bin/node`);
      const finding = findingsOf(
        project,
        program,
        current ? `Node ${process.versions.node}, this machine's` : `Node ${version}`,
      );
      yield finding("import", "main.js");
      yield finding("worker thread", "thread.js");
      if (canRequireEsm(current ? process.versions.node : version)) yield finding("require", "required.cjs");
      yield finding("init(bytes)", "init.js");
      yield finding("init(module)", "init.js", "module");
    },
  };
}

/** Whether this version of Node can `require` an ES module without a flag: from 20.19 and 22.12 on. */
function canRequireEsm(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
}

/** Makes findings: each runs a script, which prints hashes. */
function findingsOf(project: Project, program: string, where: string, options: readonly string[] = []) {
  return (what: string, ...script: readonly string[]): Finding => ({
    what,
    where,
    outcome: async () => checkHashes(JSON.parse(await project.command(program, [...options, ...script]))),
  });
}

export const bun: Environment = {
  name: "bun",
  packages: ["bun@1.4.5"],
  *run(project) {
    project.copy("node");
    const finding = findingsOf(project, project.program("bun"), `Bun ${project.version("bun")}`);
    yield finding("import", "main.js");
    yield finding("worker thread", "thread.js");
    yield finding("init(bytes)", "init.js");
  },
};

export const deno: Environment = {
  name: "deno",
  packages: ["deno@2.9.6"],
  *run(project) {
    project.copy("node");
    const where = `Deno ${project.version("deno")}`;
    const finding = findingsOf(project, project.program("deno"), where, ["run", "--quiet", "--allow-read"]);
    yield finding("import", "main.js");
    yield finding("worker thread", "thread.js");
    yield finding("init(bytes)", "init.js");
  },
};

export const workerd: Environment = {
  name: "workerd",
  // esbuild is the bundler of Cloudflare's wrangler.
  packages: ["workerd@1.20261117.1", "esbuild@0.28.2"],
  *run(project) {
    const where = `workerd ${project.version("workerd")}`;
    yield { what: "init(module)", where, outcome: () => askWorkerd(project) };
  },
};

async function askWorkerd(project: Project): Promise<string> {
  project.copy("workerd");
  const bundle = ["worker.js", "--bundle", "--format=esm", "--external:*.wasm", "--outfile=bundled/worker.js"];
  await project.command(project.program("esbuild"), bundle);
  try {
    await project.command(project.program("workerd"), ["--version"]);
  } catch (error) {
    throw new Skipped(`workerd does not run here: ${String(error).split("\n").at(-1)}`);
  }
  const args = (port: number) => ["serve", "config.capnp", "--socket-addr", `http=127.0.0.1:${port}`];
  const address = await project.serve(project.program("workerd"), args);
  const response = await fetch(address);
  const text = await response.text();
  if (!response.ok) throw new Error(`workerd answers ${response.status}: ${text}`);
  const { refusal, hashes } = JSON.parse(text) as { refusal?: string; hashes: unknown };
  if (!/^CoreError: .*numgrad\/core\.wasm .*init\(\)/.test(refusal ?? "")) {
    throw new Error(`before init() numgrad should point to it, and says: ${refusal}`);
  }
  return checkHashes(hashes);
}
