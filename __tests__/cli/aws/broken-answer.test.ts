import { z } from "zod";
import { BrokenAnswer, expectAnswer, promised } from "../../../cli/aws/broken-answer";

const roles = z.object({
  Roles: z.array(z.object({ Arn: z.string({ error: "the ARN of a role" }) }, { error: "a mapping" }), {
    error: "a list",
  }),
});

test("an answer as promised is read, without the rest", () => {
  expect(expectAnswer(roles, { Roles: [{ Arn: "a", Path: "/" }], IsTruncated: false })).toEqual({
    Roles: [{ Arn: "a" }],
  });
});

test.each([
  ["a missing part", {}, "received nothing as Roles, expected a list"],
  ["another type", { Roles: 5 }, "received the number 5 as Roles, expected a list"],
  ["one item", { Roles: [{ Arn: "a" }, "b"] }, 'received "b" as Roles[1], expected a mapping'],
  ["a part of an item", { Roles: [{ Arn: null }] }, "received nothing as Roles[0].Arn, expected the ARN of a role"],
  [
    "the first of several",
    { Roles: [{ Arn: true }, 1] },
    "received the boolean true as Roles[0].Arn, expected the ARN of a role",
  ],
])("%s that isn't as promised is named, with what was received and expected", (_, answer, message) => {
  expect(() => expectAnswer(roles, answer)).toThrow(BrokenAnswer);
  expect(() => expectAnswer(roles, answer)).toThrow(new BrokenAnswer(message));
});

test.each([undefined, null, ""])("a part of an answer that is %j isn't there", (part) => {
  expect(() => promised(part, "Role.Arn")).toThrow(
    new BrokenAnswer("received nothing as Role.Arn, expected what AWS documents"),
  );
});

test.each(["a", 0, false])("a part of an answer may be %j", (part) => {
  expect(promised(part, "x")).toBe(part);
});
