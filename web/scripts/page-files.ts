// Which built files each page needs beside those of the first page, so that the service can name them in the shell: the
// browser then fetches them with the first ones, and not only once the first ones have run.
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

export interface Built {
  fileName: string;
  page: string; // the file of the page that this chunk is; empty where it is none
  imports: string[];
  isEntry: boolean;
}

/** Return the files by the path of the route, as the router's source has it. */
export function filesByPath(router: string, chunks: Built[]): Record<string, string[]> {
  const by = new Map(chunks.map((each) => [each.fileName, each]));
  const below = (name: string, found = new Set<string>()): Set<string> => {
    if (found.has(name)) return found;
    found.add(name);
    by.get(name)?.imports.forEach((each) => below(each, found));
    return found;
  };
  const first = new Set(chunks.filter((each) => each.isEntry).flatMap((each) => [...below(each.fileName)]));
  const found: Record<string, string[]> = {};
  for (const [, path, page] of router.matchAll(/path: "([^"]+)",\s*component: \(\) => import\("\.\/pages\/([^"]+)"\)/g)) {
    const chunk = chunks.find((each) => each.page === page);
    if (chunk) found[path!] = [...below(chunk.fileName)].filter((name) => !first.has(name));
  }
  return found;
}

/** Write pages.json into the build. */
export function pageFiles(router: string): Plugin {
  return {
    name: "page-files",
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).flatMap((each): Built[] =>
        each.type === "chunk" ? [{ fileName: each.fileName, page: each.facadeModuleId?.split("/pages/")[1] ?? "", imports: each.imports, isEntry: each.isEntry }] : [],
      );
      this.emitFile({ type: "asset", fileName: "pages.json", source: JSON.stringify(filesByPath(readFileSync(router, "utf-8"), chunks)) });
    },
  };
}
