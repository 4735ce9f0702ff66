// Tests in runtimes other than browsers: Node, Bun, Deno, workerd.
import { type Environment, type Finding, Skipped } from "./environment.js";
import { checkHashes, checkTeamHashes } from "./hashes.js";
import type { Project } from "./project.js";
import { asCommonJs } from "./steps.js";

/** The npm package that holds Node for this system. */
export const NODE = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;

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
      copyAsCommonJs(project);
      const current = version === "current";
      const program = current ? process.execPath : project.path(`node_modules/${NODE}/bin/node`);
      const where = current ? `Node ${process.versions.node}, this machine's` : `Node ${version}`;
      const finding = findingsOf(project, program, where);
      yield finding("import", "main.js");
      yield finding("worker thread", "thread.js");
      yield finding("require", "required.cjs");
      yield finding("init(bytes)", "init.js");
      yield finding("init(module)", "init.js", "module");
      yield team(project, program, where);
      yield uncaughtError(project, program, where);
      if (current) yield withoutWebAssembly(project, program, where);
    },
  };
}

/** Copies the programs that find the hashes as CommonJS, for Node that cannot `require` ES modules. */
function copyAsCommonJs(project: Project): void {
  project.write("commonjs/package.json", "{}");
  for (const name of ["all-hashes.js", "two-hundred-steps.js"]) {
    project.write(`commonjs/${name}`, asCommonJs(project.read(name)));
  }
}

/** Most characters that an error may print if nobody catches it: some lines of code, the message, and the stack. */
const LONGEST_OUTPUT = 5000;

function uncaughtError(project: Project, program: string, where: string, options: readonly string[] = []): Finding {
  const outcome = async () => {
    const output = await project.failure(program, [...options, "uncaught.js"]);
    if (!output.includes("FunctionError") || !output.includes("NaN")) throw new Error(`no error in: ${output}`);
    if (output.length > LONGEST_OUTPUT) throw new Error(`${output.length} characters, more than ${LONGEST_OUTPUT}`);
    return `${output.length} characters on stderr`;
  };
  return { what: "uncaught error", where, outcome };
}

function withoutWebAssembly(project: Project, program: string, where: string): Finding {
  const outcome = async () => {
    const printed = (await project.command(program, ["no-wasm.js"])).trim();
    if (/^CoreError: .* no WebAssembly$/.test(printed)) return "CoreError that says so";
    throw new Error(`expected a CoreError, got ${printed}`);
  };
  return { what: "no WebAssembly, as in React Native", where, outcome };
}

/** Makes findings: each runs a script, which prints hashes. */
function findingsOf(project: Project, program: string, where: string, options: readonly string[] = []) {
  return (what: string, ...script: readonly string[]): Finding => ({
    what,
    where,
    outcome: async () => checkHashes(JSON.parse(await project.command(program, [...options, ...script]))),
  });
}

/** Trains by several threads. */
function team(project: Project, program: string, where: string, options: readonly string[] = []): Finding {
  const outcome = async () => checkTeamHashes(JSON.parse(await project.command(program, [...options, "team.js"])));
  return { what: "1, 2 and 3 threads", where, outcome };
}

export const bun: Environment = {
  name: "bun",
  packages: ["bun@1.4.5"],
  *run(project) {
    project.copy("node");
    copyAsCommonJs(project);
    const where = `Bun ${project.version("bun")}`;
    const finding = findingsOf(project, project.program("bun"), where);
    yield finding("import", "main.js");
    yield finding("worker thread", "thread.js");
    yield finding("require", "required.cjs");
    yield finding("init(bytes)", "init.js");
    yield team(project, project.program("bun"), where);
    yield uncaughtError(project, project.program("bun"), where);
  },
};

export const deno: Environment = {
  name: "deno",
  packages: ["deno@2.9.6"],
  *run(project) {
    project.copy("node");
    const where = `Deno ${project.version("deno")}`;
    const options = ["run", "--quiet", "--allow-read"];
    const finding = findingsOf(project, project.program("deno"), where, options);
    yield finding("import", "main.js");
    yield finding("worker thread", "thread.js");
    yield finding("init(bytes)", "init.js");
    yield team(project, project.program("deno"), where, options);
    yield uncaughtError(project, project.program("deno"), where, options);
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
