import { type Command, InvalidArgumentError, Option } from "commander";
import { subscriptionOfPublication } from "../../domain/state/publication.ts";
import type { SubscriptionId } from "../../domain/values/ids.ts";
import { visibleIn } from "../../domain/values/visible-text.ts";
import { deliveryAnswer, type DeliveryPageAnswer, deliveryPageAnswer } from "../gateway/answers.ts";
import { type Session, subscriptionOf } from "../run/session.ts";
import { deliveriesText } from "../text/deliveries-text.ts";
import { apiOf } from "./api-session.ts";
import { addExamples } from "./examples.ts";
import type { Runner } from "./runner.ts";

type ListOptions = { readonly subscription?: SubscriptionId; readonly cursor?: string };

/** `webhooks list` and `webhooks redeliver`. */
export function addWebhookCommands(program: Command, { run }: Runner): void {
  const webhooks = program
    .command("webhooks")
    .description("List outgoing webhooks, and send one again")
    .helpCommand(false);
  addExamples(
    webhooks
      .command("list")
      .description("List outgoing webhooks with your server's answers")
      .option("--subscription <id>", "only of this subscription, such as sub_…", subscriptionOf)
      .addOption(new Option("--cursor <cursor>", "the next page: next_cursor of --json"))
      .action(run(listWebhooks)),
    [
      ["webhooks list", "The newest webhooks, of every subscription"],
      ["webhooks list --subscription sub_123", "Those of one subscription"],
    ],
  );
  addExamples(
    webhooks
      .command("redeliver")
      .description("Send a webhook again, signed anew")
      .argument("<id>", "its webhook-id, as webhooks list shows it", webhookIdOf)
      .action(run(redeliver)),
    [["webhooks redeliver recovery-sub_123-1764064805000-1", "The same body and webhook-id"]],
  );
}

function webhookIdOf(text: string): string {
  if (subscriptionOfPublication(text) !== null) return text;
  throw new InvalidArgumentError("Expected a webhook-id, such as recovery-sub_…-1764064805000-1.");
}

async function listWebhooks(
  session: Session,
  { subscription, cursor }: ListOptions,
): Promise<void> {
  const query = new URLSearchParams({
    ...(subscription === undefined ? {} : { subscription_id: subscription }),
    ...(cursor === undefined ? {} : { cursor }),
  });
  const page: DeliveryPageAnswer = await apiOf(session).get(
    `/deliveries?${query.toString()}`,
    deliveryPageAnswer,
  );
  session.print(page, () =>
    page.deliveries.length === 0
      ? "No webhooks. They are off until OUTGOING_WEBHOOK_URL is set."
      : deliveriesText(page.deliveries, session.paint),
  );
  if (page.next_cursor !== null) session.note(`More: --cursor ${page.next_cursor}`);
}

async function redeliver(session: Session, _options: unknown, id: string): Promise<void> {
  const delivery = await apiOf(session).post(`/deliveries/${id}/redeliver`, deliveryAnswer, {
    ifLost: "See whether it was sent: reprise webhooks list",
  });
  const { subscription_id: subscription } = visibleIn(delivery);
  session.print(delivery, () =>
    [
      `${visibleIn(delivery).id} is sent again.`,
      `See the answer: reprise webhooks list --subscription ${subscription}`,
    ].join("\n"),
  );
}
