/**
 * What all parts of a pass share, and what they work on.
 *
 * @module
 */
import type {
  Context,
  CopyRun,
  Descriptor,
  NameFilter,
  Platform,
  Reference,
  TagSelector,
  Transport,
} from "../../../src/mod.ts";
import type { Renamer } from "../file/mod.ts";
import type { SyncStep } from "../file/types.ts";
import type { Blame } from "./blame.ts";
import type { Breaker } from "./breaker.ts";
import type { Pulls } from "./pulls.ts";
import type { Row } from "./row.ts";
import type { Shard } from "./shard.ts";
import type { NamedSlots, Slots } from "./slots.ts";
import type { SyncState } from "./state.ts";

/** What a pass does: bring all that differs, bring what is missing and leave the rest as it is, or only say what it would do. */
export type Mode = "copy" | "missing" | "check";

/** What all parts of a pass share. */
export interface Work {
  /** Registries, log, time. */
  readonly context: Context;
  /** What the pass does. */
  readonly mode: Mode;
  /** Stops everything. */
  readonly signal: AbortSignal;
  /** Nothing new is begun once this is aborted; what has begun goes on. */
  readonly stopping: AbortSignal;
  /** Copies at a time. */
  readonly copies: Slots;
  /** Lookups at a time, for each registry. */
  readonly lookups: NamedSlots;
  /** Copies that a step may have ready. */
  readonly parallel: number;
  /** Lookups that a step may have under way. */
  readonly lookupsAtOnce: number;
  /** What copies share: content is asked for and moved once a pass. */
  readonly memory: CopyRun;
  /** Rate limits. */
  readonly pulls: Pulls;
  /** Registries that refuse. */
  readonly breaker: Breaker;
  /** Whose failure it was. */
  readonly blame: Blame;
  /** What targets named when they were last seen. */
  readonly state: SyncState;
  /** Takes the events of copies; undefined when nobody watches. */
  readonly onCopyEvent: Context["onCopyEvent"];
  /** Takes what became of an image. */
  readonly report: (row: Row) => void;
  /** Tells of tags that the rules leave out as well. */
  readonly explains: boolean;
  /** Some step prunes: what the steps stand for is remembered. */
  readonly prunes: boolean;
  /** The part of the work that is this process's; undefined: all of it. */
  readonly shard: Shard | undefined;
  /** False for images that are not asked for in this run. */
  readonly wants: (source: string, target: string) => boolean;
  /** Transport of a reference, which notes failures. */
  readonly transport: (reference: Reference) => Promise<Transport>;
}

/** A step with all that can be known before the first request. */
export interface PreparedStep {
  /** The step. */
  readonly step: SyncStep;
  /** Platforms to copy; none: all. */
  readonly platforms: readonly Platform[];
  /** The index stays whole although content is missing. */
  readonly sparse: boolean;
  /** Chooses tags. */
  readonly selector: TagSelector;
  /** Chooses repositories. */
  readonly repositories: NameFilter;
  /** Gives names at the target. */
  readonly renamer: Renamer;
  /** Chooses referrers; undefined: all. */
  readonly referrersFilter: ((descriptor: Descriptor) => boolean) | undefined;
  /** What decides besides the source what a copy gives, as a key. */
  readonly how: string;
  /** An image that is the same already is walked through all the same. */
  readonly walks: boolean;
}

/** Where an image goes. */
export interface Target {
  /** The image at the target. */
  readonly reference: Reference;
  /** Its text. */
  readonly text: string;
  /** Repository that referrers go to, instead of the target's. */
  readonly referrers: Reference | undefined;
  /** Target of the step, as the file has it. */
  readonly stepTarget: string;
}

/** One image of a step. */
export interface Item {
  /** Its step. */
  readonly prepared: PreparedStep;
  /** The image at the source. */
  readonly source: Reference;
  /** Its text. */
  readonly text: string;
  /** Where it goes. */
  readonly targets: readonly Target[];
  /** Why it was chosen. */
  readonly why: string;
}
