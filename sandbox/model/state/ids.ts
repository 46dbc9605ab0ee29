import { randomBytes } from "node:crypto";

type Prefix =
  "cus" | "sub" | "pay" | "pm" | "inv" | "ref" | "dp" | "cks" | "msg" | "req" | "prt" | "flt";

/** An id that looks like Dodo's, `pay_gr4RizvMOXFJ6xca3y2tU`. */
export function newId(prefix: Prefix): string {
  const letters = randomBytes(32)
    .toString("base64")
    .replace(/[^A-Za-z0-9]/g, "");
  return `${prefix}_${letters.slice(0, 21)}`;
}
