/**
 * Failures on stderr: `error: ...`, then `hint: ...`; one JSON object where logs are JSON.
 *
 * @module
 */
import { ERROR_TABLE, FerryError, waitText } from "../errors.ts";
import { jsonLine, LOG_LEVELS } from "../output/log.ts";

/** How failures are shown. */
export interface FailureStyle {
  /** One JSON object instead of lines. */
  readonly json: boolean;
  /** Least level that is logged: at debug and below details are shown, at trace the stack of unexpected failures. */
  readonly level: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Name that the program was called by; hints name their commands by it. */
  readonly program?: string;
}

/** Any thrown value as a {@linkcode FerryError}; what nobody threw on purpose is INTERNAL. */
export function toFerryError(error: unknown): FerryError {
  if (error instanceof FerryError) return error;
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new FerryError("INTERNAL", `${ERROR_TABLE.INTERNAL.title}: ${words}`, {
    hint: "run the command again with -v trace and report what it prints",
    cause: error,
  });
}

/** Lines for stderr, each without its end. */
export function failureLines(error: FerryError, style: FailureStyle): string[] {
  const details = style.level <= LOG_LEVELS.DEBUG;
  const hint = hintOf(error, style);
  const stack = style.level <= LOG_LEVELS.TRACE && error.code === "INTERNAL" ? stackOf(error) : undefined;
  if (style.json) {
    const { code, detail, status, retryAfter, target, excerpt } = error;
    return [jsonLine(style.now, LOG_LEVELS.ERROR, error.message, {
      code,
      exit: error.exit,
      hint,
      detail,
      status,
      retryAfter,
      target,
      excerpt,
      stack,
    })];
  }
  const lines = [`error: ${error.message}`];
  if (error.excerpt !== undefined) lines.push(...error.excerpt.split("\n").map((line) => `  ${line}`));
  if (hint !== undefined) lines.push(`hint: ${hint}`);
  if (details && error.detail !== undefined) lines.push(`detail: ${error.detail}`);
  if (details) lines.push(...causes(error).map((cause) => `cause: ${cause}`));
  if (stack !== undefined) lines.push(stack);
  return lines.map(visible);
}

/** Messages quote what others wrote, which must not steer a terminal. */
function visible(text: string): string {
  // deno-lint-ignore no-control-regex -- just those are looked for
  const steering = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
  return text.replace(steering, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

function hintOf({ hint, retryAfter }: FerryError, { program }: FailureStyle): string | undefined {
  if (hint === undefined) return retryAfter === undefined ? undefined : `try again in ${waitText(retryAfter)}`;
  return program === "regctl" ? hint.replace(/(?<![\w/])ferry (?=[a-z])/g, `${program} `) : hint;
}

function causes(error: Error): string[] {
  const words: string[] = [];
  for (let cause = error.cause; cause instanceof Error && words.length < 8; cause = cause.cause) {
    words.push(`${cause.name}: ${cause.message}`);
  }
  return words;
}

function stackOf(error: FerryError): string | undefined {
  return error.cause instanceof Error ? error.cause.stack : error.stack;
}
