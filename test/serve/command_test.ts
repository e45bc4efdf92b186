/** The command lines of `serve`. */
import assert from "node:assert/strict";
import { digestOf } from "../../src/oci/digest.ts";
import { failure, output, run } from "../cli/harness.ts";
import { runCli } from "../../src/cli/run.ts";
import { plugins } from "../../plugins/mod.ts";
import { builtInServices } from "../../src/cli/services.ts";
import { systemClock } from "../../src/cli/process.ts";
import type { StopSignal } from "../../src/cli/signals.ts";
import { addMulti } from "../support/sample.ts";
import { checkLayout, Content, writeLayout } from "../support/content.ts";
import { bytesOf } from "./harness.ts";

/** Starts `serve` inside the test and gives its first line; `stop` sends SIGTERM and gives the exit code. */
async function serve(...args: string[]) {
  const line = Promise.withResolvers<string>();
  const errors: string[] = [];
  let send: (signal: StopSignal) => void = () => {};
  const stream = (take: (text: string) => void) => ({
    isTerminal: false,
    write: (bytes: Uint8Array) => Promise.resolve(take(new TextDecoder().decode(bytes))),
    writeSync: (bytes: Uint8Array) => take(new TextDecoder().decode(bytes)),
  });
  const code = runCli({
    plugins,
    services: builtInServices(),
    args: ["serve", "--port", "0", ...args],
    argv0: "ferry",
    env: () => undefined,
    stdout: stream(line.resolve),
    stderr: stream((text) => errors.push(text)),
    terminal: {
      isInteractive: () => false,
      stdin: () => ReadableStream.from([]),
      read: () => Promise.resolve(null),
      setRaw: () => {},
      show: () => {},
    },
    clock: systemClock(),
    signals: (listener) => {
      send = listener;
      return () => {};
    },
    exitNow: () => {},
  });
  const first = await Promise.race([line.promise, code.then((ended) => `ended with ${ended}: ${errors.join("")}`)]);
  return {
    line: first.trimEnd(),
    errors,
    stop: async () => {
      send("SIGTERM");
      return await code;
    },
  };
}

async function push(url: string, name: string, text: string): Promise<string> {
  const digest = digestOf(bytesOf(text));
  const answer = await fetch(`${url}/v2/${name}/blobs/uploads/?digest=${digest}`, {
    method: "POST",
    body: bytesOf(text),
  });
  await answer.body?.cancel();
  assert.equal(answer.status, 201);
  return digest;
}

