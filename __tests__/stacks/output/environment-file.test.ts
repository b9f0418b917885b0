import fc from "fast-check";
import { stringify } from "yaml";
import { packageJson } from "../../../common/package-files";
import { parseEnvironments } from "../../../stacks/environments/environments";
import { environmentFile, readEnvironmentFile, type StackSource } from "../../../stacks/output/environment-file";
import { environmentFile as anyFile } from "../../support/environment-files";
import { EVERY_FIELD } from "../../support/every-field";
import { OBJECT_NAMES } from "../../support/object-names";
import { propertyRuns } from "../../support/thorough";

// biome-ignore lint/suspicious/noExplicitAny: a case changes what the file has at any place
type Draft = any;

const environmentsOf = (yaml: string) => parseEnvironments(yaml, "environments.yaml");

/** The file as it is read from the disk. */
const jsonOf = (source: StackSource): Draft => JSON.parse(JSON.stringify(environmentFile(source)));

const [ENVIRONMENT] = environmentsOf(
  `environments: { prod: { account: "111122223333", region: us-east-1, full: { channels: [{ name: a, workspace: T1, channel: C1 }] } } }`,
);
const SOURCE = { environment: ENVIRONMENT, statePath: "../state/prod.tfstate" } as StackSource;

function expectReadBack(yaml: string): void {
  for (const environment of environmentsOf(yaml)) {
    const source = environment.backend.type === "local" ? { environment, statePath: "a" } : { environment };
    const actual = readEnvironmentFile(environment.name, jsonOf(source));
    expect(actual).toEqual({ source, writtenBy: packageJson().version });
  }
}

test("the file is read as it was written, whatever the environment has", () => {
  fc.assert(
    fc.property(anyFile, (file) => expectReadBack(stringify(file))),
    propertyRuns(500, 100),
  );
  expectReadBack(stringify(EVERY_FIELD));
});

test("an end that has passed is still read: the stack with it is deployed", () => {
  const file = jsonOf(SOURCE);
  file.environment.full.until = "2001-12-31";
  expect(readEnvironmentFile("prod", file).source?.environment.accesses).toMatchObject([{ until: "2001-12-31" }]);
});

test.each<[what: string, edit: (file: Draft) => unknown]>([
  ["another version of the form", (file) => ({ ...file, formatVersion: 2 })],
  ["no version of the form", ({ formatVersion: _, ...file }) => file],
  ["no version that wrote it", ({ writtenBy: _, ...file }) => file],
  ["an unknown key", (file) => ({ ...file, more: 1 })],
  ["another kind of path", (file) => ({ ...file, statePath: 1 })],
  ["no path of local state", ({ statePath: _, ...file }) => file],
  [
    "a path of state that isn't local",
    (file) => {
      file.environment.backend = { type: "cloud", organization: "acme" };
      return file;
    },
  ],
  ["a version that is a text of any length", (file) => ({ ...file, writtenBy: "9".repeat(100) })],
  ["no environment", ({ environment: _, ...file }) => file],
  ["an environment that is a list", (file) => ({ ...file, environment: [file.environment] })],
  [
    "an environment with an unknown key",
    ({ environment, ...file }) => ({ ...file, environment: { ...environment, more: 1 } }),
  ],
  ["no account", ({ environment: { account: _, ...environment }, ...file }) => ({ ...file, environment })],
  ["no region", ({ environment: { region: _, ...environment }, ...file }) => ({ ...file, environment })],
  [
    "a path that its schema refuses",
    (file) => {
      file.environment.full.path = "a";
      return file;
    },
  ],
  [
    "keys that contradict each other",
    (file) => {
      Object.assign(file.environment.full, { policy: "aws-managed", "policy-name": "a" });
      return file;
    },
  ],
  [
    "a channel twice",
    (file) => {
      file.environment.full.channels.push(file.environment.full.channels[0]);
      return file;
    },
  ],
  ["a list", (file) => [file]],
  ["nothing", () => undefined],
  ["null", () => null],
])("an environment file with %s isn't read", (_, edit) => {
  expect(readEnvironmentFile("prod", jsonOf(SOURCE)).source).toBeDefined();
  expect(readEnvironmentFile("prod", edit(jsonOf(SOURCE))).source).toBeUndefined();
});

test.each(OBJECT_NAMES)("an environment named %s is never read as another one", (name) => {
  const file = readEnvironmentFile(name, jsonOf(SOURCE));
  expect([undefined, { ...ENVIRONMENT, name }]).toContainEqual(file.source?.environment); // environments.yaml can't have most of them
});

test.each(["../prod", ""])(
  "the file of an environment named %j, which environments.yaml couldn't have, isn't read",
  (name) => {
    expect(readEnvironmentFile(name, jsonOf(SOURCE)).source).toBeUndefined();
  },
);
