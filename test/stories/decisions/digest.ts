import { createHash } from "node:crypto";
import type { Decided, Decisions } from "./decided.ts";
import { describeDecision } from "./describe-decision.ts";
import { substanceOf } from "./substance.ts";

/** The decisions by one rule about one kind of event. */
export type RuleDigest = {
  readonly rule: string;
  readonly event: string;
  readonly stories: number;
  readonly matrix: number;
  /** Digest of what all of them do, in any order. */
  readonly acts: string;
  /** Digest of all changes of the state, in any order. */
  readonly changes: string;
  /** A short hash of each different decision. */
  readonly decisions: readonly string[];
};

const DIGEST_LENGTH = 8;
const HASH_LENGTH = 4;

const hash = (text: string, length: number): string =>
  createHash("sha256").update(text).digest("hex").slice(0, length);

const digest = (texts: readonly string[]): string =>
  hash(texts.toSorted().join("\n"), DIGEST_LENGTH);

type Entry = {
  readonly decided: Decided;
  readonly isStory: boolean;
  readonly acts: string;
  readonly changes: string;
  readonly hash: string;
};

function entryOf(decided: Decided, isStory: boolean): Entry {
  const substance = substanceOf(decided);
  const acts = JSON.stringify(substance.acts);
  const changes = JSON.stringify(substance.changes);
  return { decided, isStory, acts, changes, hash: hash(`${acts}\n${changes}`, HASH_LENGTH) };
}

