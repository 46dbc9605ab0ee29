import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { POINTS } from "./points.ts";
import { parseStory, type Story, withTranscript } from "./language/story-file.ts";

const folder = fileURLToPath(new URL("./", import.meta.url));

/** The stories' names: those of their files, without the ending. */
export const STORY_NAMES: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith(".story"))
  .map((file) => file.replace(/\.story$/, ""));

const pathOf = (name: string): string => `${folder}${name}.story`;

export function readStory(name: string): Story {
  return parseStory(name, readFileSync(pathOf(name), "utf8"));
}

/** What a point says. @throws for a number that is none */
export function wordsOf(point: string): string {
  const words = (POINTS as Readonly<Record<string, string>>)[point];
  if (words === undefined) throw new Error(`there is no point ${point}`);
  return words;
}

/** Writes what was played into the story's file, and its points' words. */
export function recordStory(name: string, transcript: readonly string[]): void {
  const text = readFileSync(pathOf(name), "utf8");
  writeFileSync(pathOf(name), withTranscript(text, transcript, wordsOf));
}
