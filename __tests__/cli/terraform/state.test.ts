import { writeFileSync } from "node:fs";
import {
  currentIn,
  deployedPlace,
  editState,
  failedChecksIn,
  isGuardAlone,
  lockedAwsProvider,
  readState,
  restoredState,
} from "../../../cli/terraform/state";
import { DIGEST_OUTPUT } from "../../../stacks/output/stack-digest";
import { appliedState, type StateDraft } from "../../support/applied-state";
import { folderInTests } from "../../support/folder";

test("nothing that was pulled is no state, as is one of S3 without a lineage; whatever isn't read is kept", () => {
  expect(readState("\n")).toBeUndefined();
  expect(readState('{ "version": 4, "serial": 0, "lineage": "", "outputs": {}, "resources": [] }')).toBeUndefined();
  const whole = appliedState((draft) => {
    draft.more =
      draft.resources[1].more =
      draft.resources[1].instances[0].more =
      draft.outputs[DIGEST_OUTPUT].more =
        { a: [1] };
  });
  expect(JSON.stringify(readState(whole))).toHaveLength(whole.length);
  expect(readState(whole)).toEqual(JSON.parse(whole));
});

test.each<[string, string]>([
  ["another version", appliedState((draft) => (draft.version = 5))],
  ["no lineage", appliedState((draft) => delete draft.lineage)],
  ["no serial", appliedState((draft) => delete draft.serial)],
  ["something that is no resource", appliedState((draft) => draft.resources.push("x"))],
  ["no JSON", "Error"],
  ["a list", "[]"],
])("a state with %s isn't read", (_, text) => {
  expect(() => readState(text)).toThrow();
});

test("what is current or missing is found in the root module, regardless of what a replacement has left", () => {
  const [tainted, deposed] = [
    { status: "tainted", attributes: { id: 1 } },
    { status: "tainted", deposed: "a" },
  ];
  const state = readState(
    appliedState((draft) => {
      draft.resources[1].instances = [deposed];
      draft.resources[2].instances = [tainted];
      draft.resources.push({ ...draft.resources[2], type: "aws_iam_role", module: "module.a" });
      draft.resources.push({ ...draft.resources[2], name: "counted", instances: [{ ...tainted, index_key: 0 }] });
    }),
  );
  expect(currentIn(state)).toEqual([
    { address: "aws_iam_policy.full", isTainted: true, isDeposed: false, attributes: { id: 1 } },
  ]);
  expect(currentIn(undefined)).toEqual([]);
});

test("checks that AWS didn't pass are found, of the root module and of others; preconditions aren't", () => {
  const checks = { "check.a": "fail", "check.b": "pass", "module.c.check.d": "error", "output.e": "fail" };
  const state = readState(
    appliedState((draft) => {
      draft.check_results = Object.entries(checks).map(([config_addr, status]) => ({ config_addr, status }));
    }),
  );
  expect(failedChecksIn(state)).toEqual(["check.a", "module.c.check.d"]);
  expect(failedChecksIn(undefined)).toEqual([]);
});

describe("where a state's resources are", () => {
  const guard = (value: unknown) => ({
    mode: "managed",
    type: "terraform_data",
    name: "support_app_place",
    provider: "T",
    instances: [{ attributes: { output: { value, type: "object" } } }],
  });
  const place = (edit: (draft: StateDraft) => void) => deployedPlace(readState(appliedState(edit)));

  test("a state's resources are where its guard says or, without one, in the account of its role", () => {
    const location = { account: "111122223333", region: "us-east-1" };
    const ofRole = (draft: StateDraft) => {
      draft.resources[1].instances[0].attributes.arn = "arn:aws:iam::444455556666:role/a";
    };
    expect(place((draft) => draft.resources.push(guard(location)))).toEqual(location);
    expect(place(ofRole)).toEqual({ account: "444455556666" });
    expect(
      place((draft) => {
        ofRole(draft);
        draft.resources.push(guard({ account: 1 }));
      }),
    ).toEqual({ account: "444455556666" });
    expect(place(() => {})).toBeUndefined();
  });

  test("a guard alone is all of a state if nothing that Terraform manages is beside it, in whatever module or instance", () => {
    const isAlone = (edit: (draft: StateDraft) => void) => isGuardAlone(readState(appliedState(edit)));
    const leaveGuard = (draft: StateDraft) => (draft.resources = [{ ...draft.resources[0], mode: "data" }, guard({})]);
    expect(isAlone(leaveGuard)).toBe(true);
    expect(isAlone((draft) => draft.resources.push(guard({})))).toBe(false);
    expect(isAlone((draft) => (draft.resources = []))).toBe(false);
    expect(
      isAlone((draft) => {
        const { resources } = draft;
        leaveGuard(draft);
        draft.resources.push({ ...resources[1], module: "module.a", instances: [{ deposed: "aaaaaaaa" }] });
      }),
    ).toBe(false);
    expect(isGuardAlone(undefined)).toBe(false);
  });
});

