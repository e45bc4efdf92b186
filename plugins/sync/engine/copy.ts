/**
 * Copies one image to one target: keeps what is replaced, runs the hooks.
 *
 * @module
 */
import { copyImage, type Descriptor, FerryError, formatReference, type SharedReader } from "../../../src/mod.ts";
import { backupReference } from "../file/mod.ts";
import { registryOf } from "./blame.ts";
import { copyOptions } from "./copy_options.ts";
import { runHook } from "./hooks.ts";
import { pullsOf } from "./allowance.ts";
import type { Finding } from "./look.ts";
import type { Row } from "./row.ts";
import type { Item, Work } from "./work.ts";

/**
 * Copies an image; `reads` is its side of reads that it shares with copies to other registries.
 *
 * @throws {FerryError} what the transports throw, POLICY where a hook says no
 */
export async function copyOne(
  work: Work,
  item: Item,
  source: Descriptor,
  finding: Finding,
  reads?: SharedReader,
): Promise<Row> {
  const { context, signal } = work;
  const { step } = item.prepared;
  const registry = registryOf(item.source);
  const facts = {
    step: step.name,
    source: item.text,
    target: finding.target.text,
    digest: source.digest,
    before: finding.there?.digest ?? "",
  };
  if (step.hooks.pre !== undefined) await runHook(context, "pre", step.hooks.pre, facts, signal);
  if (finding.there !== undefined && finding.kind === "copy") await keep(work, item, finding);
  const started = context.clock.now();
  const pulls = pullsOf(item, source);
  const options = await copyOptions(work, item, source, finding);
  const result = await work.pulls.spend(registry, pulls, () => copyImage({ ...options, reads }));
  work.breaker.worked(finding.target.reference);
  work.pulls.worked(registryOf(finding.target.reference));
  work.state.note(finding.target.text, {
    source: source.digest,
    target: result.descriptor.digest,
    how: item.prepared.how,
  });
  if (step.hooks.post !== undefined) await runHook(context, "post", step.hooks.post, facts, signal);
  context.log.debug("Image copied", { source: item.text, target: finding.target.text, bytes: result.bytes });
  return {
    step: step.name,
    source: item.text,
    target: finding.target.text,
    outcome: result.changed ? "copied" : "unchanged",
    why: finding.why,
    digest: result.descriptor.digest,
    ...(finding.there === undefined ? {} : { before: finding.there.digest }),
    bytes: result.bytes,
    milliseconds: context.clock.now() - started,
  };
}

/** Copies what is about to be replaced to where the step keeps it. That it failed does not stop the copy, as in regsync. */
async function keep(work: Work, item: Item, { target }: Finding): Promise<void> {
  const { context, signal } = work;
  const { step } = item.prepared;
  if (step.backup === undefined) return;
  try {
    const to = await backupReference(step, { target: target.reference, stepTarget: target.stepTarget }, context);
    if (to === undefined) return;
    context.log.info("Saving backup", { original: target.text, backup: formatReference(to) });
    const [sourceTransport, targetTransport] = await Promise.all([
      work.transport(target.reference),
      work.transport(to),
    ]);
    await copyImage({
      source: target.reference,
      target: to,
      sourceTransport,
      targetTransport,
      signal,
      // Backups of one repository have layers in common: two that store the same at the same time can trip registries up.
      run: work.memory,
    });
  } catch (error) {
    signal.throwIfAborted();
    const message = error instanceof FerryError ? error.message : String(error);
    context.log.warn("Failed to backup existing image", { target: target.text, error: message });
  }
}
