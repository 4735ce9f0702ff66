import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { ROOT } from "../support/main-job.js";
import { type Certificates, hasRedis, makeCertificates, TestRedis } from "../support/redis.js";
import { comparable, runSweep, startSweep, sweepFolder } from "../support/sweep.js";

/** Whether this machine can make certificates, and has a redis-server that was built with TLS. */
const hasTls =
  hasRedis &&
  spawnSync("openssl", ["version"]).status === 0 &&
  // A server without TLS complains about tls-port, which comes first.
  String(spawnSync("redis-server", ["--tls-port", "0", "--port", "none"]).stderr).includes("'port \"none\"'");

if (hasRedis && !hasTls) {
  console.log("openssl, or a redis-server with TLS, was not found, so the tests of rediss:// are skipped.");
}

const flags = ({ ca, client }: Certificates) => ["--tls-ca", ca, "--tls-cert", client.cert, "--tls-key", client.key];

describe.skipIf(!hasTls)("a queue behind TLS, with an authority of its own", () => {
  test("has the same results as this machine", async () => {
    const certificates = makeCertificates()!;
    const redis = await TestRedis.start("a-password", certificates);
    const env = { NUMGRAD_SWEEP_REDIS: redis.url };
    const worker = startSweep(ROOT, ["worker", "--concurrency", "1", ...flags(certificates)], env);
    onTestFinished(() => {
      worker.child.kill("SIGKILL");
    });
    const options = { learningRate: [0.1, 1], gradient: "backprop", hidden: 5, batchSize: 20 };
    const folder = sweepFolder({ options, seeds: [0, 1], epochs: 2 });
    await runSweep(folder, "run", "sweep.json", "--out", "local");
    const run = await startSweep(folder, ["run", "sweep.json", "--out", "queue", ...flags(certificates)], env).ended;
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(comparable(join(folder, "queue"))).toEqual(comparable(join(folder, "local")));
  });

  test("refuses whoever cannot prove who it is, in one line without the password", async () => {
    const certificates = makeCertificates()!;
    const stranger = makeCertificates()!;
    const redis = await TestRedis.start("a-password", certificates);
    const all = flags(certificates);
    const cases: [args: string[], message: RegExp][] = [
      // The server has a certificate of an authority that this machine does not know.
      [["--redis", redis.url], /SELF_SIGNED|UNABLE_TO_VERIFY|unable to verify|self-signed/],
      [["--redis", redis.url, ...flags(stranger)], /SELF_SIGNED|UNABLE_TO_VERIFY|SIGNATURE_FAILURE/],
      // The certificate is that of 127.0.0.1.
      [["--redis", redis.url.replace("127.0.0.1", "localhost"), ...all], /ERR_TLS_CERT_ALTNAME_INVALID/],
      // The client has no certificate.
      [["--redis", redis.url, "--tls-ca", certificates.ca], /./],
      [["--redis", redis.url, "--tls-ca", "nowhere.pem"], /^--tls-ca: nowhere.pem cannot be read/],
      [["--redis", redis.url, ...all.slice(0, 4)], /^--tls-cert and --tls-key: give both/],
      [["--redis", redis.url.replace("rediss", "redis"), ...all], /expected rediss:/],
    ];
    const ends = await Promise.all(cases.map(([args]) => runSweep(ROOT, "worker", ...args)));
    for (const [i, { code, stdout, stderr }] of ends.entries()) {
      expect(stderr).toMatch(cases[i]![1]);
      expect(stderr).toMatch(/^--[^\n]*\n$/);
      expect(code).toBe(2);
      expect(stdout + stderr).not.toContain("a-password");
    }
  });
});
