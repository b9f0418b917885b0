import { addressOfLevel, capabilitiesOf } from "../../../../modules/support-app/model/access-level";

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

test("the Terraform name of an access level has no hyphen", () => {
  expect(addressOfLevel("read-only")).toBe("read_only");
  expect(addressOfLevel("full")).toBe("full");
});
