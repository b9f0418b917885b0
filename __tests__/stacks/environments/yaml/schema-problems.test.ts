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

const pathsOf = (yaml: string) => problemsOf(yaml).map(({ path }) => (path as (string | number)[]).join("."));

/** The value that the rules judge. */
const draftOf = (yaml: string) => checkSchema(new YamlSource(yaml), SCHEMA).draft;

/** A file with one environment, in flow style. */
const yamlWith = (keys: string) => `environments: { a: { word: x, ${keys} } }`;
const inA = (...rest: (string | number)[]) => ["environments", "a", ...rest];

test("a valid file has no problems", () => {
  expect(
    problemsOf(yamlWith("full: { flag: true }, words: [a, b], tags: { a: b }, backend: { type: s3, bucket: b }")),
  ).toEqual([]);
});

test.each<[what: string, more: string, path: readonly (string | number)[], message: string]>([
  ["as written", "full: { word: 0x1F }", inA("full", "word"), "received the number 0x1F, expected a word, in quotes."],
  ["of a list is its size", "words: [a, b, c]", inA("words"), "received a list of 3, expected at most 2 words."],
  ["that is missing", "backend: { type: s3 }", inA("backend", "bucket"), "received nothing, expected a word."],
])("a problem says what was received: %s", (_, keys, path, message) => {
  expect(problemsOf(yamlWith(keys))).toEqual([{ path, message }]);
});

test("a mapping that is too large is counted", () => {
  const smallRecord = z
    .record(z.string(), z.any())
    .refine((record) => Object.keys(record).length < 2, { error: "fewer" });
  expect(problemsOf("{ a: 1, b: 2, c: 3 }", smallRecord)).toEqual([
    { path: [], message: "received a mapping of 3, expected fewer." },
  ]);
});

test.each<[what: string, more: string, path: readonly (string | number)[], hint: string]>([
  ["of a near one", "full: { wort: a }", inA("full", "wort"), "expected one of word, flag. Did you mean word?"],
  ["unless that is there already", "full: { wort: a, word: b }", inA("full", "wort"), "expected one of word, flag."],
  ["of one kind of mapping", "backend: { type: local, bucket: b }", inA("backend", "bucket"), "expected type."],
])("an unknown key is reported with the known keys: %s", (_, keys, path, hint) => {
  const message = `received the unknown key "${path.at(-1)}", ${hint}`;
  expect(problemsOf(yamlWith(keys))).toEqual([{ of: "key", path, message }]);
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

test("an invalid key is a problem of the key, and its value is checked, too", () => {
  expect(problemsOf("environments: { A: { word: 1, tags: { B: C } } }")).toEqual([
    { of: "key", path: ["environments", "A"], message: 'received "A", expected a letter.' },
    { path: ["environments", "A", "word"], message: "received the number 1, expected a word, in quotes." },
    { of: "key", path: ["environments", "A", "tags", "B"], message: 'received "B", expected a tag key.' },
    { path: ["environments", "A", "tags", "B"], message: 'received "C", expected a word.' },
  ]);
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

describe("what aliases share", () => {
  const shared = (value: string) =>
    `environments:\n  a: { word: x, full: &s ${value} }\n  b: { word: x, full: *s, free: *s }\n`;

  test("a value that aliases share is checked at each of its places", () => {
    const places = ["environments.a.full", "environments.b.full", "environments.b.free"];
    expect(pathsOf(shared("{ flag: 1 }"))).toEqual(places.map((place) => `${place}.flag`));
    expect(pathsOf(shared("[]"))).toEqual(places);
  });

  test("a value that aliases share is checked in the meaning of each place, and left out only where it is wrong", () => {
    const yaml = "environments:\n  a: { word: x, full: &s { flag: true } }\n  b: { word: x, tags: *s }\n";
    expect(pathsOf(yaml)).toEqual(["environments.b.tags.flag"]);
    expect(draftOf(yaml)).toEqual({
      environments: { a: { word: "x", full: { flag: true } }, b: { word: "x", tags: { flag: undefined } } },
    });
  });

  test("a value that aliases share may be merged, and is no problem where it is replaced", () => {
    const merged = (base: string, keys = "") =>
      `environments:\n  a: { word: x, full: &s ${base} }\n  b: { word: x, full: { <<: *s${keys} } }\n`;
    expect(pathsOf(merged("{ flag: 1 }"))).toEqual(["environments.a.full.flag", "environments.b.full.flag"]);
    expect(pathsOf(merged("{ flag: 1 }", ", flag: true"))).toEqual(["environments.a.full.flag"]);
    expect(pathsOf("environments:\n  a: &s { word: x }\n  b: { <<: *s }\n")).toEqual([]);
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
