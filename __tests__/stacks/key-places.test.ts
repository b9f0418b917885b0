import { z } from "zod";
import { environmentsSchema } from "../../stacks/environments-schema";
import { keyPlaces } from "../../stacks/key-places";

test("each key of a mapping has its path, with NAME for any name and [] for any item", () => {
  const channel = z.strictObject({ name: z.string() });
  const schema = z.strictObject({
    defaults: z.strictObject({ name: z.string() }).optional(),
    environments: z.record(z.string(), z.strictObject({ channels: z.array(channel) })),
  });
  expect([...keyPlaces(schema)]).toEqual([
    ["defaults", ["defaults"]],
    ["name", ["defaults.name", "environments.NAME.channels[].name"]],
    ["environments", ["environments"]],
    ["channels", ["environments.NAME.channels"]],
  ]);
});

test("the kinds of a mapping share its place, so their keys say nothing", () => {
  const backend = z.discriminatedUnion("type", [z.strictObject({ type: z.literal("s3"), bucket: z.string() })]);
  expect([...keyPlaces(z.strictObject({ backend })).keys()]).toEqual(["backend"]);
  expect([...keyPlaces(z.record(z.string(), z.string()))]).toEqual([]);
});

test("environments.yaml: the access levels belong in the defaults or an environment, channels only in an environment's", () => {
  const places = keyPlaces(environmentsSchema);
  expect(places.get("full")).toEqual(["defaults.full", "environments.NAME.full"]);
  expect(places.get("channels")).toEqual(["environments.NAME.read-only.channels", "environments.NAME.full.channels"]);
  expect(places.get("notify")).toEqual([
    "environments.NAME.read-only.channels[].notify",
    "environments.NAME.full.channels[].notify",
  ]);
});
