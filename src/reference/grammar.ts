/**
 * The grammar of references: each part is checked on its own, by a scan of linear time.
 *
 * registry = (domain | upper-label | "[" ipv6 "]" | "localhost") [":" port] | label ":" port
 *
 * @module
 */

const LABEL = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/;
const PORT = /^[0-9]+$/;
const IPV6_GROUP = /^[a-fA-F0-9]{1,4}$/;
const IPV6_GROUPS = 8;
const SEGMENT = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[a-fA-F0-9]{32,}$/;
const LAYOUT_PATH = /^[/a-zA-Z0-9_\-. ~+]+$/;
const DRIVE = /^[a-zA-Z]:\//;
const SCHEME = /^([a-z]+):\/\//;

/** Scheme before `://`, or undefined where the text has none. */
export function schemeOf(text: string): string | undefined {
  return SCHEME.exec(text)?.[1];
}

/** True for a registry with its port: what makes the first segment of a reference no Docker Hub namespace. */
export function isRegistry(text: string): boolean {
  if (text.startsWith("[")) {
    const end = text.indexOf("]");
    const port = text.slice(end + 1);
    return end > 0 && isIpv6(text.slice(1, end)) && (port === "" || (port.startsWith(":") && PORT.test(port.slice(1))));
  }
  const colon = text.indexOf(":");
  const host = colon < 0 ? text : text.slice(0, colon);
  if (colon >= 0 && !PORT.test(text.slice(colon + 1))) return false;
  return isDomain(host) || host === "localhost" || (LABEL.test(host) && (colon >= 0 || isUpperLabel(host)));
}

/** True for a repository: segments joined by slashes. */
export function isRepository(text: string): boolean {
  return text.split("/").every((segment) => SEGMENT.test(segment));
}

/** True for a tag (distribution-spec, "Pulling manifests"). */
export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** True for the form of a digest; its algorithm is not checked (image-spec, descriptor.md, "Digests"). */
export function isDigestForm(text: string): boolean {
  return DIGEST.test(text);
}

/** True for a path of a layout: letters, digits and `/ _ - . ~ + blank`. */
export function isLayoutPath(text: string): boolean {
  return LAYOUT_PATH.test(text);
}

/** True for a path that starts with a Windows drive, such as `C:/images`. */
export function isDrivePath(text: string): boolean {
  return DRIVE.test(text);
}

/** Labels joined by dots, at least one dot; the last may be followed by a dot. */
function isDomain(host: string): boolean {
  if (!host.includes(".")) return false;
  const labels = (host.endsWith(".") ? host.slice(0, -1) : host).split(".");
  return labels.every((label) => LABEL.test(label));
}

/**
 * A valid label of at least two characters with an upper case letter in its first run without hyphens, not as the very
 * last character, or in its last run without hyphens, not as the very first character.
 */
function isUpperLabel(label: string): boolean {
  const first = label.indexOf("-") < 0 ? label : label.slice(0, label.indexOf("-"));
  const last = label.slice(label.lastIndexOf("-") + 1);
  const firstRun = first.length === label.length ? first.slice(0, -1) : first;
  const lastRun = last.length === label.length ? last.slice(1) : last;
  return /[A-Z]/.test(firstRun) || /[A-Z]/.test(lastRun);
}

/** Up to eight groups, or up to eight on each side of one `::`, where one side may be empty. */
function isIpv6(text: string): boolean {
  const gap = text.indexOf("::");
  if (gap < 0) return areGroups(text);
  const left = text.slice(0, gap);
  const right = text.slice(gap + 2);
  if (left === "" && right === "") return false;
  return (left === "" || areGroups(left)) && (right === "" || areGroups(right));
}

function areGroups(text: string): boolean {
  const groups = text.split(":", IPV6_GROUPS + 1);
  return groups.length <= IPV6_GROUPS && groups.every((group) => IPV6_GROUP.test(group));
}
