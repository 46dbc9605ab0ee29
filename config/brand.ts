import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import {
  type Brand,
  type Logo,
  mergeTexts,
  PLAIN_BRAND,
  textProblems,
  withMerchantNames,
} from "../platform/customer/brand.ts";
import type { Env } from "./env.ts";
import { Reader } from "./reader.ts";
import { keyProblems } from "./unknown-keys.ts";

const NAME = "BRAND_DIR";
const BRAND_FILE = "brand.yaml";
const TEXTS_FOLDER = "texts";

/** A folder in `BRAND_DIR` with another brand: its id at Dodo. */
const BRAND_ID = /^[A-Za-z0-9_-]{1,100}$/;

/** Larger logos make mails slow to open, and some mail clients truncate them. */
const LOGO_BYTES_MAX = 100_000;

const line = (max: number): z.ZodString =>
  z
    .string({ error: "expected text" })
    .min(1, { error: "is empty" })
    .max(max, { error: `is longer than ${max} characters` })
    .regex(/^[^\r\n]*$/, { error: "expected a single line" });

const email = line(200).regex(/^[^<>@\s,]+@[^<>@\s,]+$/, { error: "expected an email address" });

const sender = line(300).regex(/^[^<>@\s,]+@[^<>@\s,]+$|^[^<>@]*<[^<>@\s,]+@[^<>@\s,]+>$/, {
  error: "expected an email address such as Billing <billing@example.com>",
});

const support = line(300)
  .refine((text) => supportUrlOf(text) !== null, {
    error: "expected an https URL or an email address",
  })
  .transform((text) => supportUrlOf(text) ?? "");

/** The schema of `brand.yaml`. Unknown keys are errors, so a misspelt key is not ignored. */
const FILE = z
  .strictObject({
    name: line(60),
    color: z.string().regex(/^#[0-9a-fA-F]{6}$/, { error: "expected a colour such as #1a4fd6" }),
    logo: line(100),
    sender_name: line(60).regex(/^[^<>@"\\]*$/, {
      error: 'expected a name without < > @ " and \\',
    }),
    from: sender,
    reply_to: email,
    bcc: email,
    address: z.union([line(100), z.array(line(100)).max(6)], {
      error: "expected a line or a list of at most six lines",
    }),
    support,
    language: z.string(),
    language_of_country: z.record(
      z.string().regex(/^[A-Z]{2}$/, { error: "expected a country code such as IN" }),
      z.string(),
    ),
  })
  .partial();

/** Adds a problem. @param path the file and the key */
type AddProblem = (path: string, problem: string) => void;

/**
 * The brand in `BRAND_DIR`, or the default one if it is not set. Each problem names the file and the key. Where a brand has no
 * name, its sender's is used.
 */
export function readBrand(reader: Reader): Brand {
  return withMerchantNames(readBrands(reader), reader.text("EMAIL_FROM"));
}

function readBrands(reader: Reader): Brand {
  const folder = reader.text(NAME);
  if (folder === null) return PLAIN_BRAND;
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    reader.addProblem(NAME, `there is no folder ${folder}`);
    return PLAIN_BRAND;
  }
  const addProblem: AddProblem = (path, problem) => reader.addProblem(NAME, `${path}: ${problem}`);
  return { ...readFolder(folder, addProblem), others: readOthers(folder, addProblem) };
}

/** `BRAND_DIR/<brand_id>/`: a folder of the same form for each further brand. */
function readOthers(folder: string, addProblem: AddProblem): Brand["others"] {
  const ids = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== TEXTS_FOLDER && !entry.name.startsWith("."))
    .filter((entry) => statSync(join(folder, entry.name)).isDirectory())
    .map(({ name }) => name);
  const brands = ids.toSorted().flatMap((id) => {
    if (!BRAND_ID.test(id)) {
      addProblem(`${id}/`, "expected a folder named after a brand's id at Dodo");
      return [];
    }
    const inFolder: AddProblem = (path, problem) => addProblem(`${id}/${path}`, problem);
    return [[id, readFolder(join(folder, id), inFolder)] as const];
  });
  return Object.fromEntries(brands);
}

function readFolder(folder: string, addProblem: AddProblem): Brand {
  const texts = mergeTexts(readTexts(folder, addProblem));
  const raw = readYaml(folder, BRAND_FILE, addProblem);
  const read = FILE.safeParse(raw ?? {});
  if (!read.success) {
    for (const { path, problem } of keyProblems(FILE, read.error)) {
      addProblem([BRAND_FILE, ...path].join(": "), problem);
    }
    return PLAIN_BRAND;
  }
  return brandFrom(read.data, { folder, texts, addProblem });
}

/** The brand alone, for previews of mails and pages. @throws ConfigError with one line per problem */
export function readBrandConfig(env: Env): Brand {
  const reader = new Reader(env, "worker");
  const brand = readBrand(reader);
  reader.finish();
  return brand;
}

