import {
  type CommandResult,
  type Context,
  copyImage,
  CopyRun,
  createNameFilter,
  FerryError,
  formatReference,
  formatRepository,
  type InputOf,
  isFerryError,
  type Reference,
  structData,
  type Transport,
  withTag,
} from "../../src/mod.ts";
import type { copy } from "./mod.ts";

/** A tag that was not copied, and why. */
interface Failure {
  readonly tag: string;
  readonly error: unknown;
}

/** Handler of `repo copy`. */
export default async function run(context: Context, { args, flags }: InputOf<typeof copy>): Promise<CommandResult> {
  const { source, target } = args;
  const { log, signal } = context;
  const wanted = await createNameFilter(flags);
  const [sourceTransport, targetTransport] = await Promise.all([context.transport(source), context.transport(target)]);
  const known = flags["new-tags"] === true ? await tagsOf(targetTransport, target, signal) : new Set<string>();
  const { tags } = await sourceTransport.listTags(withTag(source, ""), { signal });
  const chosen = tags.filter((tag) => wanted(tag) && !known.has(tag));
  const shared = new CopyRun();
  const copied: string[] = [];
  const failures: Failure[] = [];
  await inTurn(chosen, flags.concurrent <= 0 ? chosen.length : flags.concurrent, async (tag) => {
    signal.throwIfAborted();
    const [from, to] = [withTag(source, tag), withTag(target, tag)];
    log.info("Copying image", { source: formatReference(from), target: formatReference(to) });
    try {
      await copyImage({
        source: from,
        target: to,
        sourceTransport,
        targetTransport,
        referrers: flags.referrers === true,
        onEvent: context.onCopyEvent,
        signal,
        run: shared,
      });
      copied.push(tag);
    } catch (error) {
      signal.throwIfAborted();
      log.warn("Image was not copied", { source: formatReference(from), error });
      failures.push({ tag, error });
    }
  });
  const first = failures[0];
  if (first !== undefined && copied.length === 0 && chosen.length === 1) throw first.error;
  const done = copied.sort();
  return {
    data: () =>
      structData({
        type: "struct",
        fields: { Copied: done, Failed: failures.map(({ tag, error }) => ({ Tag: tag, Error: wordsOf(error) })) },
        json: () => ({ copied: done, failed: failures.map(({ tag, error }) => ({ tag, error: wordsOf(error) })) }),
      }),
    ...(failures.length === 0 ? {} : { error: partial(source, failures, chosen.length) }),
  };
}

async function tagsOf(transport: Transport, place: Reference, signal: AbortSignal): Promise<Set<string>> {
  try {
    return new Set((await transport.listTags(withTag(place, ""), { signal })).tags);
  } catch (error) {
    if (isFerryError(error, "NAME_UNKNOWN", "NOT_FOUND", "LAYOUT_INVALID")) return new Set();
    throw error;
  }
}

/** Works on every item, at most `atOnce` at a time. */
async function inTurn<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}

function partial(source: Reference, failures: readonly Failure[], all: number): FerryError {
  const names = failures.map(({ tag, error }) => `${tag} (${wordsOf(error)})`).sort().join(", ");
  return new FerryError(
    "COPY_PARTIAL",
    `${failures.length} of ${all} tags of "${formatRepository(source)}" were not copied: ${names}`,
    { hint: "run the command again: what is there already is not sent again", cause: failures[0]!.error },
  );
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
