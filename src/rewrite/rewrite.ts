/**
 * Changes an image and stores what it becomes.
 *
 * @module
 */
import type { CopyEvent } from "../copy/event.ts";
import { CopyJob } from "../copy/job.ts";
import { inPool } from "../copy/pool.ts";
import { once } from "../copy/run.ts";
import type { Manifest } from "../oci/manifest.ts";
import type { Log } from "../plugin.ts";
import { type Reference, sameRepository, withDigest } from "../reference/reference.ts";
import type { Transport } from "../transport/transport.ts";
import { wantsData } from "./data_field.ts";
import { finish, type Finished } from "./finish.ts";
import type { Change } from "./finish_config.ts";
import type { LayerContent, NewContent } from "./layer/content.ts";
import { layerKey, needsRewrite, rewriteLayer } from "./layer/rewrite_layer.ts";
import { Scratch } from "./layer/scratch.ts";
import { loadTree, type TreeReader } from "./load_tree.ts";
import { type Attached, attachReferrers, findAttached } from "./referrers.ts";
import type { Step, Work } from "./step.ts";
import { allOf, ImageStore } from "./store.ts";
import { type LayerNode, layersOf, type ManifestNode, manifestsOf } from "./tree.ts";

/** Layers that are written at a time. */
const LAYERS_AT_ONCE = 2;

/** What to change, and where it goes. */
export interface RewriteOptions {
  /** The image. */
  readonly source: Reference;
  /** Where it goes; neither tag nor digest means by the digest that it has then. */
  readonly target: Reference;
  /** What is done, in order. */
  readonly steps: readonly Step[];
  /** Serves references. */
  readonly transport: (reference: Reference) => Promise<Transport>;
  /** What may surprise. */
  readonly log: Log;
  /** Make referrers of the image refer to what it becomes. */
  readonly keepReferrers?: boolean;
  /** Find out what it becomes, and store nothing. */
  readonly dryRun?: boolean;
  /** Folder for temporary files; the system's where it is not given. */
  readonly temporaryFolder?: string | undefined;
  /** Told what happens. */
  readonly onEvent?: ((event: CopyEvent) => void) | undefined;
  /** Stops the work. */
  readonly signal: AbortSignal;
}

/** What an image became. */
export interface RewriteResult {
  /** What names it now. */
  readonly reference: Reference;
  /** Its manifest. */
  readonly manifest: Manifest;
  /** Manifests and configs that changed, children first. */
  readonly changes: readonly Change[];
  /** What belongs to manifests as they were and did not come along. */
  readonly left: readonly Attached[];
}

/**
 * Changes an image. New layers are stored as they are made, the name of the target is the last thing to change: interrupted anywhere, it
 * names what it did.
 *
 * @throws {FerryError} what the steps and the transports throw; then temporary files are gone
 */
export async function rewriteImage(options: RewriteOptions): Promise<RewriteResult> {
  const { source, target, signal } = options;
  const [sourceTransport, targetTransport] = await Promise.all([options.transport(source), options.transport(target)]);
  const job = new CopyJob(
    { source, target, sourceTransport, targetTransport, onEvent: options.onEvent, signal },
    source,
    target,
  );
  const close = async () => {
    if (options.dryRun !== true) await targetTransport.close(target);
  };
  try {
    const result = await rewritten(options, job);
    job.emit({ type: "end", outcome: "done" });
    await close();
    return result;
  } catch (error) {
    job.stop(error);
    job.emit({ type: "end", outcome: "failed" });
    await close().catch(() => {});
    throw error;
  }
}

