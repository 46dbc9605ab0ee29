import { HtmlValidate } from "html-validate";
import { type DefaultTreeAdapterTypes, parse, type ParserError } from "parse5";
import { describe, expect, test } from "vitest";
import { customerNameOf } from "../../activities/notices/customer.ts";
import { composeSample, type Sample, SAMPLES } from "../../dev/docs/sample-notices.ts";
import { CHECKOUT_NOTICES } from "../../domain/checkout/checkout.ts";
import { HANDLING } from "../../domain/declines/handling.ts";
import { NOTICE_KINDS } from "../../domain/state/notice.ts";
import { type Brand, mergeTexts, PLAIN_BRAND } from "../../platform/customer/brand.ts";
import { type TextKey, TEXTS } from "../../platform/customer/texts/index.ts";

const LANGUAGES = Object.keys(TEXTS);
const BRAND: Brand = {
  ...PLAIN_BRAND,
  name: "Lumen & Sons",
  supportUrl: "https://lumen.example/help?from=mail&kind=billing",
  address: ["12 Quay Street", "Dublin 1"],
  logo: { content: Buffer.from("89504e470d0a1a0a", "hex"), contentType: "image/png" },
};

const EVERY = LANGUAGES.flatMap((language) =>
  SAMPLES.map((sample) => [`${language} ${sample.name}`, sample, language] as const),
);

type Node = DefaultTreeAdapterTypes.Node;

/** The visible text of the HTML, block by block. */
function visibleBlocks(html: string): string[] {
  const blocks: string[] = [];
  const visit = (node: Node): string => {
    if (node.nodeName === "#text") return (node as DefaultTreeAdapterTypes.TextNode).value;
    if (["style", "title", "head"].includes(node.nodeName)) return "";
    if (node.nodeName === "br") return "\n";
    const style = "attrs" in node ? node.attrs.find(({ name }) => name === "style")?.value : "";
    if (style?.includes("display:none") === true) return "";
    const inner = "childNodes" in node ? node.childNodes.map(visit).join("") : "";
    if (!["div", "th", "td", "h1"].includes(node.nodeName)) return inner;
    if (inner.trim() !== "") blocks.push(...inner.split("\n").map(clean).filter(Boolean));
    return "";
  };
  visit(parse(html));
  return blocks;
}

const clean = (text: string): string => text.replaceAll(/\s+/g, " ").trim();

/** The facts of a mail: amounts, days, times, cards, addresses. */
const factsIn = (text: string): string[] =>
  [...text.matchAll(/https?:\S+|\S*\p{Nd}[\p{Nd}\p{P}]*\S*/gu)].map(([fact]) => fact);

const compose = (sample: Sample, language: string, brand = BRAND) =>
  composeSample(sample, language, brand);

