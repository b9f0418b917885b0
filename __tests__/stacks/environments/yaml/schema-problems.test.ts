import * as z from "zod";
import { environmentsSchema } from "../../../../stacks/environments/environments-schema";
import { checkSchema } from "../../../../stacks/environments/yaml/schema-problems";
import { flag, mapping, namedBy, sequence, text } from "../../../../stacks/environments/yaml/schema-values";
import { YamlSource } from "../../../../stacks/environments/yaml/yaml-source";
import { sample } from "../../../support/thorough";

const word = text({ pattern: /^[a-z]+$/, expected: "a word" }, "A word.");
const level = mapping({}, { word, flag: flag("Whether.") }, "A level.");
const environment = mapping(
  { word },
  {
    full: level,
    free: level,
    words: sequence(word, "a list of words", 2, "words", "Words."),
    tags: z.record(z.string().regex(/^[a-z]+$/, { error: "a tag key" }), word, { error: "tags" }),
    backend: z.discriminatedUnion("type", [
      mapping({ type: z.literal("local") }, {}, "Local."),
      mapping({ type: z.literal("s3"), bucket: word }, {}, "S3."),
    ]),
  },
  "An environment.",
);
const SCHEMA = mapping(
  {
    environments: namedBy({ pattern: /^[a-z]\d?$/, expected: "a letter" }, environment, "environments", "at least one"),
  },
  { defaults: level },
  "A file.",
);

/** The problems, without what is undefined. */
function problemsOf(yaml: string, schema: z.ZodType = SCHEMA) {
  return checkSchema(new YamlSource(yaml), schema).problems.map((problem) =>
    Object.fromEntries(Object.entries(problem).filter(([, value]) => value !== undefined)),
  );
}

/** The value that the rules judge. */
const draftOf = (yaml: string) => checkSchema(new YamlSource(yaml), SCHEMA).draft;

/** A file with one environment, in flow style. */
const yamlWith = (keys: string) => `environments: { a: { word: x, ${keys} } }`;

test("a mapping that is too large is counted", () => {
  const smallRecord = z
    .record(z.string(), z.any())
    .refine((record) => Object.keys(record).length < 2, { error: "fewer" });
  expect(problemsOf("{ a: 1, b: 2, c: 3 }", smallRecord)).toEqual([
    { path: [], message: "received a mapping of 3, expected fewer." },
  ]);
});

describe("a key that is unknown in its mapping belongs", () => {
  const hintOf = (yaml: string) =>
    checkSchema(new YamlSource(yaml), environmentsSchema)
      .problems.filter(({ message }) => message.includes("unknown key"))
      .map(({ message }) => message.replace(/^.*?\.(?: (?=Did|It)|$)/, ""));
  const inProduction = (keys: string) => `environments: { production: { account: "111122223333", ${keys} } }`;

  test.each<[where: string, yaml: string, hint: string]>([
    [
      "in the access levels of the environment",
      inProduction("without: []"),
      "Did you mean environments.NAME.read-only.without or environments.NAME.full.without or environments.NAME.teams.NAME.without?",
    ],
    [
      "in that very channel",
      inProduction("full: { channels: [{}, { severity: high }] }"),
      "Did you mean environments.NAME.full.channels[].notify.severity?",
    ],
    ["in any channel", inProduction("full: { notify: {} }"), "Did you mean environments.NAME.full.channels[].notify?"],
    ["in a backend", inProduction("bucket: a"), "Did you mean environments.NAME.backend.bucket?"],
    ["in any environment", "{ defaults: { tier: a }, environments: {} }", "Did you mean environments.NAME.tier?"],
    ["outermost", "{ region: a, environments: {} }", "Did you mean defaults.region or environments.NAME.region?"],
    ["on top", "{ defaults: { environments: a }, environments: {} }", "It belongs at the top level of the file."],
    ["in too many places to list them", "{ without: [], environments: {} }", ""],
    ["in another kind of backend", inProduction("backend: { type: local, region: a }"), ""],
    ["to a level, but is in a backend like no other", inProduction("backend: { type: local, path: a }"), ""],
    ["nowhere", inProduction("owner: a"), ""],
    ["nowhere, like the keys of an object", inProduction("constructor: a"), ""],
  ])("a key that is unknown in its mapping belongs %s", (_, yaml, hint) => expect(hintOf(yaml)).toEqual([hint]));
});

describe("rules judge the value", () => {
  test("rules judge the value without what is wrong or unknown, with the names of environments", () => {
    const yaml =
      "environments: { A: { word: 1, wort: x, full: { flog: a }, words: [a, B], tags: { B: b, c: C }, backend: x } }";
    expect(draftOf(yaml)).toEqual({
      environments: {
        A: {
          word: undefined,
          full: { flag: undefined },
          words: ["a", undefined],
          tags: { c: undefined },
          backend: undefined,
        },
      },
    });
    expect(draftOf("[]")).toBeUndefined();
    expect(draftOf("environments: {}")).toEqual({ environments: undefined });
    expect(draftOf(yamlWith("words: [a, b, c]"))).toEqual({ environments: { a: { word: "x", words: undefined } } });
  });

  test("rules judge a missing key as nothing, and so a misspelled one, which isn't reported as missing, too", () => {
    expect(Object.keys((draftOf("environments: { a: {} }") as { environments: { a: object } }).environments.a)).toEqual(
      ["word"],
    );
    expect(problemsOf("environments: { a: { wort: x } }")).toHaveLength(1);
    expect(draftOf("environments: { a: { wort: x } }")).toStrictEqual({
      environments: { a: { wort: undefined, word: undefined } },
    });
  });

  test("rules judge the value in the order of the file", () => {
    const { environments } = draftOf("environments: { b: { tags: {}, word: x }, a: { word: x } }") as {
      environments: { b: object };
    };
    expect([Object.keys(environments), Object.keys(environments.b)]).toEqual([
      ["b", "a"],
      ["tags", "word"],
    ]);
  });
});

const TOO_MANY: readonly (readonly [what: string, value: string, schema: z.ZodType])[] = [
  ["wrong values", "1", word],
  ["unknown keys", "{ a: 1 }", mapping({}, {}, "Nothing.")],
];

test.each(sample(TOO_MANY, 2))(
  "of many %s, the first 20,000 are reported, and nothing is judged",
  (_, value, schema) => {
    const values = Array(142).fill(value);
    const aliases = Array(141).fill("*values");
    const source = new YamlSource(`[&values [${values.join(", ")}], ${aliases.join(", ")}]`);
    const { problems, draft } = checkSchema(source, z.array(z.array(schema)));
    expect(problems).toHaveLength(20_000);
    expect(draft).toBeUndefined();
  },
);
