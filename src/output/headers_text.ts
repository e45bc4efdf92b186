import type { Descriptor } from "../oci/descriptor.ts";

/** Headers as text, `Name: value`, sorted, each with its line end. */
export function headersText(headers: Headers): string {
  return [...headers].map(([name, value]) => `${headerName(name)}: ${value}\n`).join("");
}

/** The headers that a registry sends with content of this descriptor (distribution-spec, "Pulling manifests"). */
export function descriptorHeaders(descriptor: Descriptor): Headers {
  const headers = new Headers();
  if (descriptor.size >= 0) headers.set("Content-Length", `${descriptor.size}`);
  if (descriptor.mediaType !== "") headers.set("Content-Type", descriptor.mediaType);
  if (descriptor.digest !== "") headers.set("Docker-Content-Digest", descriptor.digest);
  return headers;
}

/** Headers as templates see them, Go's `http.Header`: lists of values by name. */
export function headerValues(headers: Headers): Record<string, readonly string[]> {
  return Object.fromEntries([...headers].map(([name, value]) => [headerName(name), [value]]));
}

/** A header's name as Go writes it: `Content-Type`. */
export function headerName(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
