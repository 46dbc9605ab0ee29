import { ar } from "./ar.ts";
import { de } from "./de.ts";
import { en, type Texts } from "./en.ts";
import { es } from "./es.ts";
import { fr } from "./fr.ts";
import { hi } from "./hi.ts";
import { ja } from "./ja.ts";
import { pt } from "./pt.ts";
import { vi } from "./vi.ts";
import { zh } from "./zh.ts";

/** Every language that ships, by its BCP 47 tag. A merchant's `BRAND_DIR` adds others, and overrides any text. */
export const TEXTS: Readonly<Record<string, Texts>> = { ar, de, en, es, fr, hi, ja, pt, vi, zh };

export type { TextKey, Texts } from "./en.ts";