describe("an edited state", () => {
  const whole = readState(
    appliedState((draft) => {
      draft.terraform_version = "1.9.0";
      draft.resources[1].instances = [
        { deposed: "aaaaaaaa", attributes: { id: "older" } },
        { schema_version: 0, status: "tainted", attributes: { id: "old", path: "/" }, dependencies: ["a.b"] },
      ];
    }),
  );
  const ROLE = "aws_iam_role.full";

  test("an edited state doesn't count as applied until the next deploy, and is restored as it was", () => {
    const applied = readState(appliedState((draft) => (draft.outputs.other = { value: "d" })));
    const edited = editState(applied, [], "unused");
    expect(Object.keys(edited.outputs ?? {})).toEqual(["other"]);
    expect(restoredState(applied, edited)).toEqual({ ...applied, serial: 9 });
    const { lineage } = edited;
    expect(restoredState(undefined, edited)).toEqual({
      version: 4,
      serial: 9,
      lineage,
      outputs: {},
      resources: [],
    });
  });

  test("an edited state has the edited attributes, nothing tainted there, the next serial, no digest, and everything else as it was", () => {
    const edited = editState(whole, [{ address: ROLE, attributes: { id: "new" } }], "unused");
    const expected = structuredClone(whole) as StateDraft;
    expected.serial = 8;
    delete expected.outputs[DIGEST_OUTPUT];
    expected.resources[1].instances[1] = {
      schema_version: 0,
      attributes: { id: "new", path: "/" },
      dependencies: ["a.b"],
    };
    expect(edited).toEqual(expected);
    expect(readState(JSON.stringify(edited))).toEqual(edited);
  });

  test("an edited state keeps another object at the address to be destroyed, as after a replacement", () => {
    const { resources } = editState(
      whole,
      [{ address: ROLE, names: { id: "new" }, attributes: { id: "new" } }],
      "unused",
    );
    expect(resources?.[1]?.instances).toEqual([
      { deposed: "aaaaaaaa", attributes: { id: "older" } },
      {
        schema_version: 0,
        status: "tainted",
        attributes: { id: "old", path: "/" },
        dependencies: ["a.b"],
        deposed: expect.stringMatching(/^[\da-f]{8}$/),
      },
      { schema_version: 0, attributes: { id: "new", path: "/" }, dependencies: ["a.b"] },
    ]);
  });

  test("an edited state has an object once if a rename is taken back: what a replacement has left, with its own attributes", () => {
    const replaced = { private: "p", identity: { name: "new" }, identity_schema_version: 0, attributes: { id: "new" } };
    const state = readState(
      appliedState((draft) => {
        draft.resources[1].instances = [
          { deposed: "aaaaaaaa", private: "q", attributes: { id: "Old", path: "/old/" } },
          replaced,
          { deposed: "bbbbbbbb", attributes: { id: "old" } },
        ];
      }),
    );
    const { resources } = editState(state, [{ address: ROLE, names: { id: "old" }, attributes: {} }], "unused");
    expect(resources?.[1]?.instances).toEqual([
      { ...replaced, deposed: expect.any(String) },
      { attributes: { id: "Old", path: "/old/" } },
    ]);
  });

  test("what is only to be destroyed is beside the current object, and before what it depends on", () => {
    const names = { role: "a", policy_arn: "p" };
    const edit = { address: ROLE, names, attributes: names, dependencies: ["aws_iam_role.full"] };
    const instances = whole?.resources?.[1]?.instances ?? [];
    expect(editState(whole, [edit], "unused").resources?.[1]?.instances).toEqual([
      ...instances,
      {
        schema_version: 0,
        attributes: { id: "old", path: "/", ...names },
        dependencies: ["aws_iam_role.full"],
        deposed: expect.stringMatching(/^[\da-f]{8}$/),
      },
    ]);
  });

  test("an edited state gets what it lacks, with the provider that it or, if it is empty, the lock file has", () => {
    const edit = { address: "aws_x.a", attributes: { id: "new" } };
    const added = {
      mode: "managed",
      type: "aws_x",
      name: "a",
      instances: [{ schema_version: 0, attributes: { id: "new" } }],
    };
    expect(editState(whole, [edit], "unused").resources?.at(-1)).toEqual({ ...added, provider: "P" });
    expect(editState(undefined, [edit], "registry.opentofu.org/hashicorp/aws")).toEqual({
      version: 4,
      serial: 1,
      lineage: expect.stringMatching(/^[\da-f-]{36}$/),
      outputs: {},
      resources: [{ ...added, provider: 'provider["registry.opentofu.org/hashicorp/aws"]' }],
    });
  });
});

const folder = folderInTests();

test("the AWS provider of a stack is the one of Terraform's or OpenTofu's registry that its lock file has", () => {
  const lock = `provider "example.com/a/b" {\n}\n\nprovider "registry.opentofu.org/hashicorp/aws" {\n  version = "6.0.0"\n}\n`;
  writeFileSync(folder(".terraform.lock.hcl"), lock);
  expect(lockedAwsProvider(folder())).toBe("registry.opentofu.org/hashicorp/aws");
  writeFileSync(folder(".terraform.lock.hcl"), "");
  expect(lockedAwsProvider(folder())).toBe("registry.terraform.io/hashicorp/aws");
});
