import {
  type CollectedLayout,
  type CommandResult,
  type Context,
  FerryError,
  humanSize,
  type InputOf,
  isFerryError,
  loadServe,
} from "../../src/mod.ts";
import { durationOf } from "./duration.ts";
import type { gc } from "./mod.ts";

/** Handler of `serve gc`. */
export default async function collect(context: Context, { args, flags }: InputOf<typeof gc>): Promise<CommandResult> {
  const grace = durationOf("grace", flags.grace);
  await requireFolder(args.dir);
  const { openLayouts } = await loadServe();
  const layouts = openLayouts({ dir: args.dir, now: () => context.clock.now(), grace, log: context.log });
  const dryRun = flags["dry-run"] === true;
  const done: CollectedLayout[] = [];
  const failed: string[] = [];
  for (const name of await layouts.names()) {
    context.signal.throwIfAborted();
    try {
      done.push(await layouts.collect(name, { dryRun, grace, untagged: flags.untagged === true }));
    } catch (error) {
      if (!isFerryError(error)) throw error;
      context.log.error("Garbage was not collected", { repository: name, error: error.message });
      failed.push(name);
    }
  }
  return {
    data: () => ({
      dryRun,
      bytes: done.reduce((sum, one) => sum + one.bytes, 0),
      repositories: done.map(({ name, entries, digests, partials, bytes }) => ({
        name,
        entries,
        digests,
        partials,
        bytes,
      })),
    }),
    text: () => textOf(done, dryRun),
    ...(failed.length === 0 ? {} : {
      error: new FerryError("SYNC_PARTIAL", `Garbage of ${failed.length} repositories was not collected`, {
        hint: `look at ${failed.slice(0, 8).join(", ")}`,
      }),
    }),
  };
}

/** A line for each repository that has garbage, and the sum. */
function textOf(done: readonly CollectedLayout[], dryRun: boolean): string {
  const verb = dryRun ? "would go" : "went";
  const lines = done.filter((one) => one.entries + one.digests.length + one.partials > 0).map((one) =>
    `${one.name}: ${one.entries} entries, ${one.digests.length} blobs and ${one.partials} partial files ${verb}, ` +
    `${humanSize(one.bytes)}`
  );
  const bytes = done.reduce((sum, one) => sum + one.bytes, 0);
  return [...lines, `${done.length} repositories, ${humanSize(bytes)} ${verb}`].join("\n") + "\n";
}

async function requireFolder(dir: string): Promise<void> {
  const info = await Deno.stat(dir).catch(() => undefined);
  if (info?.isDirectory) return;
  throw new FerryError("ARGUMENT_INVALID", `Folder "${dir}" does not exist`, {
    hint: "give the folder that serve has in --dir",
  });
}
