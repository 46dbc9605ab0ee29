import type { Offer, RecoveryPort } from "../../dodo/port.ts";

/** Longer names are cut. */
const CHARACTERS_MAX = 60;

/** Control characters, and those that change the direction of the text around them. */
const CONTROLS = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** The name of what the customer bought, to tell mails apart; null if Dodo does not tell. Nothing else depends on it. */
export async function productNameOf(
  { productId }: Offer,
  dodo: Pick<RecoveryPort, "productName">,
): Promise<string | null> {
  const name = productId === null ? null : await dodo.productName(productId);
  const text = (name ?? "").replaceAll(/\s+/g, " ").replaceAll(CONTROLS, "").trim();
  if (text === "") return null;
  const characters = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  if (characters.length <= CHARACTERS_MAX) return text;
  const kept = characters.slice(0, CHARACTERS_MAX - 1).join("");
  return `${kept.trimEnd()}…`;
}
