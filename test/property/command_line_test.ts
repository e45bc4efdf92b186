import assert from "node:assert/strict";
import fc from "fast-check";
import { plugins } from "../../plugins/mod.ts";
import type { Command, Handler, Plugin, PluginEntry } from "../../src/plugin.ts";
import { run, type RunResult } from "../cli/harness.ts";
import { writeLayout } from "../cli/layout_fixture.ts";

/** Characters that a run may print: far more than any of these commands has to say. */
const OUTPUT_MOST = 1_000_000;

/** The verbs that only read, and end by themselves. */
const READING: Readonly<Record<string, readonly string[]>> = {
  image: ["inspect", "digest", "manifest", "ratelimit"],
  manifest: ["get", "head"],
  tag: ["ls"],
  blob: ["head", "get"],
  ref: [""],
  version: [""],
  config: ["get"],
};

/** Checks what holds for any command line: a result, or an error of the table; never a surprise. */
function checkSane({ code, stderr, stdout }: RunResult, what: string): void {
  assert.ok(stdout.length < OUTPUT_MOST && stderr.length < OUTPUT_MOST, `${what}: ${stdout.length} + ${stderr.length}`);
  if (code === 0) return;
  const last = stderr.trimEnd().split("\n").at(-1)!;
  const error = JSON.parse(last);
  assert.equal(error.exit, code, what);
  assert.notEqual(error.code, "INTERNAL", `${what}: ${error.msg}`);
  assert.equal(typeof error.msg, "string", what);
}

/** The same plugins; their handlers do nothing but give their input back. */
function idle(entries: readonly PluginEntry[]): PluginEntry[] {
  const echo: Handler = (_context, input) =>
    Promise.resolve({
      text: () => `${JSON.stringify(input.flags)}\n`,
      data: () => ({ Args: input.args, Flags: input.flags }),
      rawBody: new TextEncoder().encode("{}"),
      rawHeaders: new Headers({ a: "b" }),
    });
  return entries.map((entry) => ({
    ...entry,
    load: async () => {
      const { default: plugin } = await entry.load();
      const commands = Object.entries(plugin.commands).map(([verb, command]): [string, Command] => [
        verb,
        { ...command, load: () => Promise.resolve({ default: echo }) },
      ]);
      const quiet: Plugin = { ...plugin, commands: Object.fromEntries(commands) };
      return { default: quiet };
    },
  }));
}

const loaded = await Promise.all(plugins.map(async (entry) => (await entry.load()).default));
const NOUNS = plugins.map(({ name }) => name);
const VERBS = loaded.flatMap((plugin) => Object.keys(plugin.commands)).filter((verb) => verb !== "");
const FLAGS = loaded.flatMap((plugin) => Object.values(plugin.commands))
  .flatMap(({ spec }) => Object.entries(spec.flags ?? {}))
  .flatMap(([name, flag]) => [`--${name}`, ...(flag.short === undefined ? [] : [`-${flag.short}`])]);

const value = fc.constantFrom(
  ...["alpine", "a.example/b:v1", "a/B", "ocidir://x:y", "", "-", "--", "=", "0", "-1", "99999999999999999999", "true"],
  ...[
    "json",
    "raw",
    "{{.}}",
    "{{",
    "sha256:0",
    `sha256:${"0".repeat(64)}`,
    "linux/amd64",
    "local",
    "a=b",
    "reg=x,tls=no",
  ],
  ...["\u0000", "\ud800", "é", "a b", "'", '"', "$(x)", "../..", "*", "(", "1h", "@every 1s"],
);
const word = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NOUNS) },
  { weight: 4, arbitrary: fc.constantFrom(...VERBS) },
  { weight: 4, arbitrary: fc.constantFrom(...FLAGS) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...FLAGS), value).map(([flag, text]) => `${flag}=${text}`) },
  {
    weight: 2,
    arbitrary: fc.constantFrom("--format", "--host", "-v", "-q", "--progress", "--log-format", "help", "-h"),
  },
  { weight: 4, arbitrary: value },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
);
const soup = fc.array(word, { maxLength: 9 });
const likely = fc.constantFrom(...loaded).chain((plugin) =>
  fc.constantFrom(...Object.entries(plugin.commands)).chain(([verb, { spec }]) => {
    const own = Object.keys(spec.flags ?? {}).map((name) => `--${name}`);
    const flags = own.length === 0 ? fc.constant("-q") : fc.constantFrom(...own);
    const rest = fc.array(fc.oneof(value, flags, fc.tuple(flags, value).map(([flag, text]) => `${flag}=${text}`)), {
      maxLength: 6,
    });
    return rest.map((words) => [plugin.name, ...(verb === "" ? [] : [verb]), ...words]);
  })
);

