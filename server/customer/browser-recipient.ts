import type { FastifyRequest } from "fastify";
import type { Instant } from "../../domain/values/time.ts";
import type { Brand } from "../../platform/customer/brand.ts";
import { type Recipient, recipientOf } from "../../platform/customer/recipient.ts";
import type { DebtFacts } from "../temporal/debt-facts.ts";

/** More languages than a browser usually lists. */
const LANGUAGES_MAX = 10;

/**
 * The reader of a page: in the language of the mail that linked to it (`?lang=`), else in the browser's, with the formats and
 * the time zone of that mail where they are known.
 */
export function browserRecipient(
  { query, headers }: Pick<FastifyRequest, "query" | "headers">,
  brand: Brand,
  mail: DebtFacts["reader"],
  now: Instant,
): Recipient {
  const { lang } = query as Readonly<Record<string, unknown>>;
  const languages = [
    typeof lang === "string" ? lang : null,
    ...acceptedLanguages(headers["accept-language"]),
  ];
  return recipientOf(
    { languages, country: regionOf(mail), timeZone: mail?.timeZone ?? null },
    brand,
    now,
  );
}

function regionOf(mail: DebtFacts["reader"]): string | null {
  return mail === null ? null : (new Intl.Locale(mail.locale).region ?? null);
}

/** The languages of an `Accept-Language` header, most preferred first. @source RFC 9110, 12.5.4 */
export function acceptedLanguages(header: string | undefined): readonly string[] {
  return (header ?? "")
    .slice(0, 500)
    .split(",")
    .map((part) => {
      const [tag = "", ...parameters] = part.split(";").map((one) => one.trim());
      const q = parameters.find((one) => one.startsWith("q="));
      return { tag, weight: q === undefined ? 1 : Number(q.slice(2)) };
    })
    .filter(({ tag, weight }) => tag !== "" && tag !== "*" && weight > 0)
    .toSorted((a, b) => b.weight - a.weight)
    .slice(0, LANGUAGES_MAX)
    .map(({ tag }) => tag);
}
