/**
 * Checks single values: texts, numbers, booleans, durations. What Go's yaml takes is taken.
 *
 * @module
 */
import { nearest } from "../cli/nearest.ts";
import { parseDuration } from "../config/duration.ts";
import type { DurationShape, FlagShape, NumberShape, TextShape } from "./shape.ts";
import type { YamlScalar } from "./tree.ts";

/** A value, or what is wrong with it. */
export interface CheckedScalar {
  /** The value; undefined where it is not valid. */
  readonly value?: string | number | boolean;
  /** What is wrong. */
  readonly message?: string;
  /** How to fix it. */
  readonly hint?: string;
}

/** Checks a single value. */
export function checkScalar(
  node: YamlScalar,
  shape: TextShape | NumberShape | FlagShape | DurationShape,
): CheckedScalar {
  switch (shape.kind) {
    case "text":
      return checkText(node.text, shape);
    case "number":
      return checkNumber(node, shape);
    case "flag":
      return checkFlag(node);
    case "duration":
      return checkDuration(node, shape);
  }
}

function checkText(text: string, { anyCase, choices, filled, secret }: TextShape): CheckedScalar {
  if (filled === true && text.trim() === "") return { message: "This must not be empty" };
  if (choices === undefined) return { value: text };
  const choice = choices.find((one) => one === text || (anyCase === true && one === text.toLowerCase()));
  if (choice !== undefined) return { value: choice };
  const words = choices.filter((one) => one !== "");
  const near = nearest(text, words);
  return {
    message: `This must be one of ${words.join(", ")}${secret === true ? "" : `, not "${text}"`}`,
    ...(near === undefined ? {} : { hint: `did you mean "${near}"?` }),
  };
}

function checkNumber({ text, value }: YamlScalar, { min, whole }: NumberShape): CheckedScalar {
  const number = typeof value === "string" && /^[+-]?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value;
  const wanted = whole === true ? "a whole number" : "a number";
  const from = min === undefined ? "" : ` from ${min}`;
  if (
    typeof number !== "number" || !Number.isFinite(number) || (whole === true && !Number.isSafeInteger(number)) ||
    (min !== undefined && number < min)
  ) {
    return { message: `This must be ${wanted}${from}, not "${text}"` };
  }
  return { value: number };
}

/** Words that yaml 1.1 takes for booleans, and people write. */
const WORDS: Readonly<Record<string, boolean>> = { yes: true, on: true, no: false, off: false };

function checkFlag({ text, value }: YamlScalar): CheckedScalar {
  if (typeof value === "boolean") return { value };
  if (typeof value === "string") {
    const word = value.toLowerCase();
    if (word === "true" || word === "false") return { value: word === "true" };
    const known = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
    if (known !== undefined) return { message: `This must be true or false, not "${text}"`, hint: `write ${known}` };
  }
  return { message: `This must be true or false, not "${text}"` };
}

const DAYS: Readonly<Record<string, number>> = { d: 86_400_000, w: 7 * 86_400_000 };

function checkDuration({ text, value }: YamlScalar, { days, min, nanoseconds }: DurationShape): CheckedScalar {
  if (value === 0 || (nanoseconds === true && typeof value === "number" && value > 0)) return { value: value / 1e6 };
  const example = days === true ? '"90d" or "36h"' : '"90s" or "1h30m"';
  if (typeof value === "number") {
    return {
      message: `This must be a duration, not "${text}"`,
      hint: `add a unit: "${text}s", "${text}m" or "${text}h"`,
    };
  }
  const milliseconds = days === true ? parseDays(text) : parseDuration(text);
  if (milliseconds === undefined) {
    const day = /^\d+d$/.test(text) ? `write ${Number(text.slice(0, -1)) * 24}h` : `use for example ${example}`;
    return { message: `This must be a duration, not "${text}"`, hint: day };
  }
  if (min !== undefined && milliseconds < min) return { message: `Duration "${text}" is too short` };
  return { value: milliseconds };
}

/** A duration that may begin with weeks and days: `2w`, `1d12h`. */
function parseDays(text: string): number | undefined {
  const [, weeks, days, rest = ""] = /^(?:(\d{1,4})w)?(?:(\d{1,5})d)?(.*)$/s.exec(text) ?? [];
  const whole = Number(weeks ?? 0) * DAYS["w"]! + Number(days ?? 0) * DAYS["d"]!;
  if (rest === "") return weeks === undefined && days === undefined ? undefined : whole;
  const part = parseDuration(rest);
  return part === undefined || part < 0 ? undefined : whole + part;
}
