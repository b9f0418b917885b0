import { BrokenAnswer, requireAnswerAbout, requireField } from "../../../cli/aws/broken-answer";

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