type BrandContext = {
  readonly folder: string;
  readonly texts: Brand["texts"];
  readonly addProblem: AddProblem;
};

function brandFrom(
  file: z.output<typeof FILE>,
  { folder, texts, addProblem }: BrandContext,
): Brand {
  const requireLanguage = (path: string, language: string): void => {
    if (!Object.hasOwn(texts, language)) {
      addProblem(
        `${BRAND_FILE}: ${path}`,
        `unknown language; available are ${Object.keys(texts).join(", ")}`,
      );
    }
  };
  if (file.language !== undefined) requireLanguage("language", file.language);
  for (const [country, language] of Object.entries(file.language_of_country ?? {})) {
    requireLanguage(`language_of_country: ${country}`, language);
  }
  return {
    name: file.name ?? null,
    color: file.color ?? PLAIN_BRAND.color,
    logo: file.logo === undefined ? null : readLogo(folder, file.logo, addProblem),
    senderName: file.sender_name ?? null,
    replyTo: file.reply_to ?? null,
    bcc: file.bcc ?? null,
    address: [file.address ?? []].flat(),
    supportUrl: file.support ?? null,
    language: file.language ?? PLAIN_BRAND.language,
    languageOfCountry: file.language_of_country ?? {},
    texts,
    from: file.from ?? null,
    others: {},
  };
}

function readYaml(folder: string, file: string, addProblem: AddProblem): unknown {
  let text: string;
  try {
    text = readFileSync(join(folder, file), "utf8");
  } catch {
    addProblem(file, "cannot be read");
    return null;
  }
  try {
    return parseYaml(text);
  } catch (error) {
    addProblem(
      file,
      error instanceof Error ? (error.message.split("\n")[0] ?? "") : "not valid YAML",
    );
    return null;
  }
}

const TEXTS_FILE = z.record(z.string(), z.string({ error: "expected text" }), {
  error: "expected lines of the form `key: text`",
});

/** How many problems of one file are reported in full. */
const PROBLEMS_MAX = 10;

/** `texts/<language>.yaml`: a merchant's own texts, or a language that Reprise does not ship. */
function readTexts(folder: string, addProblem: AddProblem): Record<string, Record<string, string>> {
  const inner = join(folder, TEXTS_FOLDER);
  if (!existsSync(inner)) return {};
  const overrides: Record<string, Record<string, string>> = {};
  for (const name of readdirSync(inner).toSorted()) {
    const file = `${TEXTS_FOLDER}/${name}`;
    const language = languageOfFile(name);
    if (language === null) {
      addProblem(file, "expected a file name such as fr.yaml, from a BCP 47 language tag");
      continue;
    }
    const read = TEXTS_FILE.safeParse(readYaml(folder, file, addProblem) ?? {});
    if (!read.success) {
      for (const { path, message } of read.error.issues)
        addProblem([file, ...path].join(": "), message);
      continue;
    }
    const problems = textProblems(language, read.data);
    for (const { key, problem } of problems.slice(0, PROBLEMS_MAX))
      addProblem(`${file}: ${key}`, problem);
    const more = problems.length - PROBLEMS_MAX;
    if (more > 0) addProblem(file, `and ${more} more`);
    overrides[language] = read.data;
  }
  return overrides;
}

function languageOfFile(name: string): string | null {
  const tag = /^([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\.yaml$/.exec(name)?.[1];
  try {
    return tag === undefined ? null : (Intl.getCanonicalLocales(tag)[0] ?? null);
  } catch {
    return null;
  }
}

/** The image formats that every mail client shows, by their first bytes. */
const IMAGES: readonly { readonly type: Logo["contentType"]; readonly magic: string }[] = [
  { type: "image/png", magic: "89504e47" },
  { type: "image/jpeg", magic: "ffd8ff" },
  { type: "image/gif", magic: "474946383" },
];

function readLogo(folder: string, file: string, addProblem: AddProblem): Logo | null {
  const path = `${BRAND_FILE}: logo`;
  let content: Buffer;
  try {
    content = readFileSync(join(folder, file));
  } catch {
    addProblem(path, `cannot read ${file}`);
    return null;
  }
  const head = content.subarray(0, 8).toString("hex");
  const contentType = IMAGES.find(({ magic }) => head.startsWith(magic))?.type;
  if (contentType === undefined) {
    addProblem(path, `${file} is not a PNG, JPEG or GIF, and mail clients show no other format`);
    return null;
  }
  if (content.length > LOGO_BYTES_MAX) {
    addProblem(path, `${file} is larger than ${LOGO_BYTES_MAX / 1_000} kB`);
  }
  return { content, contentType };
}

function supportUrlOf(text: string): string | null {
  if (/^[^<>@\s:/]+@[^<>@\s:/]+$/.test(text)) return `mailto:${text}`;
  return URL.canParse(text) && new URL(text).protocol === "https:" ? text : null;
}