/** Entries by rule and kind of event, sorted. */
function groupByRule({ stories, matrix }: Decisions): ReadonlyMap<string, readonly Entry[]> {
  const groups = new Map<string, Entry[]>();
  const entries = [
    ...stories.map((one) => entryOf(one, true)),
    ...matrix.map((one) => entryOf(one, false)),
  ];
  for (const entry of entries) {
    const { decision, event } = entry.decided;
    const key = keyOf({ rule: decision.rule, event: event.kind });
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return new Map([...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const keyOf = ({ rule, event }: Pick<RuleDigest, "rule" | "event">): string => `${rule} ${event}`;

function digestOf(key: string, entries: readonly Entry[]): RuleDigest {
  const [rule = "", event = ""] = key.split(" ");
  const stories = entries.filter(({ isStory }) => isStory).length;
  return {
    rule,
    event,
    stories,
    matrix: entries.length - stories,
    acts: digest(entries.map(({ acts }) => acts)),
    changes: digest(entries.map(({ changes }) => changes)),
    decisions: [...new Set(entries.map((entry) => entry.hash))].toSorted(),
  };
}

const HEADER = `# Decisions by rule and kind of event, written by \`npm run stories:record\`: how many there are in the stories and in the
# matrix (every event in every state), a digest of what they do (rules, outcome, effects, wake-up), a digest of the
# state that they change, and on the lines below a short hash of each different decision. Texts are not included.
`;

const HASHES_PER_LINE = 20;

/** The text of `decisions-by-rule.txt`. */
export function formatDigests(decisions: Decisions): string {
  const rows = [...groupByRule(decisions)].map(([key, entries]) => digestOf(key, entries));
  const lines = rows.flatMap(({ rule, event, stories, matrix, acts, changes, decisions: all }) => [
    [
      rule.padEnd(36),
      event.padEnd(24),
      `stories ${stories}`.padEnd(12),
      `matrix ${matrix}`.padEnd(12),
      `does ${acts}`,
      `state ${changes}`,
    ].join(" "),
    ...Array.from({ length: Math.ceil(all.length / HASHES_PER_LINE) }, (_, line) => {
      const start = line * HASHES_PER_LINE;
      return `  ${all.slice(start, start + HASHES_PER_LINE).join(" ")}`;
    }),
  ]);
  return `${HEADER}\n${lines.join("\n")}\n`;
}

const ROW =
  /^(?<rule>\S+) +(?<event>\S+) +stories (?<stories>\d+) +matrix (?<matrix>\d+) +does (?<acts>\w+) state (?<changes>\w+)$/;

/** Reads `decisions-by-rule.txt`. @throws Error for a line in another format */
export function parseDigests(text: string): ReadonlyMap<string, RuleDigest> {
  const rows: RuleDigest[] = [];
  for (const line of text.split("\n")) {
    const last = rows.at(-1);
    if (line === "" || line.startsWith("#")) continue;
    if (last === undefined || !line.startsWith("  ")) rows.push(parseRow(line));
    else {
      const decisions = [...last.decisions, ...line.trim().split(" ")];
      rows[rows.length - 1] = { ...last, decisions };
    }
  }
  return new Map(rows.map((row) => [keyOf(row), row]));
}

function parseRow(line: string): RuleDigest {
  const {
    rule = "",
    event = "",
    acts = "",
    changes = "",
    ...counts
  } = ROW.exec(line)?.groups ?? {};
  if (rule === "") throw new Error(`not a digest: ${line}`);
  const { stories, matrix } = counts;
  const numbers = { stories: Number(stories), matrix: Number(matrix) };
  return { rule, event, ...numbers, acts, changes, decisions: [] };
}

const SHOWN_RULES = 5;
const SHOWN_DECISIONS = 2;

/**
 * Compares decisions with the recorded digests.
 *
 * @param recorded the text of `decisions-by-rule.txt`
 * @returns the rules that differ, with the first new decisions in full; null if all are equal
 */
export function differenceFromDigests(recorded: string, decisions: Decisions): string | null {
  const before = parseDigests(recorded);
  const groups = groupByRule(decisions);
  const keys = [...new Set([...before.keys(), ...groups.keys()])].toSorted();
  const differing = keys.flatMap((key) => {
    const was = before.get(key);
    const entries = groups.get(key) ?? [];
    const is = entries.length === 0 ? undefined : digestOf(key, entries);
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    return [describeDifference(key, was, is, entries)];
  });
  if (differing.length === 0) return null;
  const more = differing.length - SHOWN_RULES;
  return [
    `${differing.length} of ${keys.length} rules with their kinds of event differ from the recorded decisions.`,
    ...differing
      .slice(0, SHOWN_RULES)
      .map(({ summary, decided }) => [summary, ...decided].join("\n")),
    ...differing.slice(SHOWN_RULES).map(({ summary }) => summary),
    ...(more > 0 ? [`Decisions are shown for the first ${SHOWN_RULES}.`] : []),
    "If the change is intended, run `npm run stories:record` and read the difference.",
  ].join("\n\n");
}

function describeDifference(
  key: string,
  was: RuleDigest | undefined,
  is: RuleDigest | undefined,
  entries: readonly Entry[],
): { readonly summary: string; readonly decided: readonly string[] } {
  const recorded = new Set(was?.decisions);
  const now = new Set(is?.decisions);
  const gone = [...recorded].filter((one) => !now.has(one)).length;
  const added = new Map(
    entries.filter((entry) => !recorded.has(entry.hash)).map((entry) => [entry.hash, entry]),
  );
  return {
    summary: [
      key,
      `  recorded: ${summaryOf(was)}`,
      `  now:      ${summaryOf(is)}`,
      `  ${added.size} new, ${gone} gone${was?.acts === is?.acts ? "; only the state differs" : ""}`,
    ].join("\n"),
    decided: [...added.values()]
      .slice(0, SHOWN_DECISIONS)
      .map(({ decided }) => describeDecision(decided).replaceAll(/^/gm, "  ")),
  };
}

function summaryOf(row: RuleDigest | undefined): string {
  if (row === undefined) return "no decisions";
  const { stories, matrix, acts, changes, decisions } = row;
  return `stories ${stories}, matrix ${matrix}, ${decisions.length} different, does ${acts}, state ${changes}`;
}
