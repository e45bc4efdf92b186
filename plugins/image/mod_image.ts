import {
  type Attached,
  type Change,
  type CommandResult,
  type Context,
  FerryError,
  formatReference,
  indentJson,
  isTag,
  loadDiff,
  loadRewrite,
  type OrderedInputOf,
  parseReference,
  type Reference,
  type RewriteResult,
  sameRepository,
  withTag,
} from "../../src/mod.ts";
import type { mod } from "./mod_spec.ts";
import { stepsOf } from "./mod_steps.ts";

/** Equal lines around each difference. */
const CONTEXT_LINES = 3;

/** Handler of `image mod`. */
export default async function run(
  context: Context,
  { args, flags, given }: OrderedInputOf<typeof mod>,
): Promise<CommandResult> {
  const source = args.image;
  const target = targetOf(source, flags.create, flags.replace === true);
  const steps = await stepsOf(context, given);
  const { rewriteImage } = await loadRewrite();
  const dryRun = flags["dry-run"] === true;
  const result = await rewriteImage({
    source,
    target,
    steps,
    dryRun,
    // regctl takes referrers along within a repository.
    keepReferrers: flags["keep-referrers"] ?? (context.program === "regctl" && sameRepository(source, target)),
    transport: (reference) => context.transport(reference),
    temporaryFolder: context.env("TMPDIR"),
    log: context.log,
    onEvent: context.onCopyEvent,
    signal: context.signal,
  });
  for (const text of leftTexts(result.left)) context.log.warn(text);
  const name = formatReference(result.reference);
  const data = () => dataOf(result, name);
  if (!dryRun) return { data, text: () => `${name}\n` };
  const text = await diffText(result.changes);
  return { data, text: () => text, style: "diff" };
}

function targetOf(source: Reference, create: string | undefined, replace: boolean): Reference {
  if (create !== undefined && create !== "") {
    if (/[/:]/.test(create)) return parseReference(create);
    if (isTag(create)) return withTag(source, create);
    throw new FerryError("FLAG_INVALID", `Flag "--create" must be an image or a tag, not "${create}"`);
  }
  if (!replace || (source.tag === "" && source.digest !== "")) return { ...source, tag: "", digest: "" };
  return source.tag === "" ? withTag(source, "latest") : source;
}

/** One line for each manifest that something belongs to. */
function leftTexts(left: readonly Attached[]): string[] {
  const subjects = Map.groupBy(left, ({ subject }) => subject);
  return [...subjects].map(([subject, attached]) => {
    const names = attached.map(({ artifactType, name }) => artifactType === "" ? name : `${artifactType} ${name}`);
    return `Left behind with ${subject}, which they belong to: ${names.join(", ")}`;
  });
}

function dataOf({ manifest, changes, left }: RewriteResult, reference: string): unknown {
  const { mediaType, digest, size } = manifest.descriptor;
  return {
    reference,
    mediaType,
    digest,
    size,
    changes: changes.map(({ kind, platform, oldDigest, newDigest }) => ({
      kind,
      ...(platform === undefined ? {} : { platform }),
      oldDigest,
      newDigest,
    })),
    left,
  };
}

async function diffText(changes: readonly Change[]): Promise<string> {
  const { diffHunks, hunksText } = await loadDiff();
  return changes.map(({ kind, platform, oldDigest, newDigest, old, young }) => {
    const of = platform === undefined ? kind : `${kind} ${platform}`;
    const hunks = diffHunks(indentJson(old).split("\n"), indentJson(young).split("\n"), CONTEXT_LINES);
    return `--- ${of} ${oldDigest}\n+++ ${of} ${newDigest}\n${hunksText(hunks)}`;
  }).join("");
}
