/** `bot server` reads a changed file anew, also on SIGHUP; where it is wrong, the one before stays. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { StopSignal } from "../../src/cli/signals.ts";
import { run } from "../cli/harness.ts";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));
const UNCHANGED = "File cannot be used, the one before stays";
const ANEW = "File was read anew";

/** A file with one script that runs once a day. */
function fileOf(name: string): string {
  return `scripts: [{name: ${name}, interval: 24h, script: 'print("${name}")'}]\n`;
}

const WRONG = "scripts: [{name: wrong, interval: soon, script: 1}]\n";

async function withFile(test: (path: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "ferry-bot-" });
  try {
    await Deno.writeTextFile(`${dir}/bot.yml`, fileOf("first"));
    await test(`${dir}/bot.yml`);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Lines that come one by one. */
class Lines {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Waits for a text and gives what stood before it. */
  async until(text: string): Promise<string> {
    while (!this.#text.includes(text)) {
      const { done, value } = await this.#reader.read();
      if (done) throw new Error(`It ended without "${text}":\n${this.#text}`);
      this.#text += value;
    }
    const end = this.#text.indexOf("\n", this.#text.indexOf(text)) + 1 || this.#text.length;
    const before = this.#text.slice(0, end);
    this.#text = this.#text.slice(end);
    return before;
  }

  /** Reads what is left. */
  async rest(): Promise<string> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) return this.#text;
      this.#text += value;
    }
  }
}

Deno.test("a changed file is read anew, a wrong one is told of and changes nothing", async () => {
  await withFile(async (path) => {
    const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
    const writer = writable.getWriter();
    const lines = new Lines(readable);
    let send: (signal: StopSignal) => void = () => {};
    let looking = Promise.withResolvers<() => void>();
    const end = run(["bot", "server", "-c", path, "-v", "debug"], {
      onStart: (sender) => send = sender,
      options: {
        stderr: {
          isTerminal: false,
          write: async (bytes: Uint8Array) => await writer.write(new Uint8Array(bytes)),
          writeSync: (bytes: Uint8Array) => void writer.write(new Uint8Array(bytes)),
        },
        clock: {
          now: () => Date.UTC(2024, 0, 1),
          // Looks at the file are shorter than waits for the schedule, which here never end.
          sleep: (milliseconds, signal) =>
            new Promise((resolve, reject) => {
              signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
              if (milliseconds < 60_000) looking.resolve(resolve);
            }),
        },
      },
    });
    assert.match(await lines.until("Scheduled task"), /name=first/);
    const change = async (text: string) => {
      const look = await looking.promise;
      looking = Promise.withResolvers();
      await Deno.writeTextFile(path, text);
      look();
    };
    await change(fileOf("second"));
    assert.match(await lines.until(ANEW), /name=second/);
    await change(WRONG);
    assert.match(await lines.until(UNCHANGED), /scripts\[0\]\.interval|interval/);
    await change(fileOf("third"));
    const between = await lines.until(ANEW);
    assert.match(between, /name=third/);
    assert.doesNotMatch(between, /wrong/);
    send("SIGTERM");
    assert.equal((await end).code, 0);
    await writer.close();
    await lines.rest();
  });
});

Deno.test({
  name: "SIGHUP has the file read at once",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await withFile(async (path) => {
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-lock", MAIN, "bot", "server", "-c", path, "-v", "debug"],
        stdin: "null",
        stdout: "null",
        stderr: "piped",
      }).spawn();
      try {
        const lines = new Lines(child.stderr);
        await lines.until("name=first");
        await Deno.writeTextFile(path, WRONG);
        child.kill("SIGHUP");
        await lines.until(UNCHANGED);
        await Deno.writeTextFile(path, fileOf("second"));
        child.kill("SIGHUP");
        assert.match(await lines.until(ANEW), /name=second/);
        child.kill("SIGTERM");
        await lines.rest();
        assert.equal((await child.status).code, 0);
      } finally {
        try {
          child.kill("SIGKILL");
        } catch {
          // It has ended by itself.
        }
        await child.status;
      }
    });
  },
});
