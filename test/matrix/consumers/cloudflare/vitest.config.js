import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const modulesRules = [{ type: "CompiledWasm", include: ["**/*.wasm"] }];

export default defineConfig({
  plugins: [
    cloudflareTest({
      miniflare: { compatibilityDate: "2025-09-01", compatibilityFlags: ["nodejs_compat"], modulesRules },
    }),
  ],
  test: { include: ["workers.test.js"], testTimeout: 60_000 },
});
