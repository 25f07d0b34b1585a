import { defineConfig } from "vite";

import { thirdPartyLicenses } from "./licenses.ts";

// The page, the notebook widget and the replay share one script and one style sheet.
export default defineConfig({
  publicDir: "public",
  plugins: [thirdPartyLicenses()],
  build: {
    outDir: "../src/miniml/_playground/static",
    emptyOutDir: true,
    target: "es2022",
    cssCodeSplit: false,
    lib: {
      entry: "src/main.ts",
      formats: ["es"],
      fileName: () => "view.js",
      cssFileName: "view",
    },
  },
});
