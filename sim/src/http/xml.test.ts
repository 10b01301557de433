import { xmlContent } from "./xml.ts";

test("text is escaped, characters that XML forbids are replaced, absent members are left out", () => {
  expect(xmlContent({ a: `<&>"`, b: "x\u0000y", c: undefined, d: ["1", "2"], e: new Date(0) }, "item")).toBe(
    "<a>&lt;&amp;&gt;&quot;</a><b>x\ufffdy</b><d><item>1</item><item>2</item></d><e>1970-01-01T00:00:00.000Z</e>",
  );
});
