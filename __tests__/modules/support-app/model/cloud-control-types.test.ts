import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CLOUD_CONTROL_SCHEMAS } from "../../../../modules/support-app/model/cloud-control-types";

test.each(Object.entries(CLOUD_CONTROL_SCHEMAS))(
  "%s has AWS's schema, without what a plan doesn't need",
  (type, schema) => {
    const { description, ...ours } = JSON.parse(schema);
    const file = `AWS_SupportApp_${type.split("::")[2]}.json`;
    const theirs = JSON.parse(readFileSync(join(__dirname, "../../../cloudformation-types", file), "utf8"));
    expect([description, ours.typeName]).toEqual([type, type]);
    expect(theirs).toMatchObject(ours);
    const typesIn = (properties: Readonly<Record<string, { readonly type: string }>>) =>
      Object.entries(properties).map(([name, { type }]) => [name, type]);
    expect(typesIn(ours.properties).sort()).toEqual(typesIn(theirs.properties).sort());
    for (const list of Object.keys(theirs).filter((key) => key.endsWith("Properties") || key === "required")) {
      expect(ours[list] ?? []).toEqual(theirs[list]);
    }
    expect(ours.additionalProperties).toBe(false);
  },
);
