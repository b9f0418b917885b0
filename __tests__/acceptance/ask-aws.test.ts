import { REGIONS } from "../../modules/support-app/model/limits";
import { confirmsPassing, confirmsRefusal, confirmsRegions, verdict } from "./ask-aws";

test("an answer confirms or refutes only what it says: a missing right says nothing", () => {
  const verdicts = ["EntityAlreadyExistsException", "answered", "AccessDenied"].map((answer) =>
    verdict(answer, "EntityAlreadyExistsException", "answered"),
  );
  expect(verdicts).toEqual([true, false, null]);
});

test("a channel without an event is refused only if AWS calls it invalid", () => {
  expect(confirmsRefusal({ OperationStatus: "FAILED", ErrorCode: "InvalidRequest" })).toBe(true);
  expect(confirmsRefusal({ OperationStatus: "SUCCESS" })).toBe(false);
  for (const ErrorCode of ["AccessDenied", "AccessDeniedException", "ThrottlingException", "ServiceInternalError"])
    expect(confirmsRefusal({ OperationStatus: "FAILED", ErrorCode })).toBeNull();
});

test("the list of regions is confirmed if AWS has the types there and nowhere else, and isn't judged by other errors", () => {
  const regions = Object.fromEntries(REGIONS.map((place) => [place, "answered"]));
  expect(confirmsRegions({ ...regions, "eu-west-3": "TypeNotFoundException" })).toBe(true);
  expect(confirmsRegions({ ...regions, "eu-west-3": "answered" })).toBe(false);
  expect(confirmsRegions({ ...regions, "eu-west-1": "TypeNotFoundException" })).toBe(false);
  expect(confirmsRegions({ ...regions, "eu-west-1": "AccessDeniedException" })).toBeNull();
  expect(confirmsRegions({})).toBeNull();
});

test("iam:PassedToService is confirmed only if a role is refused without passing it and given with it", () => {
  const success = { OperationStatus: "SUCCESS" };
  const denied = { OperationStatus: "FAILED", ErrorCode: "AccessDenied" };
  expect(confirmsPassing(denied, success)).toBe(true);
  expect(confirmsPassing(success, success)).toBe(false); // nobody asks for the right, or with another service
  expect(confirmsPassing(denied, denied)).toBeNull();
  expect(confirmsPassing({ ...denied, ErrorCode: "Throttling" }, success)).toBeNull();
});
