import { copyFileSync, mkdirSync } from "node:fs";
import { defineConfig } from "tsup";

const INTER = "node_modules/@expo-google-fonts/inter";

export default defineConfig({
  entry: ["src/index.ts", "src/node.ts"],
  format: "esm",
  platform: "neutral",
  target: "es2022",
  // A neutral bundle does not know that Node's modules are external.
  external: [/^node:/],
  dts: true,
  clean: true,
  onSuccess: async () => {
    mkdirSync("fonts", { recursive: true });
    copyFileSync(`${INTER}/400Regular/Inter_400Regular.ttf`, "fonts/Inter-Regular.ttf");
    copyFileSync(`${INTER}/600SemiBold/Inter_600SemiBold.ttf`, "fonts/Inter-SemiBold.ttf");
    copyFileSync(`${INTER}/LICENSE_FONT`, "fonts/LICENSE");
    copyFileSync("../../LICENSE", "LICENSE");
  },
});
