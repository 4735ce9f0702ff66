import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PUBLIC, pack } from "../../scripts/tarball.mjs";
import { ROOT } from "./main-job.js";

/** The part of package.json that the tests read. */
interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
}

/** A project outside of the repository, in which the tarballs of all public packages are installed. */
export class PackedPrograms {
  readonly project = mkdtempSync(join(tmpdir(), "numgrad-packed-"));
  readonly modules = join(this.project, "node_modules");

  constructor() {
    mkdirSync(join(this.modules, ".bin"), { recursive: true });
    for (const name of Object.keys(PUBLIC) as (keyof typeof PUBLIC)[]) this.#install(name);
  }

  /** Unpacks the tarball of a package, and links its dependencies from the repository, which needs no network. */
  #install(name: keyof typeof PUBLIC): void {
    const folder = join(this.modules, name);
    mkdirSync(folder, { recursive: true });
    const tarball = pack(name, join(this.project, "tarballs", name));
    execFileSync("tar", ["-xzf", tarball, "-C", folder, "--strip-components=1"]);
    const { dependencies = {}, bin = {} } = this.manifestOf(name);
    for (const dependency of Object.keys(dependencies)) {
      if (dependency in PUBLIC || existsSync(join(this.modules, dependency))) continue;
      mkdirSync(dirname(join(this.modules, dependency)), { recursive: true });
      const source = realpathSync(join(ROOT, PUBLIC[name], "node_modules", dependency));
      symlinkSync(source, join(this.modules, dependency));
    }
    for (const [program, path] of Object.entries(bin)) {
      symlinkSync(join("..", name, path), join(this.modules, ".bin", program));
    }
  }

  /** The text of a file of an installed package. */
  read(...path: string[]): string {
    return readFileSync(join(this.modules, ...path), "utf8");
  }

  manifestOf(name: string): Manifest {
    return JSON.parse(this.read(name, "package.json")) as Manifest;
  }

  /** Runs a program by the link that npm makes for `npx`, in the folder of the project, and returns what it prints. */
  run(program: string, ...args: string[]): string {
    const path = join(this.modules, ".bin", program);
    return execFileSync(process.execPath, [path, ...args], { cwd: this.project, encoding: "utf8" });
  }

  remove(): void {
    rmSync(this.project, { recursive: true });
  }
}
