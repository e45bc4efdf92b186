/**
 * What `--format` asks for: JSON, the raw form, or a Go template.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import type { CommandResult } from "../plugin.ts";
import { headersText } from "./headers_text.ts";
import { type OutputStream, writeBody } from "./streams.ts";

/** A format that was understood. */
export interface Format {
  /** Writes a result in this format. */
  write(result: CommandResult, output: OutputStream): Promise<void>;
}

type Writer = (result: CommandResult, output: OutputStream) => Promise<void>;

const RAW: Writer = async (result, output) => {
  await HEADERS(result, output);
  await output.write(encode("\n"));
  await BODY(result, output);
};

const BODY: Writer = async (result, output) => {
  const body = result.rawBody ?? result.body;
  if (body === undefined) throw notFor("raw-body");
  await writeBody(output, body);
};

const HEADERS: Writer = async (result, output) => {
  if (result.rawHeaders === undefined) throw notFor("raw-headers");
  await output.write(encode(headersText(result.rawHeaders)));
};

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
export async function compileFormat(format: string, env: (name: string) => string | undefined): Promise<Format> {
  const word = Object.hasOwn(WORDS, format) ? WORDS[format] : undefined;
  if (word !== undefined) return { write: word };
  const { compileTemplate } = await import("./template/template.ts");
  const template = compileTemplate(Object.hasOwn(TEMPLATES, format) ? TEMPLATES[format]! : format, { env });
  return {
    async write(result, output) {
      if (result.body instanceof ReadableStream) await result.body.cancel();
      if (result.data !== undefined) await output.write(encode(template.render(await result.data())));
    },
  };
}

function notFor(format: string): FerryError {
  return new FerryError("FLAG_INVALID", `Flag "--format" cannot be "${format}" here: the result has no such form`, {
    hint: "use json or a Go template",
  });
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
