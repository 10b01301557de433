/**
 * Writes the XML of the query protocols. Guarantees: text is escaped; `undefined` members are left out; a list is a parent with one
 * child element an item (`item` in EC2, `member` in STS).
 */
export function xmlElement(name: string, value: unknown, itemName: "item" | "member"): string {
  if (value === undefined || value === null) return "";
  return `<${name}>${xmlContent(value, itemName)}</${name}>`;
}

export function xmlContent(value: unknown, itemName: "item" | "member"): string {
  if (Array.isArray(value)) return value.map((item: unknown) => xmlElement(itemName, item, itemName)).join("");
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object" && value !== null) {
    return Object.entries(value)
      .map(([name, member]) => xmlElement(name, member, itemName))
      .join("");
  }
  return escapeXML(String(value));
}

// Control characters that XML 1.0 does not allow would make the whole answer unreadable: they become U+FFFD.
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;

// Most texts need nothing: one look instead of five passes (a list of a thousand instances holds 100,000 texts).
const SPECIAL = /[&<>"\u0000-\u0008\u000b\u000c\u000e-\u001f]/;

function escapeXML(value: string): string {
  if (!SPECIAL.test(value)) return value;
  return value
    .replace(FORBIDDEN, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
