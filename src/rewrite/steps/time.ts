/**
 * Steps that set times: of configs, of the files in layers, of the files in an archive that lies in a layer.
 *
 * @module
 */
import { cleanEntryPath } from "../../archive/entry_path.ts";
import { TAR_TYPE, type TarHeader, type TarTime } from "../../archive/tar_header.ts";
import type { TarEntry } from "../../archive/tar_read.ts";
import { FerryError } from "../../errors.ts";
import { formatPlatform } from "../../oci/platform.ts";
import { changeInnerTar } from "../layer/inner_tar.ts";
import type { EntryEdit } from "../layer/entry_edit.ts";
import type { Step, Work } from "../step.ts";
import {
  historyOf,
  type ImageNode,
  isAttestation,
  layersOf,
  type ManifestNode,
  manifestsOf,
  platformOf,
} from "../tree.ts";
import { labelsOf } from "./annotations.ts";
import { type OtherImage, sharedSteps, stepsOfLayers } from "./base_layers.ts";
import { compareTimes, type Moment, parseMoment } from "./moment.ts";

/** Which time is set, and on what. */
export interface TimeOptions {
  /** The time; this or a label must be given. */
  readonly set?: Moment | undefined;
  /** Label of the image that says the time. */
  readonly fromLabel?: string | undefined;
  /** Times that are not after this one are kept. */
  readonly after?: Moment | undefined;
  /** What this image brought is kept. */
  readonly baseRef?: OtherImage | undefined;
  /** What this many first layers brought is kept. */
  readonly baseLayers?: number | undefined;
}

/** Sets the times of configs and their history. */
export function setConfigTime(options: TimeOptions): Step {
  return async (work) => {
    for (const node of manifestsOf(work.root)) {
      if (node.config === undefined) continue;
      const image = node as ImageNode;
      const time = timeFor(image, options);
      if (time === undefined) continue;
      const { json } = image.config;
      json.created = newText(json.created, time, options.after);
      const history = historyOf(image.config);
      for (const step of history.slice(await keptSteps(work, image, options))) {
        Object.assign(step, { created: newText(step.created, time, options.after) });
      }
    }
  };
}

/** Sets the times of the entries of layers. */
export function setLayerTime(options: TimeOptions): Step {
  return async (work) => {
    await addEdits(work, options, (time) => ({
      key: `time ${time.text} ${options.after?.text ?? ""}`,
      edit: (entry) => retimed(entry, time, options.after),
    }));
  };
}

/** Sets the times of the entries of an archive that lies in layers under this path. It may be compressed. */
export function setFileTarTime(path: string, options: TimeOptions): Step {
  const wanted = cleanEntryPath(path);
  return async (work) => {
    await addEdits(work, options, (time) => {
      const edit = (inner: TarEntry) => retimed(inner, time, options.after);
      return {
        key: `tar time ${wanted} ${time.text} ${options.after?.text ?? ""}`,
        edit: async (entry, scratch) =>
          entry.header.type === TAR_TYPE.file && cleanEntryPath(entry.header.name) === wanted
            ? await changeInnerTar(entry, edit, scratch)
            : entry,
      };
    });
  };
}

/** The entry with its times set. Times that it does not have are not added. */
function retimed(entry: TarEntry, time: Moment, after: Moment | undefined): TarEntry {
  const { header } = entry;
  if (header.type === TAR_TYPE.paxGlobal) return entry;
  const changes: { -readonly [K in "mtime" | "atime" | "ctime"]?: TarHeader[K] } = {};
  for (const field of ["mtime", "atime", "ctime"] as const) {
    const old = header[field];
    if (old !== undefined && isToChange(old, time, after)) changes[field] = time;
  }
  return Object.keys(changes).length === 0 ? entry : { ...entry, header: { ...header, ...changes } };
}

function isToChange(old: TarTime, time: Moment, after: Moment | undefined): boolean {
  return (after === undefined || compareTimes(old, after) > 0) && compareTimes(old, time) !== 0;
}

function newText(old: unknown, time: Moment, after: Moment | undefined): unknown {
  const known = typeof old === "string" ? parseMoment(old) : undefined;
  return known !== undefined && isToChange(known, time, after) ? time.text : old;
}

/** The time for an image: the one that is given, or its label's. Attestations have no labels. */
function timeFor(node: ManifestNode, { set, fromLabel }: TimeOptions): Moment | undefined {
  if (fromLabel === undefined) return set;
  if (node.config === undefined || isAttestation(node as ImageNode)) return undefined;
  const platform = formatPlatform(platformOf(node as ImageNode));
  const text = labelsOf(node)[fromLabel];
  if (text === undefined) {
    throw new FerryError("NOT_FOUND", `Label "${fromLabel}" is not set on the image for ${platform}`, {
      hint: "see its labels with image inspect, or give the time with set=",
    });
  }
  const time = parseMoment(text);
  if (time !== undefined) return time;
  throw new FerryError("FLAG_INVALID", `Label "${fromLabel}" on the image for ${platform} is no time: "${text}"`, {
    hint: "a time is written as 2024-01-02T03:04:05Z",
  });
}

async function keptSteps(work: Work, image: ImageNode, options: TimeOptions): Promise<number> {
  const { baseLayers = 0, baseRef } = options;
  const base = await baseFor(work, image, baseRef);
  return Math.max(
    baseLayers > 0 ? stepsOfLayers(historyOf(image.config), baseLayers) : 0,
    base === undefined ? 0 : sharedSteps(image, base),
  );
}

async function addEdits(work: Work, options: TimeOptions, make: (time: Moment) => EntryEdit): Promise<void> {
  const { baseLayers = 0, baseRef } = options;
  for (const node of manifestsOf(work.root)) {
    const time = timeFor(node, options);
    if (time === undefined) continue;
    const base = node.config === undefined ? undefined : await baseFor(work, node as ImageNode, baseRef);
    const kept = new Set(base?.layers.map(({ original }) => original?.digest));
    for (const [at, layer] of layersOf(node).entries()) {
      if (at >= baseLayers && !kept.has(layer.original?.digest ?? "")) layer.edits.push(make(time));
    }
  }
}

async function baseFor(work: Work, image: ImageNode, baseRef: OtherImage | undefined): Promise<ImageNode | undefined> {
  if (baseRef === undefined || isAttestation(image)) return undefined;
  const base = await baseRef.imageFor(work, image);
  if (base !== undefined) return base;
  throw new FerryError(
    "PLATFORM_UNKNOWN",
    `Base image has nothing for platform "${formatPlatform(platformOf(image))}"`,
  );
}