Deno.test("serve says where, what and how, logs requests, and ends in order", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const server = await serve("--dir", dir, "--delete", "-v", "info");
    const url = /at (http:\S+):/.exec(server.line)?.[1] ?? "";
    assert.equal(server.line, `Serving "${dir}" at ${url}: push and delete, without users`);
    await push(url, "a/b", "hello");
    const metrics = await (await fetch(`${url}/metrics`)).text();
    assert.match(metrics, /^ferry_requests_total\{method="POST",endpoint="uploads",status="201"\} 1$/m);
    assert.deepEqual(await (await fetch(`${url}/healthz`)).json(), { status: "ok" });
    assert.equal(await server.stop(), 0);
    assert.match(server.errors.join(""), /msg=request method=POST path="?\/v2\/a\/b\/blobs\/uploads/);
    await assert.rejects(fetch(url), TypeError);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("a request that runs ends before the server does", async () => {
  const server = await serve("--store", "mem", "--print-url");
  const body = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
  const writer = body.writable.getWriter();
  const digest = digestOf(bytesOf("12"));
  const slow = fetch(`${server.line}/v2/a/blobs/uploads/?digest=${digest}`, { method: "POST", body: body.readable });
  await writer.write(bytesOf("1"));
  while (!/ferry_uploads_open 1/.test(await (await fetch(`${server.line}/metrics`)).text()));
  const ended = server.stop();
  await writer.write(bytesOf("2"));
  await writer.close();
  const answer = await slow;
  await answer.body?.cancel();
  assert.equal(answer.status, 201);
  assert.equal(await ended, 0);
});

Deno.test("in memory over a folder: what is there is served, nothing of it changes", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const content = new Content();
    const { digest } = addMulti(content, "v1");
    await writeLayout(content, `${dir}/team/app`);
    const before = await Deno.readTextFile(`${dir}/team/app/index.json`);
    const server = await serve("--store", "mem", "--dir", dir, "--delete", "--print-url");
    assert.match(server.line, /^http:\/\/127\.0\.0\.1:\d+$/);
    const get = async (path: string, method = "GET") => {
      const answer = await fetch(server.line + path, { method });
      await answer.body?.cancel();
      return answer;
    };
    assert.equal((await get("/v2/team/app/manifests/v1")).headers.get("docker-content-digest"), digest);
    for (const blob of content.blobs.keys()) assert.equal((await get(`/v2/team/app/blobs/${blob}`)).status, 200);
    await push(server.line, "team/app", "new");
    assert.equal((await get(`/v2/team/app/manifests/${digest}`, "DELETE")).status, 202);
    assert.equal((await get("/v2/team/app/manifests/v1")).status, 404);
    assert.equal(await server.stop(), 0);
    assert.equal(await Deno.readTextFile(`${dir}/team/app/index.json`), before);
    const { blobs } = await checkLayout(`${dir}/team/app`);
    assert.equal(blobs.size, content.blobs.size + content.manifests.size);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("a copy into the same folder is seen, and stays while garbage is collected all the time", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const content = new Content();
    const { digest } = addMulti(content, "v1");
    await writeLayout(content, `${dir}/source`);
    const server = await serve("--dir", `${dir}/served`, "--gc-interval", "1ms", "--gc-untagged", "--print-url");
    for (const name of ["a", "b/c"]) {
      await output(
        "image",
        "copy",
        `ocidir://${dir}/source:v1`,
        `ocidir://${dir}/served/${name}:v1`,
        "--progress",
        "none",
      );
      const answer = await fetch(`${server.line}/v2/${name}/manifests/v1`);
      assert.equal(digestOf(new Uint8Array(await answer.arrayBuffer())), digest);
    }
    assert.equal(await server.stop(), 0);
    assert.equal((await checkLayout(`${dir}/served/b/c`)).tags.get("v1"), digest);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("serve gc says what would go, and lets it go", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const server = await serve("--dir", dir, "--print-url");
    const digest = await push(server.line, "a", "loose");
    await server.stop();
    // The harness's clock stands in 2024: files from now are in its future.
    const file = `${dir}/a/blobs/sha256/${digest.slice(7)}`;
    await Deno.utime(file, 0, 0);
    assert.equal(
      await output("serve", "gc", dir, "--dry-run"),
      "a: 0 entries, 1 blobs and 0 partial files would go, 5.000B\n1 repositories, 5.000B would go\n",
    );
    assert.equal((await Deno.stat(file)).size, 5);
    const json = JSON.parse(await output("serve", "gc", dir, "--format", "json"));
    assert.deepEqual([json.bytes, json.repositories[0].digests], [5, [digest]]);
    await assert.rejects(Deno.stat(file), Deno.errors.NotFound);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("serve hash makes a line that serve takes", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const { stdout, code } = await run(["serve", "hash", "ann", "--pass-stdin"], { stdin: "secret\n" });
    assert.equal(code, 0);
    assert.match(stdout, /^ann:\$2b\$10\$.{53}\n$/);
    await Deno.writeTextFile(`${dir}/users`, stdout);
    const server = await serve(
      "--dir",
      `${dir}/served`,
      "--htpasswd",
      `${dir}/users`,
      "--auth",
      "basic",
      "--print-url",
    );
    const status = async (password: string) => {
      const answer = await fetch(`${server.line}/v2/`, {
        headers: { authorization: `Basic ${btoa(`ann:${password}`)}` },
      });
      await answer.body?.cancel();
      return answer.status;
    };
    assert.deepEqual([await status("secret"), await status("wrong")], [200, 401]);
    assert.equal(await server.stop(), 0);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("what cannot be served is refused with a reason", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const refused = async (code: number, message: RegExp, ...args: string[]) => {
      const [exit, text] = await failure(["serve", "--port", "0", ...args]);
      assert.equal(exit, code, text);
      assert.match(text, message);
    };
    await refused(9, /everybody who reaches "0\.0\.0\.0" could write/, "--addr", "0.0.0.0", "--dir", dir);
    await refused(9, /could write/, "--addr", "::", "--dir", dir);
    await refused(2, /"--acl" needs users/, "--acl", "x", "--dir", dir);
    await refused(2, /need each other/, "--tls-cert", "x", "--dir", dir);
    await refused(1, /Could not read ".*none"/, "--htpasswd", `${dir}/none`, "--dir", dir);
    await refused(2, /"--gc-grace" must be a time, not "soon"/, "--gc-grace", "soon", "--dir", dir);
    await refused(2, /"--rate-limit" must be more than 0/, "--rate-limit", "0", "--dir", dir);
    await refused(2, /"--max-connections" must be more than 0/, "--max-connections", "0", "--dir", dir);
    await refused(2, /"--header-timeout" must be more than 0/, "--header-timeout", "0s", "--dir", dir);
    await refused(2, /"--client-ca" needs TLS/, "--client-ca", "x", "--dir", dir);
    await refused(2, /"--port" must be 0 to 65535/, "--port", "70000", "--dir", dir);
    await writeLayout(new Content(), `${dir}/layout`);
    await refused(2, /is a layout itself/, "--dir", `${dir}/layout`);
    await Deno.writeTextFile(`${dir}/file`, "");
    await refused(1, /Could not use the folder/, "--dir", `${dir}/file`);
    await Deno.writeTextFile(`${dir}/pem`, "no certificate");
    await refused(
      7,
      /Certificate and key cannot be used/,
      "--dir",
      dir,
      "--tls-cert",
      `${dir}/pem`,
      "--tls-key",
      `${dir}/pem`,
    );
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
