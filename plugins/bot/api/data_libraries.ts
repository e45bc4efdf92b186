/**
 * Libraries that ask no registry: `semver`, `time`, `json`, `env`.
 *
 * @module
 */
import {
  type FilterModule,
  isFerryError,
  loadFilter,
  type LuaCall,
  LuaError,
  type LuaLibrary,
  LuaObject,
  type LuaRead,
  LuaTable,
  type LuaValue,
} from "../../../src/mod.ts";
import { goTime, parseTime } from "../shapes/time.ts";
import type { Session } from "./session.ts";

/** JSON inside JSON is followed this deep. */
const MAX_DEPTH = 100;

/** `semver`: versions in tags. What it works with is loaded with the first call. */
export function semverLibrary(): LuaLibrary {
  const version = (call: LuaCall, at: number, text: string, { parseVersion }: FilterModule) =>
    parseVersion(text) ?? call.bad(at, `"${text}" is no version`);
  return {
    /** `semver.sort(tags [, descending])`: a new list of those that are versions. */
    sort: async (call) => {
      const texts = call.table(1).list().filter((item) => typeof item === "string");
      const descending = call.truth(2);
      const { compareVersions, parseVersion } = await loadFilter();
      const versions = texts.map(parseVersion).filter((one) => one !== undefined).sort(compareVersions);
      if (descending) versions.reverse();
      return versions.map(({ text }) => text);
    },
    /** `semver.match(version, range)`. */
    match: async (call) => {
      const [text, range] = [call.text(1), call.text(2)];
      const { createRange, parseVersion } = await loadFilter();
      const one = parseVersion(text);
      try {
        return one !== undefined && createRange(range).contains(one);
      } catch (error) {
        throw isFerryError(error) ? new LuaError(error.message, { cause: error }) : error;
      }
    },
    /** `semver.compare(a, b)`: -1, 0 or 1. */
    compare: async (call) => {
      const [a, b] = [call.text(1), call.text(2)];
      const filter = await loadFilter();
      return Math.sign(filter.compareVersions(version(call, 1, a, filter), version(call, 2, b, filter)));
    },
    /** `semver.parse(version)`: its numbers and what is behind them, or nil. */
    parse: async (call) => {
      const text = call.text(1);
      const one = (await loadFilter()).parseVersion(text);
      if (one === undefined) return null;
      const [major = 0n, minor = 0n, patch = 0n] = one.numbers;
      return { major, minor, patch, pre: one.pre, numbers: one.numbers };
    },
  };
}

/** `time`: seconds since 1970 of times as texts. */
export function timeLibrary(session: Session): LuaLibrary {
  return {
    parse: (call) => call.type(1) === "nil" ? null : parseTime(call.text(1)) ?? null,
    now: () => session.context.clock.now() / 1000,
    format: (call) => goTime(new Date(call.number(1) * 1000).toISOString()) ?? null,
  };
}

/** `json`. */
export function jsonLibrary(): LuaLibrary {
  return {
    encode: (call) => {
      const spaces = call.count >= 2 && call.truth(2) ? 2 : 0;
      return JSON.stringify(toJson(call.value(1)), undefined, spaces);
    },
    decode: (call) => {
      try {
        return fromJson(JSON.parse(call.text(1)), 0);
      } catch (error) {
        if (error instanceof SyntaxError) throw new LuaError(`Failed decoding JSON: ${error.message}`);
        throw error;
      }
    },
  };
}

/** `env`: variables that the file allows. */
export function envLibrary(session: Session): LuaLibrary {
  return { get: (call) => session.variable(call.text(1)) ?? null };
}

/** Tables with items from 1 on are lists, all others objects; an empty one is an object. */
function toJson(value: LuaRead): unknown {
  if (value === undefined) return null;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (value instanceof LuaObject) throw new LuaError(`Failed encoding JSON: a ${value.kind.name} is no data`);
  if (!(value instanceof LuaTable)) return value;
  const list = value.list();
  if (list.length > 0 && list.length === value.entries.size) return list.map(toJson);
  return Object.fromEntries([...value.entries].map(([key, inner]) => [String(key), toJson(inner)]));
}

function fromJson(value: unknown, depth: number): LuaValue {
  if (depth > MAX_DEPTH) throw new LuaError("Failed decoding JSON: it is nested too deep");
  if (Array.isArray(value)) return value.map((item) => fromJson(item, depth + 1));
  if (typeof value !== "object" || value === null) return value as LuaValue;
  return new Map(Object.entries(value).map(([key, inner]) => [key, fromJson(inner, depth + 1)]));
}
