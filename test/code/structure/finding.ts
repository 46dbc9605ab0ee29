/** What the check looks for; each rule has a test of its own in `structure.test.ts`. */
export const RULES = ["circle", "folder", "length", "one-way", "room", "source"] as const;

export type Rule = (typeof RULES)[number];

export type Finding = {
  readonly rule: Rule;
  /** What is wrong, without line numbers, so that it stays the same while lines move. */
  readonly subject: string;
  /** Where to look. */
  readonly detail: string;
};
