import { iamPageOf, pageOf, requireAnswerAbout, requireField } from "../../../cli/aws/answer-parts";
import { BrokenAnswer } from "../../../common/broken-answer";

test.each([undefined, null, ""])("a part of an answer that is %j isn't there", (Arn) => {
  expect(() => requireField({ Arn }, "Arn")).toThrow(
    new BrokenAnswer("received nothing as Arn, expected what AWS documents"),
  );
});

test.each(["a", 0, false])("a part of an answer may be %j", (part) => {
  expect(requireField({ part }, "part")).toBe(part);
});

test("an answer is about what was asked, in any case, or says nothing of it; anything else is broken", () => {
  for (const answer of [{ RoleName: "Oncall" }, { RoleName: undefined }])
    expect(requireAnswerAbout(answer, "RoleName", "oncall")).toBe(answer);
  const broken = new BrokenAnswer('received "other" as RoleName, expected "oncall"');
  expect(() => requireAnswerAbout({ RoleName: "other" }, "RoleName", "oncall")).toThrow(broken);
});

test("a page is the last one, or goes on, or is a broken answer", () => {
  expect(pageOf({ Roles: [1], NextToken: "x" }, "Roles")).toEqual({ items: [1], next: "x" });
  expect(pageOf({ Roles: [1] }, "Roles")).toEqual({ items: [1], next: undefined });
  expect(iamPageOf({ Roles: [1], IsTruncated: false }, "Roles")).toEqual({ items: [1], next: undefined });
  expect(iamPageOf({ Roles: [1], IsTruncated: true, Marker: "x" }, "Roles")).toEqual({ items: [1], next: "x" });
  const broken = new BrokenAnswer("received nothing as Marker, expected what AWS documents");
  expect(() => iamPageOf({ Roles: [1], IsTruncated: true }, "Roles")).toThrow(broken);
});

test.each([
  [undefined, "received nothing as Roles, expected what AWS documents"],
  ["text", 'received "text" as Roles, expected a list'],
])("a page with %j as its list is a broken answer", (Roles, message) => {
  expect(() => pageOf({ Roles: Roles as never }, "Roles")).toThrow(new BrokenAnswer(message));
});
