import { ACCESS_LEVELS, addressOfLevel, capabilitiesOf } from "../../../../modules/support-app/model/access-level";

test("read-only is viewing cases, full is everything", () => {
  expect(capabilitiesOf("read-only")).toEqual(["view-cases"]);
  expect(capabilitiesOf("full")).toEqual([
    "view-cases",
    "create-cases",
    "reply-to-cases",
    "attach-files",
    "resolve-cases",
    "live-chat",
    "request-quota-increases",
  ]);
});

test("what is left out isn't part of the access level", () => {
  expect(capabilitiesOf("full", ["live-chat", "create-cases", "request-quota-increases"])).toEqual([
    "view-cases",
    "reply-to-cases",
    "attach-files",
    "resolve-cases",
  ]);
  expect(capabilitiesOf("read-only", ["live-chat"])).toEqual(["view-cases"]);
});

test("each access level has AWS's managed policy for it, and default names", () => {
  const { "read-only": readOnly, full } = ACCESS_LEVELS;
  expect(readOnly).toMatchObject({
    awsManagedPolicyArn: "arn:aws:iam::aws:policy/AWSSupportAppReadOnlyAccess",
    roleName: "AWSSupportAppReadOnlyRole",
    policyName: "AWSSupportAppReadOnlyRolePolicy",
  });
  expect(full).toMatchObject({
    awsManagedPolicyArn: "arn:aws:iam::aws:policy/AWSSupportAppFullAccess",
    roleName: "AWSSupportAppFullRole",
    policyName: "AWSSupportAppFullRolePolicy",
  });
});

test("the Terraform name of an access level has no hyphen", () => {
  expect(addressOfLevel("read-only")).toBe("read_only");
  expect(addressOfLevel("full")).toBe("full");
});
