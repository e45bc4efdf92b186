/**
 * Candidates for platforms: those that an image has, or those that images commonly have.
 *
 * @module
 */
import { parseImageConfig, platformOfConfig } from "../../oci/image_config.ts";
import type { Manifest } from "../../oci/manifest.ts";
import { formatPlatform, normalizePlatform, type Platform } from "../../oci/platform.ts";
import { tryParseReference } from "../../reference/parse.ts";
import type { Reference } from "../../reference/reference.ts";
import type { Transport } from "../../transport/transport.ts";
import type { ValueQuestion } from "./values.ts";

const COMMON: readonly string[] = [
  "linux/amd64",
  "linux/arm64",
  "linux/arm/v7",
  "linux/arm/v6",
  "linux/386",
  "linux/ppc64le",
  "linux/riscv64",
  "linux/s390x",
  "windows/amd64",
];

/** What builders write for entries that are no images. */
const NO_PLATFORM = "unknown/unknown";

/** A config that is larger tells its platform some other time. */
const MAX_CONFIG = 1 << 20;

/** Offers `local` and platforms; common ones where the image cannot be asked. */
export async function offerPlatforms(question: ValueQuestion): Promise<void> {
  const { answer, prefix, reference, text } = question;
  if (prefix === "" || !prefix.endsWith(",")) {
    if ("local".startsWith(text)) answer.add(`${prefix}local`, "the platform of this machine");
  }
  const parsed = reference === undefined ? undefined : tryParseReference(reference);
  const platforms = parsed === undefined ? COMMON : await platformsOf(parsed, question).catch(() => COMMON);
  const typed = prefix.slice(0, -1).split(/[,=]/);
  answer.addMatching(platforms.filter((platform) => !typed.includes(platform)), text, prefix);
}

async function platformsOf(reference: Reference, question: ValueQuestion): Promise<readonly string[]> {
  const { signal } = question;
  const transport = await question.context().transport(reference);
  const manifest = await transport.getManifest(reference, { signal });
  const platforms = manifest.kind === "index"
    ? manifest.manifests.map(({ platform }) => platform)
    : [await platformOfImage(transport, reference, manifest, signal)];
  const names = platforms.flatMap((platform) =>
    platform === undefined ? [] : [formatPlatform(normalizePlatform(platform))]
  );
  return [...new Set(names)].filter((name) => name !== NO_PLATFORM);
}

async function platformOfImage(
  transport: Transport,
  reference: Reference,
  { config }: Manifest,
  signal: AbortSignal,
): Promise<Platform | undefined> {
  if (config === undefined || config.size > MAX_CONFIG) return undefined;
  const { body } = await transport.blobSource(reference, config).open(0, { signal });
  const bytes = await new Response(body).bytes();
  return platformOfConfig(parseImageConfig(bytes));
}
