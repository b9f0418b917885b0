import { z } from "zod";
import { environmentsSchema } from "../../stacks/environments-schema";
import { keyPlaces, placesNear } from "../../stacks/key-places";

const PLACES = keyPlaces(environmentsSchema);

test("in an environment, its access levels have the key of an access level", () => {
  expect(placesNear(PLACES, "without", ["environments", "production"])).toEqual([
    "environments.production.read-only.without",
    "environments.production.full.without",
  ]);
  expect(placesNear(PLACES, "without", ["defaults"])).toEqual(["defaults.read-only.without", "defaults.full.without"]);
});

test("nowhere near, every place has it, with NAME for any name and [] for any item", () => {
  expect(placesNear(PLACES, "full", [])).toEqual(["defaults.full", "environments.NAME.full"]);
  expect(placesNear(PLACES, "notify", ["defaults"])).toEqual([
    "environments.NAME.read-only.channels[].notify",
    "environments.NAME.full.channels[].notify",
  ]);
  expect(placesNear(PLACES, "without", [])).toHaveLength(4);
});

test("in a channel, that very channel has the key", () => {
  expect(placesNear(PLACES, "severity", ["environments", "production", "full", "channels", 2])).toEqual([
    "environments.production.full.channels[2].notify.severity",
  ]);
});

test("a name that isn't a plain word is in quotes, and a number isn't a name", () => {
  expect(placesNear(PLACES, "tier", ["environments", "a,b", "backend"])).toEqual(['environments."a,b".tier']);
  expect(placesNear(PLACES, "tier", ["environments", 1, "backend"])).toEqual(["environments.NAME.tier"]);
});

test("kinds of one mapping share its place", () => {
  const kinds = z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("s3"), bucket: z.string() }),
    z.strictObject({ type: z.literal("gcs"), bucket: z.string() }),
  ]);
  const places = keyPlaces(
    z.strictObject({ backend: kinds.optional(), list: z.array(z.strictObject({ one: kinds })) }),
  );
  expect(placesNear(places, "bucket", [])).toEqual(["backend.bucket", "list[].one.bucket"]);
  expect(placesNear(places, "bucket", ["list", 0])).toEqual(["list[0].one.bucket"]);
  expect(placesNear(places, "bucket", ["list", "0"])).toEqual(["list[].one.bucket"]);
});

test("a key that another kind of the mapping has is no better elsewhere", () => {
  expect(placesNear(PLACES, "region", ["environments", "production", "backend"])).toEqual([]);
  expect(placesNear(PLACES, "bucket", ["environments", "production"])).toEqual([
    "environments.production.backend.bucket",
  ]);
});

test("the keys of a backend are like no others: only what encloses it may have one", () => {
  const backend = ["environments", "production", "backend"];
  expect(placesNear(PLACES, "profile", backend, true)).toEqual(["environments.production.profile"]);
  expect(placesNear(PLACES, "path", backend, true)).toEqual([]);
  expect(placesNear(PLACES, "path", backend)).toEqual([
    "environments.production.read-only.path",
    "environments.production.full.path",
  ]);
});

test("a place within another one isn't meant", () => {
  expect(placesNear(PLACES, "region", [])).toEqual(["defaults.region", "environments.NAME.region"]);
  expect(placesNear(PLACES, "until", ["environments", "p", "full", "channels", 0])).toEqual([
    "environments.p.full.until",
  ]);
});

test("a place whose path only begins alike isn't within another one", () => {
  const owner = z.string().optional();
  const both = z.strictObject({ team: z.strictObject({ owner }), a: z.strictObject({ b: z.strictObject({ owner }) }) });
  expect(placesNear(keyPlaces(both), "owner", [])).toEqual(["team.owner", "a.b.owner"]);
  const siblings = z.strictObject({
    a: z.strictObject({ b: z.strictObject({ owner }), c: z.strictObject({ d: z.strictObject({ owner }) }) }),
  });
  expect(placesNear(keyPlaces(siblings), "owner", [])).toEqual(["a.b.owner", "a.c.d.owner"]);
});

test("a key that no mapping has is nowhere, and neither is a key of an object", () => {
  for (const key of ["owner", "constructor", "toString"]) expect(placesNear(PLACES, key, [])).toEqual([]);
});
