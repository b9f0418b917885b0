import { AccountAlias, SlackChannel, SlackWorkspace, SupportAppAccess } from "../../../modules/support-app";
import { TerraformStack } from "../../../modules/support-app/framework";
import { HOSTILE_JSON, hostileCopies, obeyedIn } from "../../support/hostile";
import { newApp } from "../../support/new-app";

// biome-ignore lint/suspicious/noExplicitAny: callers without type checks
type Untyped = any;

/** A construct's error about its properties. */
function messageOf(make: (stack: TerraformStack) => void): string {
  const stack = new TerraformStack(newApp(), "stack");
  try {
    make(stack);
    return stack.node
      .findAll()
      .filter((one) => one !== stack)
      .flatMap(({ node }) => node.validate())
      .join("\n"); // as synthesizing does
  } catch (error) {
    return (error as Error).message;
  }
}

const ACCESS = {
  access: "full",
  account: "111122223333",
  without: ["live-chat"],
  policy: "customer-managed",
  serviceQuotasRole: "create",
  roleName: "a",
  policyName: "b",
  description: "c",
  policyDescription: "d",
  path: "/",
  permissionsBoundary: "arn:aws:iam::111122223333:policy/b",
  maxSessionDuration: 3600,
  tags: { Owner: "a" },
  adopt: true,
  sourceAccountCondition: true,
};
const CHANNEL = { name: "oncall", workspace: "T1", channel: "C1", notify: { severity: "high", on: ["case-created"] } };

test.each<[string, object, (stack: TerraformStack, props: Untyped) => unknown]>([
  ["SupportAppAccess", ACCESS, (stack, props) => new SupportAppAccess(stack, "full", props)],
  [
    "SlackChannel",
    CHANNEL,
    (stack, props) => {
      const access = new SupportAppAccess(stack, "full", { access: "full" });
      return new SlackChannel(stack, "oncall", typeof props === "object" ? { ...props, access } : props);
    },
  ],
  ["SlackWorkspace", { workspace: "T1" }, (stack, props) => new SlackWorkspace(stack, "acme", props)],
  ["AccountAlias", { alias: "Payments" }, (stack, props) => new AccountAlias(stack, "alias", props)],
])("no property of a %s is obeyed when its error is printed", (_, props, make) => {
  expect(messageOf((stack) => make(stack, props))).toBe("");
  for (const copy of hostileCopies(props)) {
    const message = messageOf((stack) => make(stack, copy));
    expect(message).toMatch(/: received .*, expected .*\.$|^$/);
    expect(obeyedIn(message)).toEqual([]);
  }
});

test("no id is obeyed, either", () => {
  const make = (id: string) => (stack: TerraformStack) =>
    new SupportAppAccess(stack, id, { access: "full", roleName: "a" });
  const refused = messageOf(make(HOSTILE_JSON));
  expect(refused).toContain("expected a path in the stack that begins with a letter");
  expect(obeyedIn(refused)).toEqual([]);
  const twice = messageOf((stack) => {
    for (const id of [`a${HOSTILE_JSON}`, `b${HOSTILE_JSON}`]) make(id)(stack);
  });
  expect(twice).toContain("expected a unique name: ");
  expect(obeyedIn(twice)).toEqual([]);
});
