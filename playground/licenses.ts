import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Plugin } from "vite";

const FILE = "THIRD_PARTY_LICENSES.txt";

/** Write the licence of every package that the bundle imports into one file beside it. */
export function thirdPartyLicenses(): Plugin {
  return {
    name: "third-party-licenses",
    generateBundle() {
      const folders = new Set<string>();
      for (const id of this.getModuleIds()) {
        const folder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0];
        if (folder !== undefined) folders.add(folder);
      }
      const notices = [...folders].map(notice).sort();
      const head = "The page contains code of the packages below, under these licences.\n";
      this.emitFile({ type: "asset", fileName: FILE, source: [head, ...notices].join("\n") });
    },
  };
}

/** The notice of one package: name, version, licence and its text. */
function notice(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly name: string;
    readonly version: string;
    readonly license: string;
  };
  const path = ["LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE"].map((file) => join(folder, file)).find(existsSync);
  if (path === undefined) throw new Error(`${name} has no licence file; it cannot be bundled`);
  const text = readFileSync(path, "utf8").replaceAll("\r\n", "\n").trim();
  return `${"=".repeat(72)}\n${name} ${version} (${license})\n\n${text}\n`;
}
