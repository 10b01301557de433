/** JSON as it stands in `deploy/aws`: two spaces, one line feed at the end. */
export function jsonText(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