describe("a notice", () => {
  test("has a sample for every kind", () => {
    expect(new Set(SAMPLES.map(({ kind }) => kind))).toEqual(
      new Set([...NOTICE_KINDS, ...CHECKOUT_NOTICES]),
    );
  });

  test.each(EVERY)("%s has the same content in text and in HTML", (_, sample, language) => {
    const { text, html } = compose(sample, language);
    const read = visibleBlocks(html);
    const plain = clean(text);
    const fallback = TEXTS[language]?.["link.fallback"] ?? "";
    // Each block of the HTML is in the text, except the hint about the button.
    for (const block of read) {
      if (block !== clean(fallback)) expect(plain, block).toContain(block);
    }
    // Each line of the text is in the HTML.
    const seen = clean(read.join(" "));
    for (const line of text.split("\n").map(clean)) {
      if (line === "--" || line === "") continue;
      const parts = line.split(/(?<=[\p{L}\p{M}])[\u00a0\s]?[:：] ?(?=\S)|[\u00a0]?[:：]$/u);
      for (const part of parts) expect(seen, line).toContain(clean(part));
    }
    expect(new Set(factsIn(seen))).toEqual(new Set(factsIn(plain.replaceAll(/：|: /g, " "))));
  });

  test.each(EVERY)(
    "%s names the merchant, product, amount, date, card and next date, and until when to pay",
    (_, sample, language) => {
      const { text, subject } = compose(sample, language);
      expect(text).toContain("4242");
      expect(text).toContain("Visa");
      for (const named of ["Lumen & Sons", "Lumen Daily"]) expect(text).toContain(named);
      const says = (label: TextKey): boolean => text.includes(TEXTS[language]?.[label] ?? "?");
      expect([says("fact.amount"), says("fact.date")]).toEqual([true, true]);
      const isTriedAgain = ["payment_failed", "retry_ahead"].includes(sample.kind);
      expect(says("fact.next_attempt")).toBe(isTriedAgain);
      expect(says("fact.payable_until")).toBe(isTriedAgain);
      expect(says("fact.pay_by")).toBe(["action_needed", "confirm_payment"].includes(sample.kind));
      expect(`${subject}${text}`).not.toMatch(/null|undefined|NaN|\{|\}|\[object/);
    },
  );

  test.each(SAMPLES.map((sample) => [sample.name, sample] as const))(
    "%s has one button, unless nothing is left to do",
    (_, sample) => {
      const { text, html } = compose(sample, "en");
      const links = [...html.matchAll(/<a [^>]*href="([^"]+)"/g)].map(([, href]) => href);
      const buttons = [...html.matchAll(/class="press"/g)];
      expect(buttons).toHaveLength(sample.kind === "recovered" ? 0 : 1);
      const pages = new Set(links.filter((href) => href?.includes("/pay/")));
      expect(pages.size).toBe(["recovered", "cancelled"].includes(sample.kind) ? 0 : 1);
      expect(text.match(/\/pay\//g)?.length ?? 0).toBe(pages.size);
    },
  );

  test.each(LANGUAGES)(
    "in %s has the same button label in every mail, except where a payment is confirmed",
    (language) => {
      for (const sample of SAMPLES.filter(
        ({ kind }) => !["recovered", "cancelled"].includes(kind),
      )) {
        const name = sample.kind === "confirm_payment" ? "button.confirm" : "button.pay";
        const label = TEXTS[language]?.[name] ?? "?";
        expect(compose(sample, language).html, sample.name).toContain(`${label}</a>`);
      }
    },
  );

  test.each(LANGUAGES)("in %s never shows a decline code", (language) => {
    for (const { code } of HANDLING)
      for (const kind of [...NOTICE_KINDS, ...CHECKOUT_NOTICES]) {
        const sample: Sample = { name: kind, kind, facts: { declineCode: code } };
        const { subject, text, html } = compose(sample, language);
        expect(subject + text + html, code).not.toContain(code);
      }
  });

  test.each(LANGUAGES)(
    "in %s gives the same general sentence for every masked or unknown reason",
    (language) => {
      const first = (declineCode: string | null): unknown =>
        compose({ name: "", kind: "action_needed", facts: { declineCode } }, language);
      const general = first("CARD_DECLINED");
      for (const code of [null, "DO_NOT_HONOR", "TRANSACTION_NOT_ALLOWED", "QUANTUM_DECLINE"])
        expect(first(code)).toEqual(general);
      // Even if a masked code reached the text, which the rules prevent.
      for (const { code } of HANDLING.filter(({ masked }) => masked))
        expect(first(code), code).toEqual(general);
    },
  );

  test("is complete without a brand, a name, a card or a day", () => {
    const { text, html } = composeSample(
      { name: "", kind: "payment_failed", facts: { declineCode: null } },
      "en",
      PLAIN_BRAND,
      { customerName: null, paidWith: null, nextAttempt: null },
    );
    expect(text).toContain("Hello,\n");
    expect(text).toContain("We will try again in the next few days.");
    expect(text + html).not.toMatch(/null|undefined|\{\{/);
  });

  test("asks the customer to order again if the payment has no page", () => {
    for (const sample of SAMPLES.filter(({ kind }) => kind.startsWith("checkout_"))) {
      const { text, html } = composeSample(sample, "en", PLAIN_BRAND, { link: null });
      expect(text).toContain("If you are still interested, please place your order again.");
      expect(text + html).not.toMatch(/https?:\/\/pay|will not be charged/);
    }
  });

  test("warns of the cancellation only if the policy cancels", () => {
    const last = (cancelsAtEnd: boolean): string =>
      compose({ name: "", kind: "action_needed", facts: { step: "last", cancelsAtEnd } }, "en")
        .text;
    expect(last(true)).toContain("will be cancelled");
    expect(last(false)).not.toContain("cancelled");
  });

  test("uses the merchant's own texts, and the built-in ones for the rest", () => {
    const texts = mergeTexts({ fr: { "button.pay": "Régler <maintenant>" } });
    const { text, html } = compose(SAMPLES[0] as Sample, "fr", { ...BRAND, texts });
    expect(text).toContain("Régler <maintenant>\u00a0:\n");
    expect(html).toContain("Régler &lt;maintenant&gt;</a>");
    expect(text).toContain("Bonjour");
  });
});

describe("the HTML of a mail", () => {
  const validator = new HtmlValidate({
    extends: ["html-validate:standard", "html-validate:document"],
    rules: {
      // Mail clients need deprecated attributes and inline styles.
      "no-deprecated-attr": "off",
      "no-inline-style": "off",
      "attribute-boolean-style": "off",
      "doctype-style": "off",
      "no-trailing-whitespace": "off",
      "no-conditional-comment": "off",
      "void-style": "off",
      "long-title": "off",
      "no-redundant-role": "off",
      "element-permitted-content": "error",
      "attribute-allowed-values": "error",
    },
  });

  test.each(EVERY)("%s is valid", (_, sample, language) => {
    const { html } = compose(sample, language);
    const report = validator.validateStringSync(html);
    const found = report.results.flatMap(({ messages }) =>
      messages.map(({ ruleId, message, line }) => `${line} ${ruleId}: ${message}`),
    );
    expect(found).toEqual([]);
    expect(parseErrors(html)).toEqual([]);
  });

  test.each(EVERY)(
    "%s is whole for Outlook as well, which reads what others take for comments",
    (_, sample, language) => {
      const { html } = compose(sample, language);
      const outlook = html
        .replaceAll(/<!--\[if !mso\]><!-->[\s\S]*?<!--<!\[endif\]-->/g, "")
        .replaceAll(/<!--\[if (?:mso|mso \| IE|lte mso 11)\]>/g, "")
        .replaceAll("<![endif]-->", "");
      expect(outlook).not.toContain("<!--");
      expect(parseErrors(outlook.replace(/<noscript>[\s\S]*?<\/noscript>/, ""))).toEqual([]);
      const count = (tag: string): number =>
        outlook.match(new RegExp(`<${tag}[ >]`, "g"))?.length ?? 0;
      const closed = (tag: string): number =>
        outlook.match(new RegExp(`</${tag}>`, "g"))?.length ?? 0;
      for (const tag of ["table", "tr", "td", "th", "div", "a"])
        expect(count(tag), tag).toBe(closed(tag));
    },
  );

  test.each(EVERY)(
    "%s fetches nothing, tracks nobody, and is not cut off by Gmail",
    (_, sample, language) => {
      const { html } = compose(sample, language);
      const sources = [...html.matchAll(/(?:src|background|poster)="([^"]*)"|url\(([^)]*)\)/g)];
      for (const [, source = ""] of sources) expect(source).toMatch(/^(?:data|cid):/);
      expect(html).not.toMatch(/@import|<script|<link|<form|<iframe| on\w+=/i);
      expect(Buffer.byteLength(html)).toBeLessThan(60_000);
    },
  );

  test.each(EVERY)(
    "%s is in its language, from its side, and has a dark face",
    (_, sample, language) => {
      const { html } = compose(sample, language);
      const direction = language === "ar" ? "rtl" : "ltr";
      expect(html).toContain(`<html lang="${language}" dir="${direction}"`);
      expect(html).toContain('<meta name="color-scheme" content="light dark"');
      expect(html).toContain("@media (prefers-color-scheme: dark)");
      expect(html.includes("direction:ltr")).toBe(direction === "ltr");
      expect(html).toContain(`text-align:${direction === "rtl" ? "right" : "left"};color`);
    },
  );

  function parseErrors(html: string): string[] {
    const errors: string[] = [];
    parse(html, {
      onParseError: ({ code, startLine }: ParserError) => errors.push(`${startLine} ${code}`),
    });
    return errors;
  }
});

describe("the name in the greeting", () => {
  test.each([
    "Ada Lovelace",
    "佐藤 花子",
    "J. R. R. Tolkien",
    "Zoë d’Arc",
    "Anne-Marie O'Hara",
    "مُحمّد",
    "क्‍षमा",
  ])("keeps %s", (name) => expect(customerNameOf(`  ${name} `)).toBe(name));

  test.each([
    null,
    "",
    "   ",
    "win at www.evil",
    "Visit evil.com now",
    "https://evil.example",
    "ada@example.com",
    "<b>Ada</b>",
    "A\u202edA",
    "x".repeat(41),
    "Refund of $499: call +1 888 555 0100",
    "Call 888 555 0100",
    "Refund due, call now",
    "Ada (billing)",
    "evil．com",
    "evil․com",
    "Ada!",
    "- . -",
    "Ada\u0007",
  ])("omits %j, which is empty or could mislead", (name) =>
    expect(customerNameOf(name)).toBeNull(),
  );

  test("is escaped in the HTML", () => {
    const { html, text } = composeSample(SAMPLES[0] as Sample, "en", BRAND, {
      customerName: "Ada & 'Co' \"Ltd\"",
    });
    expect(html).toContain("Hello Ada &amp; &#39;Co&#39; &quot;Ltd&quot;,");
    expect(text).toContain("Hello Ada & 'Co' \"Ltd\",");
  });
});
