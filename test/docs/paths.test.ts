import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../support/documents.ts";

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

const documents = execFileSync("git", ["ls-files", "*.md"], { cwd: ROOT, encoding: "utf8" })
  .split("\n")
  .filter((path) => path !== "");

const rooms = readdirSync(ROOT, { withFileTypes: true })
  .filter(
    (entry) => entry.isDirectory() && !/^(node_modules|dist|build|data|\.git)$/.test(entry.name),
  )
  .map(({ name }) => name.replace(".", String.raw`\.`));

/** Below a room: nothing that only looks like a path, such as `@temporalio/worker` or `text/html`. */
const PATH = new RegExp(String.raw`^(?:${rooms.join("|")})/[\w./-]*$`);

/** Paths in the inline code of a document, word by word. */
function pathsIn(text: string): string[] {
  const prose = text.replaceAll(/^(```|~~~)[^]*?^\1/gm, "");
  return [...prose.matchAll(/`([^`]+)`/g)]
    .flatMap(([, code = ""]) => code.split(/\s+/))
    .filter((word) => PATH.test(word));
}

/** As a file, a folder, or the beginning of a test's name, by which Vitest selects it. */
const exists = (path: string): boolean =>
  existsSync(join(ROOT, path)) || existsSync(join(ROOT, `${path}.test.ts`));

/** As GitHub makes them of headings. */
function anchorsOf(markdown: string): ReadonlySet<string> {
  const prose = markdown.replaceAll(/^(```|~~~)[^]*?^\1/gm, "");
  return new Set(
    [...prose.matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading = ""]) =>
      heading
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

describe("the documents", () => {
  // A changelog names what was there at its time.
  test.each(documents.filter((path) => path !== "CHANGELOG.md"))(
    "%s names only paths that exist",
    (path) => {
      expect(pathsIn(read(path)).filter((one) => !exists(one))).toEqual([]);
    },
  );

  test.each(documents)("%s links only to headings that exist", (path) => {
    const links = read(path).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)#([^)\s]+)\)/g);
    for (const [, target = "", anchor = ""] of links) {
      const file = target === "" ? path : join(dirname(path), target);
      expect(anchorsOf(read(file)), `${target}#${anchor}`).toContain(anchor);
    }
  });
});
