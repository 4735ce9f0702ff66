// Tests in test runners: Jest, vitest, node:test, and vitest in Cloudflare's runtime.
import type { Environment, Finding } from "./environment.js";
import { checkHashes, FOUND, SHOWN } from "./hashes.js";
import type { Project } from "./project.js";
import { NODE } from "./runtimes.js";

const HASHES = "found.json";

/** Node that runs the matrix, and a newer one, whose `require` takes ES modules in Jest too. */
const NEWER_NODE = "24.21.0";

const CURRENT = { program: () => process.execPath, where: `Node ${process.versions.node}` };
const NEWER = {
  program: (project: Project) => project.path(`node_modules/${NODE}/bin/node`),
  where: `Node ${NEWER_NODE}`,
};

interface Run {
  /** Runner, way of loading, environment. */
  readonly what: string;
  readonly node: typeof CURRENT | typeof NEWER;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly hasDocument?: boolean;
}

/** A finding: the run of a test runner succeeds, and one of its tests has left hashes. */
function finding(project: Project, { what, node, args, env = {}, hasDocument = false }: Run): Finding {
  const outcome = async () => {
    project.write(HASHES, "null");
    const variables = { ...env, HASHES: project.path(HASHES), HAS_DOCUMENT: hasDocument ? "yes" : "no" };
    await project.command(node.program(project), args, variables);
    return checkHashes(JSON.parse(project.read(HASHES)));
  };
  return { what, where: node.where, outcome };
}

export const jest: Environment = {
  name: "jest",
  packages: [
    "jest@30.5.2", "jest-environment-jsdom@30.5.2", "@babel/preset-env@7.29.14", "@types/jest@30.0.0", "typescript@5.9.3",
    `${NODE}@${NEWER_NODE}`,
  ], // biome-ignore format: a list
  *run(project) {
    project.copy("tests");
    const jest = `jest ${project.version("jest")}`;
    const program = "node_modules/jest/bin/jest.js";
    for (const node of [CURRENT, NEWER]) {
      yield* jestAsCommonJs(project, jest, program, node);
      for (const environment of ["node", "jsdom"]) {
        yield finding(project, {
          what: `${jest}, ES modules, ${environment}`,
          node,
          args: ["--experimental-vm-modules", program, `--env=${environment}`, "--testPathIgnorePatterns=commonjs"],
          hasDocument: environment === "jsdom",
        });
      }
    }
    for (const [file, what] of [
      ["matcher-imported.ts", "@jest/globals"],
      ["matcher-global.ts", "@types/jest"],
    ] as const) {
      yield {
        what: `${jest}, types of the matcher with ${what}`,
        where: "TypeScript 5.9.3",
        outcome: () => compile(project, file),
      };
    }
  },
};

/** Jest as it comes: babel-jest turns the tests into CommonJS. */
function* jestAsCommonJs(project: Project, jest: string, program: string, node: Run["node"]): Iterable<Finding> {
  const folder = "commonjs";
  project.write(`${folder}/package.json`, "{}");
  project.write(
    `${folder}/babel.config.js`,
    'module.exports = { presets: [["@babel/preset-env", { targets: { node: "current" } }]] };\n',
  );
  for (const name of ["trains.test.js", "all-hashes.js", "two-hundred-steps.js"]) {
    project.write(`${folder}/${name}`, project.read(name));
  }
  for (const environment of ["node", "jsdom"]) {
    yield finding(project, {
      what: `${jest}, CommonJS, ${environment}`,
      node,
      args: [program, `--rootDir=${folder}`, `--env=${environment}`],
      hasDocument: environment === "jsdom",
    });
  }
}

async function compile(project: Project, file: string): Promise<string> {
  const isGlobal = file === "matcher-global.ts";
  const types = isGlobal ? ["jest"] : ["node"];
  const compilerOptions = { module: "nodenext", target: "es2022", lib: ["es2022"], types, strict: true, noEmit: true };
  const files = isGlobal ? [file, "matchers.d.ts"] : [file];
  project.write("tsconfig.json", JSON.stringify({ compilerOptions, files }));
  await project.command(project.program("tsc"), []);
  return "compiles";
}

export const vitest: Environment = {
  name: "vitest",
  packages: ["vitest@4.1.12", "vite@8.3.8", "jsdom@26.1.0", "happy-dom@20.14.6"],
  *run(project) {
    project.copy("tests");
    for (const environment of ["node", "jsdom", "happy-dom"]) {
      yield finding(project, {
        what: `vitest ${project.version("vitest")}, ${environment}`,
        node: CURRENT,
        args: ["node_modules/vitest/vitest.mjs", "run", "--globals", `--environment=${environment}`, "trains"],
        hasDocument: environment !== "node",
      });
    }
  },
};

export const nodeTest: Environment = {
  name: "node-test",
  packages: [`${NODE}@${NEWER_NODE}`],
  *run(project) {
    project.copy("tests");
    for (const node of [CURRENT, NEWER]) {
      yield finding(project, { what: "node:test", node, args: ["--test", "node-test.js"] });
    }
  },
};

export const cloudflareVitest: Environment = {
  name: "cloudflare-vitest",
  packages: ["@cloudflare/vitest-plugin@1.5.0", "vitest@4.1.12", "vite@8.3.8"],
  *run(project) {
    project.copy("cloudflare");
    project.write("wanted.json", JSON.stringify(FOUND));
    const outcome = async () => {
      await project.command(process.execPath, ["node_modules/vitest/vitest.mjs", "run"]);
      return SHOWN;
    };
    const version = project.version("@cloudflare/vitest-plugin");
    yield {
      what: `vitest ${project.version("vitest")}, Cloudflare plugin ${version}`,
      where: `workerd ${project.version("workerd")}`,
      outcome,
    };
  },
};
