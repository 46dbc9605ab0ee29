import { escapeHtml } from "../../platform/customer/html.ts";

/** A terminal's output as a web page, for a picture of it. */

const ESCAPE = "\u001B[";

/** The foreground colours that the demo uses, by their ANSI code. */
const COLOURS: Readonly<Record<string, string>> = {
  "31": "#f0837c",
  "32": "#8fce7e",
  "33": "#e2c26b",
  "34": "#86a8f5",
  "35": "#d69be8",
  "36": "#74ccd6",
};

const LINES_MAX = 64;
const FIRST_LINES = 38;

/**
 * @param command null: the output has its own heading
 * @param output with ANSI colours
 * @param linesMax of a longer output only the first and the last lines are shown
 */
export function terminalPage(command: string | null, output: string, linesMax = LINES_MAX): string {
  const lines = output.trim().split("\n");
  const last = linesMax - FIRST_LINES;
  const shown =
    lines.length <= linesMax ? lines : [...lines.slice(0, FIRST_LINES), "⋮", ...lines.slice(-last)];
  const prompt = command === null ? [] : [`$ ${command}`, ""];
  const text = [...prompt, ...shown].map(toHtml).join("\n");
  return (
    '<body style="margin:0;background:#14161b"><pre style="margin:0;padding:20px 24px;' +
    `white-space:pre-wrap;word-break:break-all;color:#d6dae3;font:13px/1.5 'DejaVu Sans Mono',monospace">${text}</pre></body>`
  );
}

function toHtml(line: string): string {
  const [plain = "", ...parts] = line.split(ESCAPE);
  const coloured = parts.map((part) => {
    const [, code = "", text = ""] = /^(\d+)m(.*)$/s.exec(part) ?? [];
    const colour = COLOURS[code];
    return colour === undefined
      ? escapeHtml(text)
      : `<span style="color:${colour}">${escapeHtml(text)}</span>`;
  });
  return escapeHtml(plain) + coloured.join("");
}
