import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseStory, type Story, withTranscript } from "./language/story-file.ts";
import { POINTS } from "./points.ts";

const folder = fileURLToPath(new URL("./", import.meta.url));

/** The stories' names: their files without the extension. */
export const STORY_NAMES: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith(".story"))
  .map((file) => file.replace(/\.story$/, ""));

const pathOf = (name: string): string => `${folder}${name}.story`;

export const readStoryText = (name: string): string => readFileSync(pathOf(name), "utf8");

export function readStory(name: string): Story {
  return parseStory(name, readStoryText(name));
}

/** @throws Error if there is no such point */
export function pointText(point: string): string {
  const text = (POINTS as Readonly<Record<string, string>>)[point];
  if (text === undefined) throw new Error(`there is no point ${point}`);
  return text;
}

/** Writes the transcript, and the texts of its points, into the story's file. */
export function recordStory(name: string, transcript: readonly string[]): void {
  writeFileSync(pathOf(name), withTranscript(readStoryText(name), transcript, pointText));
}

/** Name and title of each matching story, for `test.each`. */
export function storyTests(matches: (story: Story) => boolean = () => true): [string, string][] {
  return STORY_NAMES.map(readStory)
    .filter(matches)
    .map(({ name, title }) => [name, title]);
}
