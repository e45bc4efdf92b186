import { checkErrors } from "./error_stage.ts";

const APP = "ocidir://DIR/app";

Deno.test("golden: command lines that say nothing", () =>
  checkErrors("errors/usage.txt", [
    { title: "a noun", line: "iamge ls" },
    { title: "a noun, nothing near", line: "xyzzy" },
    { title: "a verb", line: "tag lst REG/org/app" },
    { title: "a verb, nothing near", line: "tag frobnicate" },
    { title: "a flag", line: "tag ls --limt 3 REG/org/app" },
    { title: "a flag without its value", line: "tag ls REG/org/app --limit" },
    { title: "a flag's value", line: "tag ls REG/org/app --limit many" },
    { title: "one of some values", line: "tag ls REG/org/app --progress tyt" },
    { title: "a log level", line: "tag ls REG/org/app -v loud" },
    { title: "an argument too few", line: "image copy REG/org/app" },
    { title: "an argument too many", line: "tag ls REG/org/app REG/org/other" },
    { title: "a reference", line: "image inspect REG/Org/App:v1" },
    { title: "a tag in a reference", line: "image inspect REG/org/app:v1/2" },
    { title: "a digest", line: "blob get REG/org/app sha256:123" },
    { title: "a platform", line: "image inspect REG/org/app:v1 -p linux//x" },
    { title: "a regular expression", line: "tag ls REG/org/app --include (" },
    { title: "a setting of --host", line: "tag ls REG/org/app --host reg" },
    { title: "JSON logs", line: "tag lst --log-format json" },
    { title: "called as regctl", line: "tag lst", argv0: "regctl" },
    {
      title: "a configuration that is no JSON",
      line: "tag ls REG/org/app",
      files: { "config.json": '{\n  "hosts": {\n    "a": {,}\n  }\n}\n' },
    },
    {
      title: "a configuration with a wrong value",
      line: "tag ls REG/org/app",
      files: { "config.json": '{"hosts": {"a.example": {"tls": "maybe"}}}' },
    },
    {
      title: "a file of Docker's that is no JSON",
      line: "registry whoami REG",
      env: { DOCKER_CONFIG: "DIR/docker" },
      files: { "docker/config.json": '{\n  "auths": {\n' },
    },
    { title: "no question without a terminal", line: "registry login REG" },
  ]));

Deno.test("golden: formats that say nothing", () =>
  checkErrors("errors/format.txt", [
    { title: "no end", line: `manifest get ${APP}:v1`, format: "{{ .Digest" },
    { title: "a brace too few", line: `manifest get ${APP}:v1`, format: "{{ .Digest }" },
    {
      title: "an action that is not ended",
      line: `manifest get ${APP}:v1`,
      format: "{{ range .Manifests }}{{ .Digest }}",
    },
    { title: "an end too many", line: `manifest get ${APP}:v1`, format: "{{ .Digest }}{{ end }}" },
    { title: "a function", line: `manifest get ${APP}:v1`, format: "{{ jsonPrety . }}" },
    { title: "a variable", line: `manifest get ${APP}:v1`, format: "{{ $x }}" },
    { title: "a character", line: `manifest get ${APP}:v1`, format: "{{ .Digest ; .Size }}" },
    { title: "on another line", line: `manifest get ${APP}:v1`, format: "first\n{{ .Digest }}\n  {{ nope }}\nlast" },
    {
      title: "a long line",
      line: `manifest get ${APP}:v1`,
      format: `${"a long text ".repeat(12)}{{ nope }}${" and on".repeat(20)}`,
    },
    { title: "a field", line: `manifest get ${APP}:v1`, format: "{{ .GetDescriptor.Digst }}" },
    { title: "a field of the data", line: `manifest get ${APP}:v1`, format: "{{ .Layers }}" },
    { title: "a field of an image", line: `image inspect -p linux/amd64 ${APP}:v1`, format: "{{ .Config.Label }}" },
    { title: "a field of a list", line: `tag ls ${APP}`, format: "{{ .Tag }}" },
    { title: "a field of nothing", line: `manifest get ${APP}:amd`, format: "{{ .Subject.Digest }}" },
    { title: "an index out of range", line: `tag ls ${APP}`, format: "{{ index .Tags 9 }}" },
    { title: "wrong types", line: `tag ls ${APP}`, format: "{{ lt .Name 3 }}" },
    { title: "before any request", line: "manifest get 127.0.0.1:1/org/app:v1", format: "{{ nope }}" },
    { title: "JSON logs", line: `manifest get ${APP}:v1 --log-format json`, format: "{{ nope }}" },
    { title: "a word", line: `manifest get ${APP}:v1`, format: "yaml" },
    { title: "a word, nearly right", line: `manifest get ${APP}:v1`, format: "raw-boby" },
    { title: "a form that the result does not have", line: "version", format: "raw-headers" },
    { title: "a word, called as regctl", line: `manifest get ${APP}:nope`, format: "yaml", argv0: "regctl" },
  ]));
