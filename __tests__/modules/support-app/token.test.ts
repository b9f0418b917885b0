import { Fn } from "../../../modules/support-app/framework";
import { describeProp, isToken } from "../../../modules/support-app/token";

test("a value that Terraform knows only later is shown as such", () => {
  const later = Fn.lookup({}, "later", "");
  expect([isToken(later), describeProp(later)]).toEqual([true, "a token, which Terraform knows only later"]);
  expect([isToken("now"), describeProp("now")]).toEqual([false, '"now"']);
});
