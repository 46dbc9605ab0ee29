import { parse } from "parse5";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NO_ADDRESS, plainAddressOf } from "../../activities/mail/mailbox.ts";
import { createMailer, type Mailer } from "../../activities/mail/mailer.ts";
import { customerNameOf } from "../../activities/notices/customer.ts";
import { productNameOf } from "../../activities/notices/product.ts";
import { createOperatorMailActivities } from "../../activities/operator/send-operator-mail.ts";
import { composeSample, SAMPLES } from "../../dev/docs/sample-notices.ts";
import { type Inbox, startInbox } from "../../dev/local-stack/inbox.ts";
import type { ReceivedMail } from "../../dev/local-stack/received-mail.ts";
import { sampleStates } from "../../dev/model/sample-states.ts";
import { DodoError } from "../../dodo/port.ts";
import type { Alert } from "../../domain/state/alert.ts";
import type { PaymentId, SubscriptionId } from "../../domain/values/ids.ts";
import { money } from "../../domain/values/money.ts";
import { PLAIN_BRAND } from "../../platform/customer/brand.ts";
import { formatMoney } from "../../platform/customer/format.ts";
import { recipientOf } from "../../platform/customer/recipient.ts";
import { createLog } from "../../platform/log.ts";
import { HOSTILE_ADDRESSES, HOSTILE_STRINGS } from "./corpus.ts";
import { linksIn, OBEYED, scriptsIn } from "./inert.ts";
import { poisoned } from "./poisoned.ts";

const STRINGS = Object.entries(HOSTILE_STRINGS);
const OPERATOR = "operator@merchant.example";
const PAGES = "https://pay.merchant.example";
const WEB_UI = "https://temporal.merchant.example/namespaces/default/workflows";

let inbox: Inbox;
let mailer: Mailer;

beforeAll(async () => {
  inbox = await startInbox();
  mailer = createMailer(inbox.smtpUrl, "Billing <billing@merchant.example>");
});

afterAll(async () => {
  mailer.close();
  await inbox.close();
});

/** The mail that this work sends. */
async function sentBy(work: () => Promise<unknown>): Promise<ReceivedMail | undefined> {
  const before = inbox.mails.length;
  await work();
  expect(inbox.mails.length - before).toBeLessThanOrEqual(1);
  return inbox.mails[before];
}

describe("a mail to the operator shows a text from outside, and no link to it", () => {
  const { sendOperatorMail } = createOperatorMailActivities({
    dodo: {
      subscriber: async () =>
        await Promise.reject(new DodoError({ kind: "unknown", detail: "no answer" })),
    },
    mailer: { send: async (mail) => await mailer.send(mail), close: () => undefined },
    operatorEmail: OPERATOR,
    webUi: WEB_UI,
    publicUrl: PAGES,
    log: createLog("fatal", "worker"),
  });

  test("in the alerts of every cause that recoveries have", async () => {
    const states = [...(await sampleStates()).values()].flat();
    const attention = states.flatMap(({ recovery }) => recovery.attention);
    const alerts = [...new Map(attention.map((one) => [one.cause, one])).values()];
    expect(alerts.length).toBeGreaterThanOrEqual(3);
    const others: readonly Alert[] = [
      { cause: "unknown_code", declineCode: "x" },
      { cause: "account_refused", said: "x" },
      { cause: "other_business", seenIn: "webhook", businessId: "x", recorded: "x" },
      { cause: "sender_refused", detail: "x" },
      { cause: "recent_dispute", disputeId: "x" },
      { cause: "status_not_chargeable", status: "x" },
      { cause: "refused_request", request: "read", code: "x", httpStatus: 400, requestId: "x" },
      { cause: "charge_blocked", why: "unreachable", detail: "x" },
      { cause: "not_cancelled", code: "x" },
      {
        cause: "webhook_undelivered",
        webhook: { id: "x", type: "recovery.opened", detail: "x" },
      },
      {
        cause: "overcharged",
        paymentId: "x" as PaymentId,
        totals: { collectedMinor: 2, owedMinor: 1, currency: "x" },
      },
    ];
    for (const [name, text] of STRINGS) {
      const reports = [...alerts, ...others].map((alert) => ({
        alert: poisoned<Alert>(alert, text.slice(0, 500)),
        subscriptionId: "sub_1" as SubscriptionId,
        workflowId: "recovery-sub_1",
        at: Date.UTC(2026, 10, 25),
        waits: true,
      }));
      const input = { at: 0, cause: "unknown_code", count: reports.length, reports } as const;
      const mail = await sentBy(async () => await sendOperatorMail(input));
      expect(mail?.recipients, name).toEqual([OPERATOR]);
      expect(scriptsIn(mail?.html ?? ""), name).toEqual([]);
      const foreign = linksIn(mail?.html ?? "").filter(
        (link) => !link.startsWith(`${PAGES}/`) && !link.startsWith(WEB_UI),
      );
      expect(foreign, name).toEqual([]);
      // The text has lines, and no other control character.
      expect(OBEYED.test((mail?.text ?? "").replaceAll("\n", "")), name).toBe(false);
      expect(mail?.text, name).not.toMatch(/https?:\/\/evil|mailto:|javascript:|www\./i);
    }
  });
});

