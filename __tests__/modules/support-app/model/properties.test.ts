import {
  ACCESS_PROPERTIES,
  type AccessProperty,
  argumentsOf,
  defaultOf,
  ENVIRONMENT_PROPERTIES,
  keyOf,
  LIVE_SETTINGS,
  type Properties,
  type Property,
  propertyOf,
  wordsOf,
} from "../../../../modules/support-app/model/properties";
import { AWS_SCHEMA } from "../../../support/provider-schema";

const ACCESS: Properties = ACCESS_PROPERTIES;
const namesWhere = (isChosen: (property: Property) => boolean) =>
  Object.keys(ACCESS).filter((name) => isChosen(ACCESS[name] as Property));

test.each([
  ["path", "path"],
  ["serviceQuotasRole", "service-quotas-role"],
])("the key of the property %s is %s, and the other way round", (property, key) => {
  expect(keyOf(property)).toBe(key);
  expect(propertyOf(key)).toBe(property);
});

test("words name other properties as their reader does", () => {
  expect(wordsOf({ words: "With {roleName} and {path}, not {}." }, keyOf)).toBe("With role-name and path, not {}.");
});

test("words name only properties that there are", () => {
  const names = Object.values({ ...ENVIRONMENT_PROPERTIES, ...ACCESS }).flatMap(({ words }: Property) =>
    [...words.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string),
  );
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) expect(Object.keys(ACCESS)).toContain(name);
});

test("a default is that of every access level, or its own; some properties have none", () => {
  expect(defaultOf(ACCESS_PROPERTIES.path, "full")).toBe("/");
  expect(defaultOf(ACCESS_PROPERTIES.without, "full")).toEqual([]);
  expect(defaultOf(ACCESS_PROPERTIES.adopt, "read-only")).toBe(false);
  expect(defaultOf(ACCESS_PROPERTIES.roleName, "read-only")).toBe("AWSSupportAppReadOnlyRole");
  expect(defaultOf(ACCESS_PROPERTIES.roleName, "full")).toBe("AWSSupportAppFullRole");
  for (const property of ["until", "description", "tags"] as const)
    expect(defaultOf(ACCESS_PROPERTIES[property], "full")).toBeUndefined();
});

test.each(["aws_iam_role", "aws_iam_policy", "aws_iam_service_linked_role"] as const)(
  "every argument of an access is one that the AWS provider has: %j",
  (argued) => {
    const attributeNames = Object.keys(AWS_SCHEMA.resource[argued]?.attributes ?? {});
    expect(attributeNames).toEqual(expect.arrayContaining(Object.keys(argumentsOf(argued, {}))));
  },
);

test("values become arguments; of others, there are none", () => {
  expect(
    argumentsOf("aws_iam_policy", { policyName: "p", path: "/x/", policyDescription: "d", roleName: "r" }),
  ).toEqual({ name: "p", path: "/x/", description: "d", tags: undefined });
  expect(argumentsOf("provider", { path: "/x/" })).toEqual({});
});

/** A review has a heading for each. */
test("what gives somebody access is compared as access, what has another name as a name", () => {
  expect(namesWhere(({ compared }) => compared === "access")).toEqual([
    ...["without", "until", "temporarily", "policy", "serviceQuotasRole", "permissionsBoundary"],
    ...["sourceAccountCondition", "adopt"],
  ]);
  expect(namesWhere(({ compared }) => compared === "name")).toEqual(["roleName", "policyName", "path"]);
  expect(namesWhere(({ compared }) => compared === "setting")).toEqual([
    ...["description", "policyDescription", "maxSessionDuration", "tags"],
  ]);
});

test("the settings of a live role are the properties that IAM shows as they are", () => {
  const properties: AccessProperty[] = LIVE_SETTINGS.map(([property]) => property);
  expect(properties).toEqual(namesWhere(({ live }) => live !== undefined));
  expect(LIVE_SETTINGS).toContainEqual(["maxSessionDuration", "MaxSessionDuration"]);
});
