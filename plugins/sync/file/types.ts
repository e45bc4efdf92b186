/**
 * A sync file after it was read: every default merged into its steps, templates expanded, durations in milliseconds.
 *
 * @module
 */
import type { FileProblem, RegistryEntry, TagRules } from "../../../src/mod.ts";
import type { SyncDocument } from "./form.ts";

/** A sync file. */
export interface SyncFile {
  /** Its path, `-` for standard input. */
  readonly path: string;
  /** Version of the file's form. */
  readonly version: 1;
  /** `creds`: settings and credentials of registries, for `Context.withRegistries`. Hold secrets. */
  readonly creds: readonly RegistryEntry[];
  /** What holds for the run as a whole. */
  readonly run: RunSettings;
  /** `sync`: what to do, in the file's order. */
  readonly steps: readonly SyncStep[];
  /** What is odd about the file and does not stop the run. */
  readonly warnings: readonly FileProblem[];
  /** The file as it would be written without templates and defaults, for `formatSyncFile`. Its creds are as written. */
  readonly document: SyncDocument;
}

/** The part of `defaults` that holds for the run and not for single steps. */
export interface RunSettings {
  /** Copies at a time over all steps; undefined where the file does not say. */
  readonly parallel?: number;
  /** Lookups (lists, heads) at a time; undefined where the file does not say. */
  readonly lookups?: number;
  /** Bytes above which uploads are chunked. */
  readonly blobLimit?: number;
  /** Manifests, and lists of referrers, that may be kept in memory. */
  readonly cacheCount?: number;
  /** Milliseconds that manifests and lists may be kept in memory. */
  readonly cacheTime?: number;
  /** Docker's and podman's credentials do not count; false unless given. */
  readonly skipDockerConfig: boolean;
  /** User agent of requests. */
  readonly userAgent?: string;
  /** File that a run's report goes to. */
  readonly report?: string;
  /** File that a run remembers what it saw in; safe to lose. */
  readonly state?: string;
}

/** What a step copies: a registry's repositories, a repository's tags, or one image. */
export type SyncType = "registry" | "repository" | "image";

/** One step. References are texts: what they mean depends on the type. */
export interface SyncStep {
  /** `name`, else the source; for `--only`, logs and reports. Names that were given are unique. */
  readonly name: string;
  /** Place of the step in the list, from 0. */
  readonly index: number;
  /** Where the step begins in the file, from 1. */
  readonly line: number;
  /** Registry, repository or image to read. */
  readonly source: string;
  /** Where it goes; at least one, no two the same. */
  readonly targets: readonly SyncTarget[];
  /** What it copies. */
  readonly type: SyncType;
  /** `tags` and `tagSets`: a tag that one of them chooses is copied. Empty: every tag. */
  readonly tagSets: readonly TagRules[];
  /** `repos`: repositories of a registry to copy. */
  readonly repos: NameRules;
  /** New names at the target. */
  readonly rename: Rename;
  /** Copy the manifest of this platform alone. */
  readonly platform?: string;
  /** Copy the content of these platforms only. Empty: of all. */
  readonly platforms: readonly string[];
  /** With `platforms`: the index stays whole although some content is missing, as regsync has it (true unless given). */
  readonly sparse: boolean;
  /** Media types of manifests to copy; others are passed over. */
  readonly mediaTypes: readonly string[];
  /** Equal digests end the work on an image, whatever else is asked for. */
  readonly fastCheck: boolean;
  /** Walk through all content of an image although it is the same already. */
  readonly forceRecursive: boolean;
  /** Copy `sha256-...` tags along. */
  readonly digestTags: boolean;
  /** Copy referrers along. */
  readonly referrers: boolean;
  /** Only referrers that one of these fits. Empty: all. */
  readonly referrerFilters: readonly ReferrerFilter[];
  /** Repository to find referrers in, instead of the source. */
  readonly referrerSource?: string;
  /** Search layouts for referrers that no list names, which is done anyway: kept for who reads the file. */
  readonly referrerSlow: boolean;
  /** Copy layers that have urls as well. */
  readonly includeExternal: boolean;
  /** Template of the reference or tag that an image is copied to before it is replaced; see `backupReference`. */
  readonly backup?: string;
  /** Milliseconds between two runs of the server. Not there when `schedule` is. */
  readonly interval?: number;
  /** Cron expression of the server's runs; checked. */
  readonly schedule?: string;
  /** When to wait for a registry's rate limit. */
  readonly ratelimit?: RateLimitRule;
  /** Programs to run around an image. */
  readonly hooks: Hooks;
  /** Delete tags at the target that the source does not have. */
  readonly prune: PruneRule;
  /** What happens to an image whose copy failed. */
  readonly retries: RetryRule;
}

/** One target of a step. */
export interface SyncTarget {
  /** Registry, repository or image to write. */
  readonly target: string;
  /** Repository that referrers go to, instead of the target. */
  readonly referrerTarget?: string;
}

/** Expressions over names: each matches the whole name, in RE2's syntax. */
export interface NameRules {
  /** A name must match one of these, where there are any. */
  readonly allow: readonly string[];
  /** A name must match none of these. */
  readonly deny: readonly string[];
}

/** New names at the target; see `createRenamer`. */
export interface Rename {
  /** Rules for tags; not there: they stay. */
  readonly tag?: NameRewrite;
  /** Rules for repositories, for steps of type `registry`; not there: they stay. */
  readonly repository?: NameRewrite;
}

/** A template over `.Registry`, `.Repository`, `.Tag` and `.Sync`, or rules of which the first that matches is used. */
export type NameRewrite = string | readonly RewriteRule[];

/** One rule of a rewrite. */
export interface RewriteRule {
  /** Expression that must match the whole name. */
  readonly match: string;
  /** The new name; `$1` or `${name}` stand for what a group matched. */
  readonly replace: string;
}

/** Chooses referrers. */
export interface ReferrerFilter {
  /** Artifact type that it must have; undefined: any. */
  readonly artifactType?: string;
  /** Annotations that it must have; an empty value: any value. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** When to wait for a registry's rate limit. */
export interface RateLimitRule {
  /** Pulls that must be left. */
  readonly min: number;
  /** Milliseconds until the next look; 5 minutes where the file does not say. */
  readonly retry: number;
}

/** Programs to run around an image. */
export interface Hooks {
  /** Before a copy; when it fails the image is not copied. */
  readonly pre?: Hook;
  /** After a copy. */
  readonly post?: Hook;
  /** When there was nothing to copy. */
  readonly unchanged?: Hook;
}

/** One program to run. */
export interface Hook {
  /** How it is run. */
  readonly type: "exec";
  /** The program and its arguments; at least one. No shell is involved. */
  readonly params: readonly string[];
  /** Milliseconds that it may take; undefined: no limit. */
  readonly timeout?: number;
}

/** Deletion of tags at the target that the source does not have (any more). */
export interface PruneRule {
  /** False unless given. */
  readonly enabled: boolean;
  /** Only tags that match one of these may go. Empty: any tag. */
  readonly match: readonly string[];
  /** Tags that match one of these stay. */
  readonly keep: readonly string[];
  /** Most deletions for each repository and run; more, and none is deleted. Undefined where the file does not say. */
  readonly max?: number;
}

/** What happens to an image whose copy failed. */
export interface RetryRule {
  /** Further tries; undefined where the file does not say. */
  readonly count?: number;
  /** Milliseconds before the first of them, doubled each time; undefined where the file does not say. */
  readonly delay?: number;
}
