/**
 * The address of the next page (RFC 8288), resolved against `base`, or undefined on the last page. A link with several
 * relations, quoted or not, counts when `next` is among them.
 */
export function nextLink(headers: Headers, base: URL): URL | undefined {
  const text = headers.get("link");
  if (text === null) return undefined;
  for (const match of text.matchAll(/<([^>]*)>((?:\s*;\s*[^\s;,=]+(?:=(?:"[^"]*"|[^\s;,"]*))?)*)/g)) {
    const relation = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(match[2]!);
    const names = (relation?.[1] ?? relation?.[2] ?? "").toLowerCase().split(/\s+/);
    if (!names.includes("next")) continue;
    try {
      return new URL(match[1]!, base);
    } catch {
      return undefined;
    }
  }
  return undefined;
}
