/** The real process: its name, pipes and signals. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { writeLayout } from "./layout_fixture.ts";
import { inFolder } from "../support/folder.ts";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));
const POSIX = Deno.build.os !== "windows";

function ferry(args: readonly string[], dir: string, pipes: Partial<Deno.CommandOptions> = {}): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", MAIN, ...args],
    env: { FERRY_CONFIG: `${dir}/config.json`, DOCKER_CONFIG: dir, RUST_BACKTRACE: "0" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...pipes,
  }).spawn();
}

Deno.test({
  name: "the program runs, fails with its exit code, and ends quietly when its reader goes away",
  ignore: !POSIX,
  fn: () =>
    inFolder(async (dir) => {
      const { layers } = await writeLayout(`${dir}/app`);
      const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      const wrong = await ferry(["tag", "lst"], dir).output();
      assert.equal(wrong.code, 2);
      assert.equal(text(wrong.stderr), 'error: Unknown command "tag lst"\nhint: did you mean "tag ls"?\n');
      const cut = ferry(["blob", "get", `ocidir://${dir}/app`, layers[1]!.digest], dir);
      const reader = cut.stdout.getReader();
      assert.ok((await reader.read()).value!.byteLength > 0);
      await reader.cancel();
      const [{ code }, stderr] = await Promise.all([cut.status, new Response(cut.stderr).text()]);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    }),
});

Deno.test({
  name: "SIGINT and SIGTERM end the program with 130 and 143, with one line",
  ignore: !POSIX,
  fn: () =>
    inFolder(async (dir) => {
      for (const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
        // A server that never answers keeps the command at work; its first connection says that signals are heard.
        const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
        const host = `127.0.0.1:${(listener.addr as Deno.NetAddr).port}`;
        const child = ferry(["--host", `reg=${host},tls=disabled`, "tag", "ls", `${host}/a`], dir);
        const ended = child.output();
        const connection = await Promise.race([listener.accept(), ended.then(() => undefined)]);
        if (connection !== undefined) child.kill(signal);
        const { code, stderr } = await ended;
        connection?.close();
        listener.close();
        assert.equal(code, expected);
        assert.match(new TextDecoder().decode(stderr), new RegExp(`^error: Stopped by ${signal}: [^\\n]*\\n$`));
      }
    }),
});

const FULL = "/dev/full";

Deno.test({
  name: "output that cannot be written is a failure that says why",
  ignore: !(await Deno.stat(FULL).then(() => true, () => false)),
  fn: () =>
    inFolder(async (dir) => {
      await writeLayout(`${dir}/app`);
      const shell = new Deno.Command("sh", {
        args: [
          "-c",
          `exec "$@" > ${FULL}`,
          "sh",
          Deno.execPath(),
          "run",
          "-A",
          "--quiet",
          "--no-check",
          MAIN,
          "tag",
          "ls",
          `ocidir://${dir}/app`,
        ],
        env: { FERRY_CONFIG: `${dir}/config.json`, DOCKER_CONFIG: dir, RUST_BACKTRACE: "0" },
        stdin: "null",
      });
      const { code, stderr } = await shell.output();
      assert.equal(code, 1);
      assert.match(new TextDecoder().decode(stderr), /^error: Output could not be written: .*space.*\nhint: .+\n$/);
    }),
});
