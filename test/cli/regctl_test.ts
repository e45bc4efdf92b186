/** What regctl prints, ferry prints, to the byte. */
import assert from "node:assert/strict";
import { isInstalled, run as runProgram } from "../support/programs.ts";
import { writeLayout } from "./layout_fixture.ts";
import { run } from "./harness.ts";

const REGCTL = isInstalled("regctl");

/** Command lines whose standard output and exit code are the same, for a layout at APP. */
const SAME: readonly string[] = [
  "tag ls APP",
  "tag ls APP --include a.*",
  "tag ls APP --exclude v1 --exclude sbom",
  "tag ls APP --format {{.Tags}}",
  "tag ls APP --format {{printPretty .}}",
  "manifest get APP:v1",
  "manifest get APP:v1 -p linux/arm64",
  "manifest get APP:v1 --platform=linux/amd64",
  "manifest get APP:amd",
  "manifest get APP:sbom",
  "manifest get APP:v1 --format raw-body",
  "manifest get APP:v1 --format {{.Manifests}}",
  "manifest get APP:v1 --format {{.GetLayers}}",
  "manifest get APP:v1 --format {{.GetRef}}",
  "manifest get APP:v1 --format {{.Digest}}",
  "manifest get APP:v1 --format {{range .Manifests}}{{println .Platform .Digest}}{{end}}",
  "manifest get APP:amd --format {{.Subject}} {{if .Subject}}y{{else}}n{{end}} {{json .Subject}}",
  "manifest get APP:sbom --format {{.Subject}} {{with .Subject}}{{.Digest}}{{end}}",
  "manifest get APP:amd --format {{with .Config.Platform}}y{{else}}n{{end}} {{.Config.Platform}}",
  "manifest get APP:amd --format {{.Config.Platform.OS}}",
  "manifest get APP:amd --format {{.Layers}}",
  "manifest get APP:amd --format {{json .Config}}",
  "manifest get APP:amd --format {{.Annotations}}",
  "manifest get APP:nope",
  "manifest head APP:v1",
  "image digest APP:v1",
  "image digest -plinux/arm64 APP:v1",
  "image digest APP:v1 -p linux/s390x",
  "image manifest APP:v1",
  "image inspect APP:v1 -p linux/amd64",
  "image inspect APP:v1 -p linux/amd64 --format {{.}}",
  "image inspect APP:v1 -p linux/amd64 --format {{.Config.Labels}}",
  "image inspect APP:v1 -p linux/amd64 --format {{.Created}}",
  "image inspect APP:v1 -p linux/amd64 --format {{.History}}",
  "image inspect APP:v1 -p linux/amd64 --format {{.RootFS}}",
  "image inspect APP:v1 -p linux/amd64 --format {{json .}}",
  "image inspect APP:v1 -p linux/amd64 --format {{.Config.Cmd}} {{.Config.Volumes}} {{.Config.Healthcheck}}",
  "image inspect APP:v1 -p linux/amd64 --format raw-body",
  "image inspect APP:sbom",
  "image ratelimit APP:v1",
  "image delete APP:amd",
  "tag delete APP:nope",
  "blob get APP CONFIG",
  "layer pull APP CONFIG",
  "ref alpine",
  "ref alpine --format {{json .}}",
  "ref APP:v1@sha256:" + "0".repeat(64),
  "-v warn tag ls APP",
  "tag -vwarn ls -v error APP",
];

Deno.test({
  name: REGCTL ? "the same bytes and exit codes as regctl" : "the same as regctl (skipped: regctl is not installed)",
  ignore: !REGCTL,
  async fn() {
    const dir = await Deno.makeTempDir({ prefix: "ferry-regctl-" });
    try {
      const fixture = await writeLayout(`${dir}/app`);
      const env = { HOME: dir, REGCTL_CONFIG: `${dir}/none.json` };
      for (const line of SAME) {
        const [words, format] = line.split(" --format ");
        const args = words!.replaceAll("APP", `ocidir://${dir}/app`).replaceAll("CONFIG", fixture.config.digest).split(
          " ",
        );
        if (format !== undefined) args.push("--format", format);
        const theirs = await runProgram("regctl", args, { env });
        const ours = await run(args, { env, argv0: "regctl" });
        // A template that fails in the middle has printed its beginning in regctl; ferry prints nothing.
        const stdout = theirs.code === 0 ? theirs.stdout : "";
        assert.deepEqual({ code: ours.code, stdout: ours.stdout }, { code: theirs.code, stdout }, line);
      }
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});