async function rewritten(options: RewriteOptions, job: CopyJob): Promise<RewriteResult> {
  const { source, target, log } = options;
  const { signal } = job;
  const transport = job.options.sourceTransport;
  const manifest = await transport.getManifest(source, { signal });
  const reader: TreeReader = { transport, reference: source, signal };
  const root = await loadTree(reader, manifest);
  const work: Work = { root, transport: options.transport, log, signal, dataMax: undefined };
  for (const step of options.steps) await step(work);
  if (options.keepReferrers === true) await attachReferrers(reader, root);
  await using scratch = new Scratch({
    flush: options.dryRun !== true && !job.options.targetTransport.remote,
    ...(options.temporaryFolder === undefined ? {} : { dir: options.temporaryFolder }),
  });
  const store = options.dryRun === true ? undefined : new ImageStore(job);
  await writeLayers(root, work, { job, scratch, store });
  const changes: Change[] = [];
  const image = await finish(root, {
    place: reader,
    dataMax: work.dataMax,
    signal,
    onChange: (change) => changes.push(change),
  });
  const reference = named(target, image.manifest);
  const isThere = image.manifest === manifest && sameRepository(source, target) && target.tag === "" &&
    allOf(image).every((one) => one.manifest === one.node.original);
  if (store !== undefined && !isThere) await store.putImage(image, reference);
  const left = options.keepReferrers === true ? [] : await leftBehind(reader, image, log);
  return { reference, manifest: image.manifest, changes, left };
}

/** What the result is called: by its tag, by its digest, or by both where the target was given with a digest. */
function named(target: Reference, { descriptor: { digest } }: Manifest): Reference {
  if (target.tag === "") return withDigest(target, digest);
  return target.digest === "" ? target : { ...target, digest };
}

/** What belongs to manifests as they were. The image is done by now: not to find out is no failure. */
async function leftBehind(reader: TreeReader, image: Finished, log: Log): Promise<Attached[]> {
  try {
    return await findAttached(reader, changedIn(image));
  } catch (error) {
    reader.signal.throwIfAborted();
    log.warn("Could not look for signatures and other referrers of the image", {
      why: error instanceof Error ? error.message : String(error),
    });
    return [];
  }
}

/** Manifests that are not what they were, so that what belongs to them does not belong to what they became. */
function changedIn({ manifest, node, children }: Finished): ManifestNode[] {
  return [...children.flatMap(changedIn), ...(manifest === node.original ? [] : [node])];
}

interface LayerWork {
  readonly job: CopyJob;
  readonly scratch: Scratch;
  readonly store: ImageStore | undefined;
}

/** Writes every layer that has to be another, once where several images share it; each is stored as soon as it is written. */
async function writeLayers(root: ManifestNode, { dataMax }: Work, { job, scratch, store }: LayerWork): Promise<void> {
  const layers = withReferrers(root).flatMap(layersOf).filter(needsRewrite);
  const made = new Map<string, Promise<LayerContent>>();
  const stop = (reason: unknown) => job.stop(reason);
  await inPool(layers, LAYERS_AT_ONCE, async (layer) => {
    layer.content = await once(made, layerKey(layer), async () => {
      const content = await write(layer, job, scratch);
      if (content.kind !== "new") return content;
      if (wantsData(layer, content.size, dataMax)) content.bytes = await bytesOf(content);
      await store?.putBlob(content.source);
      if (content.temporary !== undefined) await scratch.drop(content.temporary);
      return content;
    });
    if (layer.content.kind === "empty") layer.removed = true;
  }, stop);
}

async function write(layer: LayerNode, job: CopyJob, scratch: Scratch): Promise<LayerContent> {
  const { signal } = job;
  if (layer.original === undefined) return await rewriteLayer(layer, { scratch, signal });
  const { digest, size } = layer.original;
  job.emit({ type: "found", kind: "blob", digest, size });
  job.emit({ type: "start", kind: "blob", digest, size });
  const onBytes = job.options.onEvent === undefined
    ? undefined
    : (bytes: number) => job.emit({ type: "bytes", digest, bytes });
  const content = await rewriteLayer(layer, { scratch, signal, onBytes });
  job.emit({ type: "done", kind: "blob", digest, size, outcome: content.kind === "new" ? "sent" : "exists" });
  return content;
}

async function bytesOf({ source }: NewContent): Promise<Uint8Array> {
  const { body } = await source.open(0);
  return new Uint8Array(await new Response(body).arrayBuffer());
}

/** Every manifest of a tree with what refers to it. */
function withReferrers(root: ManifestNode): ManifestNode[] {
  return manifestsOf(root).flatMap((node) => [node, ...node.referrers.flatMap(withReferrers)]);
}
