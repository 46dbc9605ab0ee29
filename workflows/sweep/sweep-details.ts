import type { Finding, Scan, Sweep } from "../../domain/sweep/sweep.ts";
import { describeInstant } from "../../domain/values/time.ts";

/** Lines of each list: the Web UI is for a glance, the result has more. */
const LINES_MAX = 40;

/** What the Temporal Web UI shows of a sweep. @param scan null = it has ended */
export function sweepDetails(sweep: Sweep, scan: Scan | null): string {
  const { plan, counts, pages, rows } = sweep;
  const { opened, notified, listed, checkouts } = counts;
  return [
    `**${opened} opened, ${listed} to look at**`,
    "",
    `- Begun: ${describeInstant(plan.at)}`,
    `- Now: ${scan === null ? "done" : `${scan.replaceAll("_", " ")}, page ${sweep.page}`}`,
    `- Looked at: ${rows} rows on ${pages} pages`,
    `- Recovery open already: ${counts.haveRecovery}; ended before: ${counts.endedBefore}`,
    ...((counts.deferred ?? 0) > 0
      ? [`- Left to the next sweep, as this one opened ${opened}: ${counts.deferred}`]
      : []),
    `- Told that their debt is gone: ${notified}; checkouts followed: ${checkouts}`,
    ...section("Opened", sweep.opened, opened),
    ...section("To look at: not opened by itself", sweep.listed, listed),
    ...section("Told", sweep.notified, notified),
  ].join("\n");
}

function section(title: string, found: readonly Finding[], count: number): readonly string[] {
  if (found.length === 0) return [];
  const shown = found.slice(0, LINES_MAX);
  const more = count - shown.length;
  return [
    "",
    `**${title}**`,
    "",
    ...shown.map(lineOf),
    ...(more > 0 ? [`- … and ${more} more`] : []),
  ];
}

function lineOf({ subscriptionId, paymentId, since, why }: Finding): string {
  const payment = paymentId === null ? "" : `, payment \`${paymentId}\``;
  const when = since === null ? "" : `, ${describeInstant(since)}`;
  return `- \`${subscriptionId}\`${payment}${when} (${why.replaceAll("_", " ")})`;
}
