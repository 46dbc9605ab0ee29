import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { commandsForCause } from "../../../cli/text/commands-for-cause.ts";
import { ATTENTION_CAUSES } from "../../../domain/state/attention.ts";

type Alert = {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
};

type Rules = { readonly groups: readonly { readonly rules: readonly Alert[] }[] };

type Table = (head: readonly string[], rows: readonly (readonly string[])[]) => string;

/** docs/OPERATING.md, with its generated parts: the causes of attention, and the alerts of deploy/monitoring/rules.yml. */
export function operatingDoc(table: Table): string {
  const text = readFileSync(new URL("../../../docs/OPERATING.md", import.meta.url), "utf8");
  const rules = readFileSync(
    new URL("../../../deploy/monitoring/rules.yml", import.meta.url),
    "utf8",
  );
  const alerts = (parse(rules) as Rules).groups.flatMap((group) => group.rules);
  const causes = Object.entries(ATTENTION_CAUSES).map(([cause, { text: what, advice }]) => [
    `\`${cause}\``,
    what,
    advice,
    commandsForCause(cause, "SUB")
      .map((command) => `\`${command.replaceAll(" ", "\u00A0")}\``)
      .join("<br>"),
  ]);
  const withCauses = fill(
    text,
    "causes",
    table(["cause", "what it is", "what to look at", "commands that answer it"], causes),
  );
  return fill(withCauses, "alerts", alerts.map(alertSection).join("\n\n"));
}

/** @throws if the document lacks the two comments that enclose the part */
function fill(text: string, part: string, content: string): string {
  const [begin, end] = [`<!-- generated: ${part} -->`, `<!-- end of ${part} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/OPERATING.md lacks ${begin} or ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}

function alertSection({ alert, expr, for: lasts, labels, annotations }: Alert): string {
  const { summary = "", description = "", action = "", command } = annotations;
  const when = lasts === undefined ? "at once" : `after ${lasts}`;
  const look = command === undefined ? "" : `\n\`\`\`sh\n${command}\n\`\`\`\n`;
  return `### ${alert}

${summary.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, "`$1`")} Severity ${labels["severity"] ?? ""}, ${when}.

- **Means**: ${description}
- **Do**: ${action}
${look}
\`\`\`promql
${expr}
\`\`\``;
}
