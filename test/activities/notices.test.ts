import { describe, expect, test } from "vitest";
import { composeCheckoutNotice } from "../../activities/notices/checkout.ts";
import { composeNotice, type NoticeFacts } from "../../activities/notices/compose.ts";
import { CHECKOUT_NOTICES } from "../../domain/checkout.ts";
import { DECLINE_CODES } from "../../domain/decline-codes.ts";
import { NOTICE_KINDS } from "../../domain/notice.ts";

const facts: NoticeFacts = {
  customerName: "Ada",
  amount: "$29.00",
  card: "Visa ending in 4242",
  declineCode: "INSUFFICIENT_FUNDS",
  nextAttempt: "Thursday, October 8 at 13:10 UTC",
  deadline: "Wednesday, November 4 at 13:10 UTC",
  link: "https://pay.example/pay/abc.def",
};

/** What a reader of the HTML reads. */
const readable = (html: string): string =>
  html
    .replace(/<title>.*<\/title>/, "")
    .replace(/<[^>]+>/g, " ")
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");

describe("a notice", () => {
  test.each(NOTICE_KINDS)("%s says the same in text and in HTML", (kind) => {
    const { text, html, subject } = composeNotice(kind, facts);
    const words = (said: string): string[] => said.split(/\s+/).filter((word) => word !== "");
    for (const word of words(text))
      expect(words(readable(html)).join(" "), word).toContain(word.replace(/:$/, ""));
    expect(subject).toContain("$29.00");
  });

  test.each(NOTICE_KINDS)("%s never names a decline code", (kind) => {
    for (const { code } of DECLINE_CODES) {
      const { subject, text, html } = composeNotice(kind, { ...facts, declineCode: code });
      expect(subject + text + html, code).not.toContain(code);
    }
  });

  test("has one thing to do, and none once all is well", () => {
    expect(composeNotice("action_needed", facts).text.match(/https:/g)).toHaveLength(1);
    expect(composeNotice("recovered", facts).text).not.toContain("https:");
  });

  test("of a reason that is not told reads like any other", () => {
    const untold = composeNotice("action_needed", { ...facts, declineCode: null });
    const general = composeNotice("action_needed", { ...facts, declineCode: "CARD_DECLINED" });
    expect(untold).toEqual(general);
  });

  test("shows what the customer is called without letting it be HTML", () => {
    const { html, text } = composeNotice("payment_failed", {
      ...facts,
      customerName: "<b>Ada & Co</b>",
    });
    expect(html).toContain("Hello &lt;b&gt;Ada &amp; Co&lt;/b&gt;,");
    expect(text).toContain("Hello <b>Ada & Co</b>,");
  });

  test("says less where less is known", () => {
    const { text } = composeNotice("payment_failed", {
      ...facts,
      customerName: null,
      card: null,
      nextAttempt: null,
      declineCode: null,
    });
    expect(text).toContain("Hello,\n");
    expect(text).not.toMatch(/null|undefined/);
  });
});

describe("a notice about a one-time payment", () => {
  test.each(CHECKOUT_NOTICES)(
    "%s has Dodo's page as its one link, and says what is not done",
    (kind) => {
      const { subject, text, html } = composeCheckoutNotice(kind, facts);
      expect(subject).toContain("$29.00");
      expect(text.match(/https:\S+/g)).toEqual([facts.link]);
      expect(html).toContain(`href="${facts.link}"`);
      expect(text).toContain("We will not charge you for it unless you pay.");
    },
  );

  test.each(CHECKOUT_NOTICES)("%s asks to order again where there is no page", (kind) => {
    const bare = { ...facts, link: null, customerName: null, card: null, declineCode: null };
    const { text, html } = composeCheckoutNotice(kind, bare);
    expect(text).toContain("please order again");
    expect(text + html).not.toMatch(/https:|null|undefined|href/);
  });

  test("never names a decline code", () => {
    for (const { code } of DECLINE_CODES) {
      const { text } = composeCheckoutNotice("checkout_declined", { ...facts, declineCode: code });
      expect(text, code).not.toContain(code);
    }
  });
});
