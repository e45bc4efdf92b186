import {
  alignTabs,
  type CommandResult,
  type Context,
  FerryError,
  formatRepository,
  humanSize,
  loadFilter,
  type Reference,
  type TagInfo,
  TagLooker,
  type Transport,
} from "../../src/mod.ts";

/** What the tags of a long list are sorted by. */
export type TagOrder = "name" | "created" | "size" | "semver";

/** Tags that are looked at at a time. */
const AT_ONCE = 8;

/** A row of a long list: what is known of a tag, or why nothing is. */
type Row = TagInfo | { readonly tag: string; readonly error: string };

/** Rows of a long list, in the order of the tags, each batch as soon as it is known. */
export async function* longRows(
  context: Context,
  transport: Transport,
  repository: Reference,
  tags: readonly string[],
): AsyncGenerator<readonly Row[]> {
  const looker = new TagLooker(transport, repository, { signal: context.signal });
  for (let at = 0; at < tags.length; at += AT_ONCE) {
    yield await Promise.all(tags.slice(at, at + AT_ONCE).map((tag) => rowOf(looker, tag)));
  }
}

/** The result of `tag ls --long`. */
export async function longList(
  context: Context,
  transport: Transport,
  repository: Reference,
  tags: readonly string[],
  order: TagOrder,
): Promise<CommandResult> {
  const rows: Row[] = [];
  for await (const batch of longRows(context, transport, repository, tags)) rows.push(...batch);
  rows.sort(await comparison(order));
  const failed = rows.filter((row) => "error" in row).length;
  return {
    data: () => ({ name: formatRepository(repository), tags: rows }),
    text: () => table(rows),
    ...(failed === 0 ? {} : {
      error: new FerryError("NOT_FOUND", `${failed} of ${rows.length} tags could not be read`, {
        hint: "they may have been deleted meanwhile; run it again",
      }),
    }),
  };
}

/** A tag that cannot be read does not keep the others from being listed. */
async function rowOf(looker: TagLooker, tag: string): Promise<Row> {
  try {
    return await looker.look(tag);
  } catch (error) {
    if (error instanceof FerryError && (error.exit === 5 || error.exit === 6)) return { tag, error: error.message };
    throw error;
  }
}

async function comparison(order: TagOrder): Promise<(a: Row, b: Row) => number> {
  if (order === "created") return (a, b) => timeOf(b) - timeOf(a);
  if (order === "size") return (a, b) => sizeOf(b) - sizeOf(a);
  if (order === "name") return () => 0;
  const { parseVersion, compareVersions } = await loadFilter();
  return (a, b) => {
    const [left, right] = [parseVersion(a.tag), parseVersion(b.tag)];
    if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
    return compareVersions(right, left);
  };
}

function timeOf(row: Row): number {
  const time = "error" in row || row.created === undefined ? NaN : Date.parse(row.created);
  return Number.isNaN(time) ? -Infinity : time;
}

function sizeOf(row: Row): number {
  return "error" in row ? -1 : row.size;
}

function table(rows: readonly Row[]): string {
  const lines = ["Tag\tDigest\tCreated\tSize\tPlatforms"];
  for (const row of rows) {
    if ("error" in row) lines.push(`${row.tag}\t${row.error}`);
    else {
      const created = row.created === undefined ? "-" : row.created.replace(/\.[0-9]+/, "");
      lines.push(`${row.tag}\t${row.digest}\t${created}\t${humanSize(row.size)}\t${row.platforms.join(" ") || "-"}`);
    }
  }
  return `${alignTabs(lines.join("\n"), { padding: 2 })}\n`;
}
