import { countsOf, type ImportOrder, type ImportProgress } from "../../domain/import/import.ts";
import { describeMoney, money } from "../../domain/values/money.ts";
import { describeInstant } from "../../domain/values/time.ts";
import { prose } from "../shared/markdown.ts";

/** What the Temporal Web UI shows of an import. The query `import` has the table. */
export function importDetails(order: ImportOrder, progress: ImportProgress): string {
  const { total, judged, opens, leftOut, haveRecovery, amounts } = countsOf(progress);
  const verb = order.dryRun ? "would be opened" : "opened";
  const sums = Object.entries(amounts).map(([currency, minor]) =>
    describeMoney(money(minor, currency)),
  );
  const name = order.isVerified ? order.by : `${order.by}, name not verified`;
  return [
    `**${opens} ${verb}${sums.length === 0 ? "" : `, ${sums.join(" and ")}`}**`,
    "",
    `- By: ${prose(name)}, ${describeInstant(progress.startedAt)}`,
    `- Read: ${judged} of ${total} subscriptions${progress.nextPage === null ? "" : ", and the list goes on"}`,
    ...(haveRecovery === 0 ? [] : [`- Have an open recovery: ${haveRecovery}`]),
    ...Object.entries(leftOut).map(
      ([why, count]) => `- Left out, ${why.replaceAll("_", " ")}: ${count}`,
    ),
    ...(progress.isCutOff ? ["- Dodo lists more: import again for the rest"] : []),
    ...(progress.endedAt === null ? [] : [`- Ended: ${describeInstant(progress.endedAt)}`]),
  ].join("\n");
}
