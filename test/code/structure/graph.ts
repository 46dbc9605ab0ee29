import type { Finding } from "./finding.ts";
import { groupBy } from "./group-by.ts";
import type { Import } from "./parse.ts";

/** For each file on a circle of imports the shortest circle through it; a circle that several files share once. */
export function circleFindings(imports: readonly Import[]): readonly Finding[] {
  const bySource = groupBy(imports, ({ from }) => from);
  const found = new Map<string, Finding>();
  for (const start of bySource.keys()) {
    const circle = shortestCircle(start, bySource);
    if (circle === null) continue;
    const first = circle.map(({ from }) => from).toSorted()[0];
    const at = circle.findIndex(({ from }) => from === first);
    const turned = [...circle.slice(at), ...circle.slice(0, at)];
    const subject = [...turned.map(({ from }) => from), first].join(" → ");
    found.set(subject, { rule: "circle", subject, detail: turned.map(lineOf).join("\n") });
  }
  return [...found.values()];
}

function shortestCircle(
  start: string,
  bySource: ReadonlyMap<string, readonly Import[]>,
): readonly Import[] | null {
  const cameBy = new Map<string, Import>();
  const queue = [start];
  for (const file of queue) {
    for (const edge of bySource.get(file) ?? []) {
      if (cameBy.has(edge.to)) continue;
      cameBy.set(edge.to, edge);
      if (edge.to === start) return pathBack(start, cameBy);
      queue.push(edge.to);
    }
  }
  return null;
}

function pathBack(start: string, cameBy: ReadonlyMap<string, Import>): readonly Import[] {
  const path: Import[] = [];
  let edge = cameBy.get(start);
  while (edge !== undefined) {
    path.unshift(edge);
    edge = edge.from === start ? undefined : cameBy.get(edge.from);
  }
  return path;
}

/**
 * Pairs of folders, neither inside the other, that import each other. A folder stands for all that is below it, so
 * each import counts between the two folders at which its paths part.
 */
export function oneWayFindings(imports: readonly Import[]): readonly Finding[] {
  const byDirection = new Map<string, Import>();
  for (const edge of imports) {
    const folders = partingFolders(edge);
    if (folders === null) continue;
    const direction = folders.join(" → ");
    if (!byDirection.has(direction)) byDirection.set(direction, edge);
  }
  return [...byDirection].flatMap(([direction, there]) => {
    const [one = "", other = ""] = direction.split(" → ");
    const back = byDirection.get(`${other} → ${one}`);
    if (back === undefined || one > other) return [];
    const detail = `${lineOf(there)}\n${lineOf(back)}`;
    return [{ rule: "one-way" as const, subject: `${one} ↔ ${other}`, detail }];
  });
}

/** Null where the folder of one file contains the other file. */
function partingFolders({ from, to }: Import): readonly [string, string] | null {
  const one = from.split("/").slice(0, -1);
  const other = to.split("/").slice(0, -1);
  const parts = one.findIndex((segment, index) => segment !== other[index]);
  if (parts === -1 || parts >= other.length) return null;
  return [one.slice(0, parts + 1).join("/"), other.slice(0, parts + 1).join("/")];
}

function lineOf({ from, line, statement }: Import): string {
  return `${from}:${line} ${statement}`;
}
