import { stripVTControlCharacters, styleText } from "node:util";
import { DAY_MS, type Instant, MINUTE_MS } from "../../domain/values/time.ts";
import { dayOf, type StoryLine } from "./story-lines.ts";

export const COLUMNS = 100;
const NAME_WIDTH = 4;

const COLOURS = ["cyan", "green", "yellow", "magenta", "blue", "red"] as const;

/** Prints stories: one block for each day, and in it the lines of one customer after another. */
export type StoryPrinter = {
  /** Begins a day. */
  readonly beginDay: () => void;
  readonly print: (name: string, startedAt: Instant, lines: readonly StoryLine[]) => void;
};

export function createStoryPrinter(
  print: (line: string) => void,
  hasColours: boolean,
): StoryPrinter {
  const names: string[] = [];
  const colourOf = (name: string): (typeof COLOURS)[number] => {
    if (!names.includes(name)) names.push(name);
    return COLOURS[names.indexOf(name) % COLOURS.length] ?? "cyan";
  };
  let isFirstDay = true;
  return {
    beginDay: () => {
      if (!isFirstDay) print("");
      isFirstDay = false;
    },
    print: (name, startedAt, lines) => {
      const shownName = hasColours
        ? styleText(colourOf(name), name.padEnd(NAME_WIDTH), { validateStream: false })
        : name.padEnd(NAME_WIDTH);
      for (const { at, text } of lines) {
        const prefix = `${stampOf(at, startedAt)}  ${shownName}  `;
        const indent = " ".repeat(stripVTControlCharacters(prefix).length);
        const [first = "", ...rest] = wrap(text, COLUMNS - indent.length);
        print(`${prefix}${first}`);
        for (const more of rest) print(`${indent}${more}`);
      }
    },
  };
}

/** The time since the story's first charge: `day  3 00:05`. */
export function stampOf(at: Instant, startedAt: Instant): string {
  const day = dayOf(at, startedAt);
  const minutes = Math.floor((Math.max(at - startedAt, 0) - day * DAY_MS) / MINUTE_MS);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `day ${String(day).padStart(2)} ${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Breaks a text at spaces into lines of at most `width` characters. A longer word keeps its own line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
