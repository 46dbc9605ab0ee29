import type { Offer, RecoveryPort } from "../../dodo/port.ts";
import { visible } from "../../domain/values/visible-text.ts";

/** Longer names are cut. */
const CHARACTERS_MAX = 60;

/** The name of what the customer bought, to tell mails apart; null if Dodo does not tell. Nothing else depends on it. */
export async function productNameOf(
  { productId }: Offer,
  dodo: Pick<RecoveryPort, "productName">,
): Promise<string | null> {
  const name = productId === null ? null : await dodo.productName(productId);
  const text = visible(name ?? "")
    .replaceAll(/\s+/g, " ")
    .trim();
  if (text === "") return null;
  const characters = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  if (characters.length <= CHARACTERS_MAX) return text;
  const kept = characters.slice(0, CHARACTERS_MAX - 1).join("");
  return `${kept.trimEnd()}…`;
}
