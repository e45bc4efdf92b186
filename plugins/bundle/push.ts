import {
  type Bundle,
  type BundleImage,
  type BundleTarget,
  type CommandResult,
  type Context,
  copyImage,
  CopyRun,
  createNameFilter,
  FerryError,
  formatReference,
  formatRepository,
  type InputOf,
  loadBundle,
  parseReference,
  type Reference,
} from "../../src/mod.ts";
import { nameRules, targetOf } from "./names.ts";
import type { push } from "./specs.ts";

type Input = InputOf<typeof push>;

/** Failures that a message tells; the log has them all. */
const FAILURES_SHOWN = 10;

/** An image and where it goes. */
interface Move {
  readonly image: BundleImage;
  readonly target: Reference;
}

/** An image that was not pushed, and why. */
interface Failure {
  readonly name: string;
  readonly error: unknown;
}

/** What became of one. */
interface Pushed {
  readonly name: string;
  readonly target: string;
  readonly digest: string;
  readonly changed?: boolean;
  readonly bytes?: number;
}

/** Handler of `bundle push`. */
export default async function store(context: Context, { args, flags }: Input): Promise<CommandResult> {
  if (flags.to === undefined) {
    throw new FerryError("ARGUMENT_MISSING", 'Flag "--to" is missing', {
      hint: "say where the images go: --to registry.example.org/prefix",
    });
  }
  const rules = nameRules(flags.map);
  const wanted = await createNameFilter({ include: flags.only });
  await using stack = new AsyncDisposableStack();
  const bundle = stack.use(await open(context, args.file, flags.checksums));
  const bases: Bundle[] = [];
  for (const path of flags.base) bases.push(stack.use(await open(context, path, flags.checksums)));
  if (bundle.index.images.length === 0) throw new FerryError("NOT_FOUND", `Bundle "${args.file}" has no image`);
  const moves = bundle.index.images.filter(({ name }) => wanted(name)).map((image) => ({
    image,
    target: targetOf(parseReference(image.name), flags.to!, rules),
  }));
  if (moves.length === 0) {
    throw new FerryError("NOT_FOUND", `No image of "${args.file}" is chosen by --only`, {
      hint: "expressions match full names as bundle list shows them, as a whole: ghcr.io/org/.*",
    });
  }
  refuseSameTargets(moves);
  if (flags["dry-run"] === true) return result(moves.map((move) => rowOf(move)));
  requireContent(bundle);
  const pushed: Pushed[] = [];
  const failures: Failure[] = [];
  const { BundleSet } = await loadBundle();
  const set = new BundleSet(bundle, bases);
  const places = await placesOf(context, moves);
  const run = new CopyRun();
  await inTurn([...moves.entries()], flags.concurrent, async ([at, move]) => {
    const { image, target } = move;
    context.signal.throwIfAborted();
    try {
      const transport = await context.transport(target);
      const source = set.source(image, { transport, reference: target }, places);
      const { bytes, changed } = await copyImage({
        source: source.reference,
        sourceTransport: source.transport,
        target,
        targetTransport: transport,
        referrers: flags.referrers,
        digestTags: flags["digest-tags"],
        // Layers with urls are in the bundle where their registry had them; behind a gap nobody reaches the urls.
        includeExternal: image.external === undefined,
        onEvent: context.onCopyEvent,
        signal: context.signal,
        run,
      });
      pushed[at] = { ...rowOf(move), changed, bytes };
    } catch (error) {
      context.signal.throwIfAborted();
      context.log.warn("Image was not pushed", { image: image.name, error });
      failures.push({ name: image.name, error });
    }
  });
  const first = failures[0];
  if (first !== undefined && failures.length === moves.length) throw first.error;
  const done = pushed.filter((one) => one !== undefined);
  return result(done, first === undefined ? undefined : partial(failures, moves.length));
}

function rowOf({ image, target }: Move): Pushed {
  return { name: image.name, target: formatReference(target), digest: image.digest };
}

function result(rows: readonly Pushed[], error?: FerryError): CommandResult {
  return {
    data: () => ({ images: rows }),
    text: () => rows.map(({ name, target }) => `${name} -> ${target}\n`).join(""),
    ...(error === undefined ? {} : { error }),
  };
}

function partial(failures: readonly Failure[], all: number): FerryError {
  const names = failures.map(({ error, name }) => `${name} (${wordsOf(error)})`).sort();
  const more = names.length > FAILURES_SHOWN ? ` and ${names.length - FAILURES_SHOWN} more` : "";
  return new FerryError(
    "COPY_PARTIAL",
    `${failures.length} of ${all} images were not pushed: ${names.slice(0, FAILURES_SHOWN).join(", ")}${more}`,
    { hint: "run the command again: what is there already is not sent again", cause: failures[0]!.error },
  );
}

/** Opens a bundle after its files were compared with their checksums: nothing is sent from a damaged one. */
async function open(context: Context, path: string, checksums: boolean): Promise<Bundle> {
  const { Bundle, checkVolumes, findVolumes } = await loadBundle();
  if (path === "-") return await Bundle.read(context.stdin, "standard input");
  const volumes = await findVolumes(path);
  const wrong = checksums && volumes.volumes.every(({ size }) => size !== undefined)
    ? await checkVolumes(volumes, { signal: context.signal })
    : [];
  if (wrong.length > 0) {
    throw new FerryError(
      "ARCHIVE_INVALID",
      `Bundle "${path}" is damaged, nothing was pushed: ${wrong.map((file) => `"${file}"`).join(", ")} ${
        wrong.length === 1 ? "is" : "are"
      } not what "${volumes.list}" says`,
      { hint: "copy the damaged files again" },
    );
  }
  return await Bundle.open(path);
}

/** Each repository that images go to, once: an earlier push may have left there what the bundle takes for granted. */
async function placesOf(context: Context, moves: readonly Move[]): Promise<readonly BundleTarget[]> {
  const targets = new Map(moves.map(({ target }) => [formatRepository(target), target]));
  return await Promise.all(
    [...targets.values()].map(async (reference) => ({ reference, transport: await context.transport(reference) })),
  );
}

function requireContent(bundle: Bundle): void {
  const lacking = bundle.lacking();
  if (lacking.length === 0) return;
  const names = lacking.slice(0, 3).map(({ digest }) => digest).join(", ");
  throw new FerryError(
    "ARCHIVE_INVALID",
    `Bundle "${bundle.path}" is damaged, nothing was pushed: it lacks ${lacking.length} of its ${bundle.index.content.length} pieces, ${names}`,
    { hint: "copy it again; bundle verify lists all that is wrong" },
  );
}

function refuseSameTargets(moves: readonly Move[]): void {
  const taken = new Map<string, BundleImage>();
  for (const { image, target } of moves) {
    const text = formatReference(target);
    const other = taken.get(text);
    if (other !== undefined && other.digest !== image.digest) {
      throw new FerryError("FLAG_INVALID", `Images "${other.name}" and "${image.name}" would both become "${text}"`, {
        hint: `tell them apart with --map, for example --map ${parseReference(image.name).registry}=other`,
      });
    }
    taken.set(text, image);
  }
}

/** Works on every item, at most `atOnce` at a time. */
async function inTurn<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(atOnce, items.length)) }, worker));
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
