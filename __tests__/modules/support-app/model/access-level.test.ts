import { addressOfLevel, capabilitiesOf } from "../../../../modules/support-app/model/access-level";
import { CAPABILITIES } from "../../../../modules/support-app/model/capability";

test("read-only is viewing cases, full is everything", () => {
  expect(capabilitiesOf("read-only")).toEqual(["view-cases"]);
  expect(capabilitiesOf("full")).toEqual(CAPABILITIES);
});

test("what is left out isn't part of the access level", () => {
  expect(capabilitiesOf("full", ["live-chat", "create-cases"])).toEqual(
    CAPABILITIES.filter((capability) => !["live-chat", "create-cases"].includes(capability)),
  );
  expect(capabilitiesOf("read-only", ["live-chat"])).toEqual(["view-cases"]);
});

test("the Terraform name of an access level has no hyphen", () => {
  expect(addressOfLevel("read-only")).toBe("read_only");
  expect(addressOfLevel("full")).toBe("full");
});
