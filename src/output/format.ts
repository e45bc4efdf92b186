/**
 * What `--format` asks for: JSON, the raw form, or a Go template.
 *
 * @module
 */
import { suggestion } from "../cli/nearest.ts";
import { FerryError, isFerryError } from "../errors.ts";
import type { CommandResult } from "../plugin.ts";
import { headersText } from "./headers_text.ts";
import { type OutputStream, writeBody } from "./streams.ts";
import type { Template } from "./template/template.ts";
import type { GoFunction } from "./template/value.ts";

/** A format that was understood. */
export interface Format {
  /** Writes a result in this format. */
  write(result: CommandResult, output: OutputStream): Promise<void>;
}

type Writer = (result: CommandResult, output: OutputStream) => Promise<void>;

const RAW: Writer = async (result, output) => {
  const body = result.rawBody ?? result.body;
  if (body === undefined) throw notFor("raw");
  await writeHeaders(result, output);
  await output.write(encode("\n"));
  await writeBody(output, body);
};

const BODY: Writer = async (result, output) => {
  const body = result.rawBody ?? result.body;
  if (body === undefined) throw notFor("raw-body");
  await writeBody(output, body);
};

const HEADERS: Writer = async (result, output) => {
  if (result.body instanceof ReadableStream) await result.body.cancel();
  await writeHeaders(result, output);
};

async function writeHeaders(result: CommandResult, output: OutputStream): Promise<void> {
  if (result.rawHeaders === undefined) throw notFor("raw-headers");
  await output.write(encode(headersText(result.rawHeaders)));
}

/** Formats that are words of their own, as regctl has them. */
const WORDS: Readonly<Record<string, Writer>> = {
  raw: RAW,
  rawBody: BODY,
  "raw-body": BODY,
  body: BODY,
  rawHeaders: HEADERS,
  "raw-headers": HEADERS,
  headers: HEADERS,
};

/** Formats that stand for a template. */
const TEMPLATES: Readonly<Record<string, string>> = { json: "{{jsonPretty .}}", digest: "{{println .GetDigest}}" };

/**
 * Understands a format, before anything is asked of a registry.
 *
 * @throws {FerryError} TEMPLATE_INVALID
 */
export async function compileFormat(
  format: string,
  env: (name: string) => string | undefined,
  functions?: (template: string) => Promise<Readonly<Record<string, GoFunction>>>,
): Promise<Format> {
  const word = Object.hasOwn(WORDS, format) ? WORDS[format] : undefined;
  if (word !== undefined) return { write: word };
  if (/^[a-zA-Z][\w-]*$/.test(format) && !Object.hasOwn(TEMPLATES, format)) throw unknownWord(format);
  const { compileTemplate } = await import("./template/template.ts");
  const text = Object.hasOwn(TEMPLATES, format) ? TEMPLATES[format]! : format;
  let template: Template;
  try {
    template = compileTemplate(text, { env });
  } catch (error) {
    const others = isFerryError(error) && error.message.includes("not defined") ? await functions?.(text) : undefined;
    if (others === undefined || Object.keys(others).length === 0) throw error;
    template = compileTemplate(text, { env, functions: others });
  }
  return {
    async write(result, output) {
      if (result.body instanceof ReadableStream) await result.body.cancel();
      if (result.data !== undefined) await output.write(encode(template.render(await result.data())));
      else if (format === "json") {
        // Content that is not data must not get lost without a word.
        if (result.body !== undefined) throw notFor("json", "leave it out to get the content");
        // What is done without a word is an empty object to a program, not an empty text.
        await output.write(encode("{}\n"));
      }
    },
  };
}

/** A lone word is no template, but a format that somebody took for known. */
function unknownWord(format: string): FerryError {
  const known = ["json", "ndjson", "raw-body", "raw-headers", "raw", "body", "headers", "digest"];
  return new FerryError("FLAG_INVALID", `Flag "--format" cannot be "${format}": there is no such format`, {
    hint: suggestion(format, known, "use json, ndjson, raw-body, raw-headers, raw or a Go template"),
  });
}

function notFor(format: string, hint = "use json or a Go template"): FerryError {
  return new FerryError("FLAG_INVALID", `Flag "--format" cannot be "${format}" here: the result has no such form`, {
    hint,
  });
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
