import { defineConfig } from "vite";

// One script and one style for the page, the notebook widget and the replay alike.
export default defineConfig({
  publicDir: "public",
  build: {
    outDir: "../src/miniml/playground/static",
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
