import { dirname } from "node:path/posix";
import type { Finding } from "./finding.ts";
import { circleFindings, oneWayFindings } from "./graph.ts";
import { groupBy } from "./group-by.ts";
import { parse } from "./parse.ts";
import { roomFindings, roomOf } from "./rooms.ts";
import { sourceFindings } from "./sources.ts";

const FILES_PER_FOLDER_MAX = 15;

/** Lint has the same limit for the rest of the code, and one for functions, which `describe` would break. */
const TEST_LINES_MAX = 400;

/**
 * Where a repository breaks the rules of its structure. Pure.
 *
 * @param files the text of every file, by its path from the root, with `/`. Only TypeScript files are parsed; of
 * Markdown files the headings count, of others only that they exist.
 */
export function checkStructure(files: ReadonlyMap<string, string>): readonly Finding[] {
  const sources = new Map([...files].filter(([path]) => /\.[cm]?tsx?$/.test(path)));
  const parsed = [...sources].map(([path, text]) => parse(path, text));
  const imports = parsed
    .flatMap((file) => file.imports)
    .filter(({ from, to }) => sources.has(to) && from.includes("/"));
  return [
    ...circleFindings(imports),
    ...folderFindings([...sources.keys()]),
    ...lengthFindings(sources),
    ...oneWayFindings(imports),
    ...roomFindings([...sources.keys()], imports),
    ...sourceFindings(
      parsed.flatMap((file) => file.notes),
      files,
    ),
  ];
}

function folderFindings(paths: readonly string[]): readonly Finding[] {
  return [...groupBy(paths, dirname)]
    .filter(([, inside]) => inside.length > FILES_PER_FOLDER_MAX)
    .map(([folder, inside]) => ({
      rule: "folder",
      subject: folder,
      detail: `${inside.length} source files, at most ${FILES_PER_FOLDER_MAX}`,
    }));
}

function lengthFindings(sources: ReadonlyMap<string, string>): readonly Finding[] {
  return [...sources]
    .filter(([path]) => roomOf(path) === "test" || roomOf(path) === "bench")
    .map(([path, text]) => ({ path, lines: text.replace(/\n$/, "").split("\n").length }))
    .filter(({ lines }) => lines > TEST_LINES_MAX)
    .map(({ path, lines }) => ({
      rule: "length",
      subject: path,
      detail: `${lines} lines, at most ${TEST_LINES_MAX}`,
    }));
}