Deno.test("any words are a result, help or a plain error", async () => {
  const entries = idle(plugins);
  const seen = { done: 0, failed: 0 };
  await fc.assert(
    fc.asyncProperty(fc.oneof(soup, likely), async (words) => {
      // What completes command lines is not a command.
      fc.pre(!words.some((text) => text.startsWith("__")));
      const result = await run([...words.slice(0, 1), "--log-format=json", ...words.slice(1)], {
        options: { plugins: entries },
      });
      seen[result.code === 0 ? "done" : "failed"]++;
      if (result.stderr.startsWith("error: ")) {
        // `--` or a later flag has switched JSON off again.
        assert.ok(!result.stderr.includes("Unexpected failure"), `${JSON.stringify(words)}: ${result.stderr}`);
        assert.ok(result.code > 1, JSON.stringify(words));
      } else checkSane(result, JSON.stringify(words));
    }),
    { numRuns: 400 },
  );
  assert.ok(seen.done > 20 && seen.failed > 20, JSON.stringify(seen));
});

const template = fc.oneof(
  fc.constantFrom("json", "raw", "raw-body", "raw-headers", "ndjson", "digest", "yaml", ""),
  fc.array(
    fc.constantFrom(
      ...[
        "{{",
        "}}",
        "{{-",
        "-}}",
        "{{end}}",
        "{{else}}",
        "{{range .Manifests}}",
        "{{range .}}",
        "{{with .Config}}",
        "{{if .}}",
      ],
      ...[
        "{{.}}",
        "{{json .}}",
        "{{jsonPretty .}}",
        "{{printPretty .}}",
        "{{.Digest}}",
        "{{.GetDescriptor.Digest}}",
        "{{.Config.Labels}}",
      ],
      ...[
        "{{.Tags}}",
        "{{index . 0}}",
        '{{index .Annotations "x"}}',
        "{{len .}}",
        "{{.History}}",
        "{{.Created.Unix}}",
        "{{range 1000000}}",
      ],
      ...[
        '{{printf "%999999999d" 1}}',
        '{{define "a"}}',
        '{{template "a" .}}',
        "{{$x := .}}",
        "{{$x}}",
        " text ",
        "\n",
        "\ud800",
        "{{/*",
      ],
    ),
    { minLength: 1, maxLength: 6 },
  ).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 30 }).map((text) => `{{${text}}}`),
);

Deno.test("any format over real results is text or a plain error", async () => {
  const dir = await Deno.makeTempDir({ prefix: "ferry-lines-" });
  try {
    const { config, images } = await writeLayout(`${dir}/app`);
    const app = `ocidir://${dir}/app`;
    const commands = Object.entries(READING).flatMap(([noun, verbs]) => verbs.map((verb) => [noun, verb]));
    const subject = fc.constantFrom(
      ...[
        `${app}:v1`,
        `${app}:amd`,
        `${app}:sbom`,
        `${app}:nope`,
        app,
        `${app}@${images.amd64.digest}`,
        `ocidir://${dir}/no`,
      ],
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...commands), subject, template, async ([noun, verb], name, format) => {
        const args = noun === "blob" ? [name, config.digest] : noun === "version" || noun === "config" ? [] : [name];
        const words = [noun!, verb!, ...args].filter((text) => text !== "");
        const result = await run([...words, "--log-format=json", `--format=${format}`], { env: { HOME: dir } });
        checkSane(result, JSON.stringify([...words, format]));
      }),
      { numRuns: 250 },
    );
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