describe("a mail to a customer", () => {
  test.each(STRINGS)(
    "carries nothing of a name, a product or a currency that is %s",
    async (_, text) => {
      const recipient = recipientOf(
        { languages: ["en"], country: null, timeZone: null },
        PLAIN_BRAND,
        0,
      );
      const customerName = customerNameOf(text);
      const productName = await productNameOf(
        { productId: "pdt_1", brandId: null },
        { productName: async () => await Promise.resolve(text) },
      );
      const amount = formatMoney(money(2_900, text), recipient);
      for (const sample of SAMPLES.slice(0, 3)) {
        const hostile = { ...sample, facts: { ...sample.facts, productName, amount } };
        const composed = composeSample(hostile, "en", PLAIN_BRAND, { customerName });
        const mail = await sentBy(
          async () =>
            await mailer.send({
              to: { address: "ada@example.com", name: text },
              key: "1",
              senderName: text,
              ...composed,
            }),
        );
        expect(mail?.recipients).toEqual(["ada@example.com"]);
        expect(Object.keys(mail?.headers ?? {})).not.toContain("bcc");
        expect(scriptsIn(mail?.html ?? "")).toEqual([]);
        expect(linksIn(mail?.html ?? "").filter((link) => link.includes("evil"))).toEqual([]);
        expect(OBEYED.test(composed.subject)).toBe(false);
        expect(() => parse(composed.html)).not.toThrow();
      }
    },
  );
});

describe("a customer's address", () => {
  test.each([...Object.entries(HOSTILE_ADDRESSES), ...STRINGS])(
    "that is %s goes to exactly this recipient, or to nobody",
    async (_, text) => {
      const address = plainAddressOf(text);
      if (address === null) return expect(NO_ADDRESS).not.toBe("");
      expect(address).toBe(text.trim());
      expect(OBEYED.test(address)).toBe(false);
      const asked = inbox.asked.length;
      const mail = { to: { address }, subject: "s", text: "t", html: "<p>t</p>", key: "1" };
      const received = await sentBy(async () => {
        await mailer.send(mail).catch((error: unknown) => expect(String(error)).toContain("sent"));
      });
      const domain = (one: string): string => one.slice(one.lastIndexOf("@") + 1);
      const named = [...inbox.asked.slice(asked), ...(received?.recipients ?? [])];
      for (const one of named) {
        expect(one.slice(0, one.lastIndexOf("@"))).toBe(address.slice(0, address.lastIndexOf("@")));
        // A domain may be written in another alphabet, and stays the same.
        expect(new URL(`http://${domain(one)}`).hostname).toBe(
          new URL(`http://${domain(address)}`).hostname,
        );
      }
      expect(named.length).toBeLessThanOrEqual(2);
    },
  );
});
